import { type Form, LeadNestError, type Principal } from '@leadnest/core'
import type { Context, MiddlewareHandler } from 'hono'
import type { Env } from './env.ts'

export interface OriginOptions {
  publicBaseUrl: string
  production: boolean
  /** Origins whose pages may call the API with a secret credential. */
  corsAllowedOrigins: string[]
}

const publicRoute = /^\/v1\/(?:forms\/[^/]+(?:\/submissions|\/uploads)?|receipts\/[^/]+)$/
const exposed =
  'LeadNest-Form-Token, x-request-id, Retry-After, Idempotency-Replayed, RateLimit, RateLimit-Policy, ETag'

/**
 * CORS. Every page may read what a public route of forms and receipts answers, also the refusal that names its origin; whether it may
 * submit is another question (`admitOrigin`). Elsewhere only listed origins. Never with credentials (cookies).
 */
export function cors({ corsAllowedOrigins }: OriginOptions): MiddlewareHandler<Env> {
  const listed = new Set(corsAllowedOrigins)
  return async function cors(c, next) {
    const origin = c.req.header('origin')
    const granted = origin !== undefined && (publicRoute.test(c.req.path) || listed.has(origin))
    c.header('vary', 'Origin')
    if (granted) {
      c.header('access-control-allow-origin', origin)
      c.header('access-control-expose-headers', exposed)
    }
    if (c.req.method !== 'OPTIONS' || !c.req.header('access-control-request-method')) return next()
    if (granted) {
      c.header('access-control-allow-methods', 'GET, POST, PATCH, DELETE')
      c.header(
        'access-control-allow-headers',
        'authorization, content-type, idempotency-key, if-none-match, last-event-id',
      )
      c.header('access-control-max-age', '7200')
    }
    return c.body(null, 204)
  }
}

/** Our own origins: the public one, and outside production also the one that this request was sent to. */
export function isOwnOrigin(
  c: Context,
  { publicBaseUrl, production }: Pick<OriginOptions, 'publicBaseUrl' | 'production'>,
): boolean {
  const origin = c.req.header('origin')
  if (origin === undefined || origin === 'null') return false
  if (origin === new URL(publicBaseUrl).origin) return true
  const host = c.req.header('host')
  return !production && (origin === `http://${host}` || origin === `https://${host}`)
}

/**
 * Throws `origin_not_allowed` unless the form may be used from this page. Reading a definition without an `Origin` is
 * allowed: browsers send none on a same-origin GET, and the definition is public.
 */
export function admitOrigin(c: Context<Env>, form: Form, options: OriginOptions): void {
  const origin = c.req.header('origin')
  if (isAdmitted(c, form.origins, options)) return
  const way =
    origin === undefined
      ? 'Send an Origin, or a key as Bearer.'
      : `Add ${origin} to the origins of the form, or send a publishable key.`
  throw new LeadNestError('origin_not_allowed', `This form may not be used from here. ${way}`)
}

/** The same for a publishable key, where it has origins; without any it may be used from every page. */
export function admitKeyOrigin(c: Context<Env>, { kind, origins }: Principal, options: OriginOptions): void {
  if (kind !== 'publishable' || origins.length === 0 || isAdmitted(c, origins, options)) return
  const origin = c.req.header('origin')
  throw new LeadNestError(
    'origin_not_allowed',
    origin === undefined
      ? 'This key may only be used from its origins. Send an Origin.'
      : `This key may not be used from here. Add ${origin} to the origins of the key.`,
  )
}

function isAdmitted(c: Context<Env>, origins: string[], options: OriginOptions): boolean {
  const origin = c.req.header('origin')
  if (origin === undefined) return c.req.method === 'GET'
  return origins.includes(origin) || isOwnOrigin(c, options)
}
