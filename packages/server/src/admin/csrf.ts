import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AdminEnv } from './env.ts'
import { renderProblem } from './problem-page.tsx'

/**
 * A browser says by `Origin` which site sent a form; whatever is not exactly our own is refused.
 * No header and `null` are refused too: our own pages always send one.
 */
export const ownOriginOnly = createMiddleware<AdminEnv>(async function ownOriginOnly(c, next) {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const origin = c.req.header('origin')
  if (origin && ownOrigins(c).includes(origin)) return next()
  return renderProblem(c, {
    status: 403,
    title: 'This request came from somewhere else',
    detail: `Forms of the admin work only from its own address, ${new URL(c.var.publicUrl).origin}. Open that address and try again.`,
  })
})

function ownOrigins(c: Context<AdminEnv>): string[] {
  const origins = [new URL(c.var.publicUrl).origin]
  if (c.var.production) return origins
  const host = c.req.header('host') ?? new URL(c.req.url).host
  return [...origins, `http://${host}`, `https://${host}`]
}
