import { parseCrontab } from 'graphile-worker'
import type { Core } from '../core.ts'
import { crontab } from '../jobs/tasks.ts'
import type { TestJobs } from './jobs.ts'

interface Span {
  days?: number
  hours?: number
  minutes?: number
  seconds?: number
}

/** The clock of a test. Once it was moved it stands still between moves. */
export interface TestClock {
  now(): Date
  /** Moves it on, by ms or as `{ days: 3 }`. On the way every job runs at its time, and so does what runs by the clock (UTC). */
  advance(by: number | Span): Promise<void>
  /** The same up to a moment; on the way back in time nothing runs. */
  set(to: Date | string): Promise<void>
}

const minute = 60_000

/** `stop` lets the core's clock stand at a moment. */
export function createClock(core: Core, jobs: TestJobs, stop: (at: Date) => void): TestClock {
  async function moveTo(time: number): Promise<void> {
    stop(new Date(time))
    // What was looked up lately may be another thing by now.
    core.recent.forget()
    await jobs.runDue()
  }

  async function set(to: Date | string): Promise<void> {
    const target = Date.parse(new Date(to).toJSON() ?? '')
    if (Number.isNaN(target)) throw new Error(`“${to}” is no time. Use a Date, or text such as 2027-01-31T09:00:00Z.`)
    let time = core.now().getTime()
    if (target < time) return stop(new Date(target))
    await moveTo(time)
    const byTheClock = ticks(core, time, target)
    while (time < target) {
      const job = await jobs.nextRun()
      time = Math.min(byTheClock[0]?.time ?? target, job ?? target, target)
      while (byTheClock[0]?.time === time) await jobs.add(byTheClock.shift()!.task)
      await moveTo(time)
    }
  }

  return {
    now: () => core.now(),
    set,
    advance: (by) => set(new Date(core.now().getTime() + (typeof by === 'number' ? by : inMs(by)))),
  }
}

const inMs = ({ days = 0, hours = 0, minutes = 0, seconds = 0 }: Span): number =>
  (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000

/** When what runs by the clock is to run. Of the core's own the last time of each is enough: else a month would take minutes. */
function ticks(core: Core, from: number, to: number): { time: number; task: string }[] {
  return parseCrontab(crontab(core))
    .flatMap(({ task, match }) => {
      const times: number[] = []
      for (let time = (Math.floor(from / minute) + 1) * minute; time <= to; time += minute)
        if (match(digestOf(new Date(time)))) times.push(time)
      return (task.startsWith('plugin_cron:') ? times : times.slice(-1)).map((time) => ({ time, task }))
    })
    .sort((a, b) => a.time - b.time)
}

const digestOf = (time: Date) => ({
  min: time.getUTCMinutes(),
  hour: time.getUTCHours(),
  date: time.getUTCDate(),
  month: time.getUTCMonth() + 1,
  dow: time.getUTCDay(),
})
