import { testNest } from '@leadnest/core/testing'
import { Hono } from 'hono'
import { pino } from 'pino'
import type { Feed, FeedMessage } from '../../feed.ts'
import type { Env } from '../../http/env.ts'
import { requestLog } from '../../http/request-log.ts'
import { securityHeaders } from '../../http/security-headers.ts'
import { adminPages } from '../routes.tsx'

export const origin = 'http://nest.test'
export const owner = { email: 'owner@nest.test', password: 'a long phrase of hers' }

/** The admin on a real Postgres, asked as a browser asks. */
export async function openAdmin({ production = false } = {}) {
  const nest = await testNest()
  const closing = new AbortController()
  const listeners = new Map<(message: FeedMessage) => void, string>()
  const feed = {
    subscribe(workspaceId: string, listener: (message: FeedMessage) => void) {
      listeners.set(listener, workspaceId)
      return () => void listeners.delete(listener)
    },
  } as Feed
  const app = new Hono<Env>()
    .use(requestLog(pino({ level: 'silent' })))
    .use(securityHeaders({ production }))
    .route('/admin', adminPages({ core: nest, feed, publicUrl: origin, production, closing: closing.signal }))

  return {
    nest,
    app,
    closing,
    listeners,
    /** What the database would say after a commit. */
    tell(workspaceId: string) {
      for (const [listener, of] of listeners) if (of === workspaceId) listener({ type: 'lead' })
    },
    get: (path: string, headers: Record<string, string> = {}) => app.request(origin + path, { headers }),
    /** A form sent by one of our own pages, unless the headers say otherwise. */
    post: (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      app.request(origin + path, {
        method: 'POST',
        body: new URLSearchParams(fields),
        headers: { origin, ...headers },
      }),
  }
}

export type Admin = Awaited<ReturnType<typeof openAdmin>>

/** Makes the owner and returns the cookie of their session. */
export async function signInOwner(admin: Admin): Promise<{ cookie: string }> {
  await admin.nest.user({ ...owner, role: 'owner' })
  return cookieOf(await admin.post('/admin/sign-in', owner))
}

export function cookieOf(response: Response): { cookie: string } {
  return { cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '' }
}
