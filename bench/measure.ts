import { readFileSync } from 'node:fs'
import type { Core } from '@leadnest/core'

/** In ms, of one kind of work. */
export interface Clock {
  p50: number
  p95: number
  p99: number
}

/** `processor` is the time that Postgres itself took, at the 95th percentile, where the system tells. */
export interface Times extends Clock {
  processor: number
}

/** Does it three times to warm up, then `turns` times, one after the other. */
export async function measure(
  turns: number,
  work: (turn: number) => Promise<unknown>,
  processor: () => number = () => Number.NaN,
): Promise<Times> {
  for (let turn = 0; turn < 3; turn++) await work(turn)
  const [times, used]: [number[], number[]] = [[], []]
  for (let turn = 0; turn < turns; turn++) {
    const [begin, before] = [performance.now(), processor()]
    await work(turn)
    times.push(performance.now() - begin)
    used.push(processor() - before)
  }
  return { ...timesOf(times), processor: timesOf(used).p95 }
}

export function timesOf(times: number[]): Clock {
  const sorted = times.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) }
}

/** The processor time of a core's only connection, in ms: on a busy machine it says more than the clock. Linux tells it. */
export async function processorOf(core: Core): Promise<() => number> {
  const { rows } = await core.pool.query<{ pid: number }>('select pg_backend_pid() as pid')
  const file = `/proc/${rows[0]?.pid}/schedstat`
  return () => {
    try {
      return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e6
    } catch {
      return Number.NaN
    }
  }
}
