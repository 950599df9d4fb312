import { findSession } from '@leadnest/core'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { FeedMessage } from '../../feed.ts'
import type { AdminEnv } from '../env.ts'
import { sessionToken } from '../session.ts'

const heartbeatMs = 20_000
/** A burst of leads is one message: whoever hears it reads the whole list again anyway. */
const restMs = 500

/**
 * Tells open lists that a lead came or a job went on, never which: the list reads it from its own page, under its own rights.
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
    const news = new Set<FeedMessage['type']>(c.req.header('last-event-id') === undefined ? [] : ['lead', 'job'])
    let wake = () => {}
    const ring = () => wake()
    const unsubscribe = feed.subscribe(session.workspaceId, ({ type }) => {
      news.add(type)
      ring()
    })
    feed.closing.addEventListener('abort', ring)
    stream.onAbort(ring)

    const over = () => stream.aborted || feed.closing.aborted
    const pause = (ms: number, until: () => boolean) =>
      new Promise<void>((resolve) => {
        if (until()) return resolve()
        const timer = setTimeout(resolve, ms)
        wake = () => {
          if (!until()) return
          clearTimeout(timer)
          resolve()
        }
      })

    try {
      await stream.writeSSE({ event: 'ready', data: '', id: '0' })
      while (!over()) {
        await pause(heartbeatMs, () => news.size > 0 || over())
        if (over() || !(await findSession(core, token))) break
        if (news.size > 0) {
          const types = [...news]
          news.clear()
          for (const event of types) await stream.writeSSE({ event, data: '' })
          await pause(restMs, over)
        } else {
          await stream.write(': still here\n\n')
        }
      }
    } catch (error) {
      // Such as a database that does not answer. The browser comes back by itself.
      log.warn({ err: error }, 'a live stream broke off')
    } finally {
      unsubscribe()
      feed.closing.removeEventListener('abort', ring)
    }
  })
})
