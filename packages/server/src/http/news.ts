import type { Feed, FeedMessage } from '../feed.ts'

/** News of one workspace, for whoever waits for it without holding a connection of the database. */
export interface News {
  /** Resolves at news since the last call, after `ms`, or when it is over. */
  next(ms: number): Promise<void>
  /** Resolves after `ms`, or when it is over; what comes meanwhile is kept for `next`. */
  pause(ms: number): Promise<void>
  /** The server stops, or whoever waited is gone. */
  readonly over: boolean
  whenOver(tell: () => void): void
  end(): void
}

/** Listens from now on, and tells `hear` of each; `gone` is aborted when nobody waits any more. Call `end` after the last use. */
export function listenForNews(
  feed: Feed,
  workspaceId: string,
  gone: AbortSignal,
  hear: (message: FeedMessage) => void = () => {},
): News {
  const over = new AbortController()
  const ended = AbortSignal.any([over.signal, feed.closing, gone])
  let news = false
  let wake = () => {}
  const ring = () => wake()
  const unsubscribe = feed.subscribe(workspaceId, (message) => {
    hear(message)
    news = true
    ring()
  })
  const whenOver = (tell: () => void) =>
    ended.aborted ? tell() : ended.addEventListener('abort', tell, { once: true })
  whenOver(() => {
    unsubscribe()
    ring()
  })

  const waitFor = (ms: number, until: () => boolean) =>
    new Promise<void>((resolve) => {
      if (until()) return resolve()
      const timer = setTimeout(resolve, ms)
      wake = () => {
        if (!until()) return
        clearTimeout(timer)
        resolve()
      }
    })

  return {
    async next(ms) {
      await waitFor(ms, () => news || ended.aborted)
      news = false
    },
    pause: (ms) => waitFor(ms, () => ended.aborted),
    get over() {
      return ended.aborted
    },
    whenOver,
    end: () => over.abort(),
  }
}
