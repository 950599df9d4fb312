import { findSession } from '@leadnest/core'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { FeedMessage } from '../../feed.ts'
import { listenForNews } from '../../http/news.ts'
import type { AdminEnv } from '../env.ts'
import { sessionToken } from '../session.ts'

const heartbeatMs = 20_000
/** A burst of leads is one message: whoever hears it reads the whole list again anyway. */
const restMs = 500

/**
 * Tells open pages that a lead came, a job went on or a plugin has news, never which: the list reads it from its own page, under its own rights.
 * A browser that comes back (it says so by Last-Event-ID) may have missed something and is told at once.
 */
export const live = new Hono<AdminEnv>().get('/', (c) => {
  const { core, feed, session, log } = c.var
  const token = sessionToken(c)
  if (!session || !token) return c.text('Sign in first.', 401)
  c.header('x-accel-buffering', 'no')
  // Hono answers HEAD by the handler of GET and drops the body: nobody would read the stream, or end it.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' })

  return streamSSE(c, async (stream) => {
    const types = new Set<FeedMessage['type']>(
      c.req.header('last-event-id') === undefined ? [] : ['lead', 'job', 'plugin'],
    )
    const gone = new AbortController()
    stream.onAbort(() => gone.abort())
    const news = listenForNews(feed, session.workspaceId, gone.signal, ({ type }) => types.add(type))
    try {
      await stream.writeSSE({ event: 'ready', data: '', id: '0' })
      while (!news.over) {
        if (types.size === 0) await news.next(heartbeatMs)
        if (news.over || !(await findSession(core, token))) break
        if (types.size > 0) {
          const told = [...types]
          types.clear()
          for (const event of told) await stream.writeSSE({ event, data: '' })
          await news.pause(restMs)
        } else {
          await stream.write(': still here\n\n')
        }
      }
    } catch (error) {
      // Such as a database that does not answer. The browser comes back by itself.
      log.warn({ err: error }, 'a live stream broke off')
    } finally {
      news.end()
    }
  })
})
