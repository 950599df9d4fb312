import { LeadNestError } from '@leadnest/core'
import type { MiddlewareHandler } from 'hono'
import { forwardedProto } from './client-address.ts'
import type { Env } from './env.ts'

/** In production, whoever came to our proxy over plain http is led to https; what they sent is refused. */
export function httpsOnly({
  production,
  publicBaseUrl,
  trustedProxyHops,
}: {
  production: boolean
  publicBaseUrl: string
  trustedProxyHops: number
}): MiddlewareHandler<Env> {
  return async function httpsOnly(c, next) {
    if (!production || forwardedProto(c, trustedProxyHops) !== 'http') return next()
    const { pathname, search } = new URL(c.req.url)
    if (c.req.method === 'GET' || c.req.method === 'HEAD')
      return c.redirect(`${publicBaseUrl}${pathname}${search}`, 308)
    throw new LeadNestError('forbidden', 'Send this over https.')
  }
}
