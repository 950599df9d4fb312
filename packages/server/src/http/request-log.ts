import { newId } from '@leadnest/core'
import type { MiddlewareHandler } from 'hono'
import type { Logger } from 'pino'
import type { Env } from './env.ts'

/** Links that are sent to people carry what lets them in. */
const withoutSecret = (path: string) => path.replace(/^(\/[cp]\/).*/s, '$1…')

/** A part of a path that is neither a word of ours nor an id may be what somebody typed, as an address. */
const plainPath = (path: string) =>
  path
    .split('/')
    .map((part) => (/^[\w.~-]*$/.test(part) ? part : '*'))
    .join('/')

/** Gives each request an id, answered as `x-request-id`, and one line in the log. Neither query nor body is logged, nor the secret of a link. */
export function requestLog(log: Logger, publicBaseUrl: string): MiddlewareHandler<Env> {
  return async function requestLog(c, next) {
    const requestId = newId()
    const started = performance.now()
    c.set('requestId', requestId)
    c.set('publicBaseUrl', publicBaseUrl)
    c.set('log', log.child({ requestId }))
    c.header('x-request-id', requestId)
    await next()
    c.get('log').info(
      {
        method: c.req.method,
        path: plainPath(withoutSecret(c.req.path)),
        status: c.res.status,
        ms: Math.round((performance.now() - started) * 10) / 10,
      },
      'request',
    )
  }
}
