import type { MiddlewareHandler } from 'hono'
import type { Env } from '../http/env.ts'

/** Of pages whose address lets somebody in: it goes to no other page, no cache and no search engine. */
export const keepSecret: MiddlewareHandler<Env> = async function keepSecret(c, next) {
  // These pages send no cookie and ask for no origin, so that `Origin: null` is none the worse.
  c.header('referrer-policy', 'no-referrer')
  c.header('cache-control', 'no-store')
  c.header('x-robots-tag', 'noindex, nofollow')
  await next()
}
