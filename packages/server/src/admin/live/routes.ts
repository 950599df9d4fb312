import { findSession } from '@leadnest/core'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { AdminEnv } from '../env.ts'
import { sessionToken } from '../session.ts'

const heartbeatMs = 20_000
/** A burst of leads is one message: whoever hears it reads the whole list again anyway. */
const restMs = 500

/**
 * Tells open lists that a lead came, never which: the list reads it from its own page, under its own rights.
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
    let news = c.req.header('last-event-id') !== undefined
    let wake = () => {}
    const ring = () => wake()
    const unsubscribe = feed.subscribe(session.workspaceId, () => {
      news = true
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
        await pause(heartbeatMs, () => news || over())
        if (over() || !(await findSession(core, token))) break
        if (news) {
          news = false
          await stream.writeSSE({ event: 'lead', data: '' })
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
