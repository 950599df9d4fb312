import { type Core, createRecent, pullEvents, readableTypes, trackEvent } from '@leadnest/core'
import type { Context } from 'hono'
import type { Feed } from '../feed.ts'
import { notGood, principalOf } from '../http/access.ts'
import type { AccessTokens } from '../http/access-token.ts'
import type { Mount } from '../http/endpoint.ts'
import type { Env } from '../http/env.ts'
import { listenForNews } from '../http/news.ts'
import { by } from './by.ts'
import { heldBackFor, streamEvents } from './event-stream.ts'

export function eventRoutes(mount: Mount, feed: Feed, accessTokens: AccessTokens) {
  // Remembered for a shorter time than elsewhere, and shared by all that wait with one key.
  const recent = createRecent({ lifetime: 200 })
  const stillGood = async (core: Core, c: Context<Env>) =>
    (await principalOf({ ...core, recent }, accessTokens, c.req.header('authorization')!)) !== undefined

  mount('GET /v1/events', async ({ c, core, principal, query: { after, type, limit, wait } }) => {
    const types = readableTypes(principal, type)
    const news = listenForNews(feed, principal.workspaceId, c.req.raw.signal)
    const until = performance.now() + wait * 1000
    try {
      for (let tries = 0; ; tries++) {
        const { events, nextCursor, heldBack } = await pullEvents(core, principal.workspaceId, { after, types, limit })
        const left = until - performance.now()
        if (events.length > 0 || left <= 0 || news.over) return { data: events.map(({ event }) => event), nextCursor }
        after = nextCursor
        await news.next(heldBack ? Math.min(left, heldBackFor(tries)) : left)
        if (!(await stillGood(core, c))) throw notGood()
      }
    } finally {
      news.end()
    }
  })

  mount('GET /v1/events/stream', async ({ c, core, principal, query }) => {
    const types = readableTypes(principal, query.type)
    const after = c.req.header('last-event-id') || query.after || 'now'
    // Refused before the answer begins: afterwards a stream can only end.
    const first = await pullEvents(core, principal.workspaceId, { after, types, limit: 1 })
    c.header('content-type', 'text/event-stream')
    c.header('cache-control', 'no-store')
    c.header('x-accel-buffering', 'no')
    // Hono answers HEAD by the handler of GET and drops the body: nobody would read the stream, or end it.
    if (c.req.method === 'HEAD') return c.body(null)
    const cursor = after === 'now' ? first.nextCursor : after
    const news = listenForNews(feed, principal.workspaceId, c.req.raw.signal)
    const { workspaceId } = principal
    return c.body(
      streamEvents(core, { workspaceId, types, cursor, news, stillGood: () => stillGood(core, c), log: c.get('log') }),
    )
  })

  mount('POST /v1/leads/:id/events', async ({ core, principal, params, body }) =>
    trackEvent(core, principal.workspaceId, params.id, body, by(principal)),
  )
}
