import { type Core, type EventType, pullEvents } from '@leadnest/core'
import type { Logger } from 'pino'
import type { News } from '../http/news.ts'

const heartbeat = 15_000
/** In ms: how often a credential is looked at, so that a stream ends within a second of its end. */
const checkEvery = 700
/** In ms: a burst of commits is read together. */
const rest = 30
const pageSize = 100

/** How long to wait for events that are held back, in ms: their transaction ends without news. */
export const heldBackFor = (tries: number) => Math.min(1000, 50 * 2 ** tries)

interface Following {
  workspaceId: string
  types: EventType[]
  cursor: string
  news: News
  stillGood(): Promise<boolean>
  log: Logger
}

/**
 * The events after `cursor` as server-sent events, for as long as somebody reads. It reads the next page only when the last
 * one is taken, so a slow reader costs one page of memory; each event's id is the cursor after it.
 */
export function streamEvents(
  core: Core,
  { workspaceId, types, cursor, news, stillGood, log }: Following,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let cancelled = false

  async function next(): Promise<string | undefined> {
    const due = performance.now() + heartbeat
    for (let tries = 0; !news.over; tries++) {
      const { events, nextCursor, heldBack } = await pullEvents(core, workspaceId, {
        after: cursor,
        types,
        limit: pageSize,
      })
      cursor = nextCursor
      if (events.length > 0) {
        return events
          .map(({ event, cursor: id }) => `id: ${id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
          .join('')
      }
      const left = due - performance.now()
      // The id moves on in silence too: whoever comes back after a quiet night is soon where they were.
      if (left <= 0) return `: still here\nid: ${cursor}\n\n`
      await news.next(heldBack ? Math.min(left, heldBackFor(tries)) : left)
      await news.pause(rest)
    }
    return undefined
  }

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const timer = setInterval(async () => {
          const good = await stillGood().catch(() => true)
          if (!good) news.end()
        }, checkEvery)
        news.whenOver(() => {
          clearInterval(timer)
          if (!cancelled) controller.close()
        })
        if (!news.over) controller.enqueue(encoder.encode(`retry: 1000\nid: ${cursor}\n\n`))
      },
      async pull(controller) {
        try {
          const text = await next()
          if (text === undefined || news.over) return
          controller.enqueue(encoder.encode(text))
        } catch (error) {
          // Such as a database that does not answer. The reader comes back by itself, with the last id.
          log.warn({ err: error }, 'a stream of events broke off')
          news.end()
        }
      },
      cancel() {
        cancelled = true
        news.end()
      },
    },
    { highWaterMark: 0 },
  )
}
