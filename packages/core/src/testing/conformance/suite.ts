import { sql } from '../../postgres/sql.ts'
import { type TestNest, testNest } from '../../testing.ts'
import type { ConformanceOptions } from './world.ts'

/** One LeadNest for all cases of a suite, one case at a time: a database for each would take longer than the cases themselves. */
export interface Suite {
  use(options: ConformanceOptions, work: (nest: TestNest, logged: string[]) => Promise<void>): Promise<void>
}

/** How long it is kept after a case, in ms: nobody says which one is the last. */
const patience = 3000
const noon = '2026-11-25T12:00:00Z'

const errorsToo = (_: string, value: unknown) => (value instanceof Error ? `${value.message} ${value.stack}` : value)

export function createSuite(): Suite {
  const logged: string[] = []
  let opened: Promise<TestNest> | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  function open({ plugin, provider }: ConformanceOptions): Promise<TestNest> {
    const note = (about: object, text?: string) => void logged.push(`${text} ${JSON.stringify(about, errorsToo)}`)
    return testNest({
      plugins: [plugin],
      clock: noon,
      log: { info: note, warn: note, error: note },
      ...(provider.outbound && { outbound: provider.outbound }),
    })
  }

  async function run(options: ConformanceOptions, work: (nest: TestNest, logged: string[]) => Promise<void>) {
    clearTimeout(timer)
    const nest = await (opened ??= open(options))
    logged.length = 0
    try {
      await nest.clock.set(noon)
      await work(nest, logged)
    } finally {
      await forget(nest)
      timer = setTimeout(close, patience).unref()
    }
  }

  async function close(): Promise<void> {
    const nest = opened
    opened = undefined
    await (await nest)?.close()
  }

  return {
    use(options, work) {
      const mine = turn.then(() => run(options, work))
      turn = mine.catch(() => undefined)
      return mine
    },
  }
}

/** Nothing of a case is seen by the next: its accounts are free again, its jobs are gone, and nothing runs by the clock in its workspaces. */
async function forget(nest: TestNest): Promise<void> {
  await nest.outside((tx) => tx.query(sql`delete from directory where workspace_id <> ${nest.workspaceId}`))
  await nest.pool.query('delete from graphile_worker._private_jobs')
  nest.recent.forget()
}
