import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate } from 'node:timers/promises'

/** What somebody waits for in this process, as requests, and how work that nobody waits for lets it go first. */
export interface Foreground {
  /** Counts as waited for until it ends, but for 100 ms at most: an upload takes its time. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Resolves when nobody waits, and after 50 ms at the latest, so that nothing is starved. */
  giveWay(): Promise<void>
  /**
   * Does what nobody waits for, as soon as nobody waits. While there are ten requests a second and more it is done one after the other, so
   * that the database has its time for these; one who looks now and then slows nothing down. What a request does itself, and what is
   * part of such work already, waits for nothing.
   */
  behind<T>(work: () => Promise<T>): Promise<T>
}

export function createForeground(): Foreground {
  const within = new AsyncLocalStorage<'request' | 'behind'>()
  let waiting = 0
  /** When the last ten began. */
  const begun: number[] = Array(10).fill(Number.NEGATIVE_INFINITY)
  const held = new Set<() => void>()
  let turn: Promise<unknown> = Promise.resolve()

  async function giveWay(): Promise<void> {
    if (within.getStore() === 'request') return
    // Requests that have come since are read from their sockets first.
    await setImmediate()
    if (waiting === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(go, 50)
      function go() {
        clearTimeout(timer)
        held.delete(go)
        resolve()
      }
      held.add(go)
    })
  }

  return {
    async run(work) {
      waiting++
      begun.push(performance.now())
      begun.shift()
      let timer: NodeJS.Timeout | undefined = setTimeout(leave, 100)
      function leave() {
        if (!timer) return
        clearTimeout(timer)
        timer = undefined
        if (--waiting === 0) for (const go of held) go()
      }
      try {
        return await within.run('request', work)
      } finally {
        leave()
      }
    },
    giveWay,
    async behind(work) {
      if (within.getStore()) return work()
      const isBusy = performance.now() - begun[0]! < 1000
      const before = isBusy ? turn : undefined
      const done = (async () => {
        await before
        await giveWay()
        return within.run('behind', work)
      })()
      if (isBusy) turn = done.catch(() => undefined)
      return done
    },
  }
}
