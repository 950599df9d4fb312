import { createMiddleware } from 'hono/factory'
import { isOwnOrigin } from '../http/origins.ts'
import type { AdminEnv } from './env.ts'
import { renderProblem } from './problem-page.tsx'

/**
 * A browser says by `Origin` which site sent a form; whatever is not exactly our own is refused.
 * No header and `null` are refused too: our own pages always send one.
 */
export const ownOriginOnly = createMiddleware<AdminEnv>(async function ownOriginOnly(c, next) {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next()
  const { publicUrl, production } = c.var
  if (isOwnOrigin(c, { publicBaseUrl: publicUrl, production })) return next()
  return renderProblem(c, {
    status: 403,
    title: 'This request came from somewhere else',
    detail: `Forms of the admin work only from its own address, ${new URL(publicUrl).origin}. Open that address and try again.`,
  })
})
