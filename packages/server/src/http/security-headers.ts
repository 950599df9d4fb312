import type { MiddlewareHandler } from 'hono'
import type { Env } from './env.ts'

const join = (...directives: string[]) => directives.join('; ')

/** A form's own page: only the sites of the form may frame it, and be gone to after sending. */
export function hostedPolicy(origins: string[]): string {
  return join(
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ['form-action', "'self'", ...origins].join(' '),
    "base-uri 'none'",
    ['frame-ancestors', "'self'", ...origins].join(' '),
  )
}

/** A page that a link with a secret leads to: nobody may frame it and have its buttons pressed. */
export const linkPolicy = join(
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
)

/** The reference: its program styles what it draws by itself, and sends requests to this server alone. */
export function referencePolicy(scriptHashes: string[]): string {
  return join(
    "default-src 'none'",
    ['script-src', "'self'", ...scriptHashes.map((hash) => `'sha256-${hash}'`)].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  )
}

/** What a page may load, by where it is; what is not listed is no page and may load nothing. */
const policies: [prefix: string, policy: string][] = [
  [
    '/admin',
    join(
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ),
  ],
  ['/f', hostedPolicy([])],
  ['/c', linkPolicy],
  ['/p', linkPolicy],
  ['/reference', referencePolicy([])],
  ['/errors', hostedPolicy([])],
  ['/demo', join("default-src 'self'", "img-src 'self' data:", "base-uri 'none'", "frame-ancestors 'self'")],
]
const nothing = join("default-src 'none'", "frame-ancestors 'none'")

/** Set before the answer is made, so that errors carry them too. */
export function securityHeaders({ hsts }: { hsts: boolean }): MiddlewareHandler<Env> {
  return async function securityHeaders(c, next) {
    const { path } = c.req
    const policy = policies.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? nothing
    c.header('content-security-policy', policy)
    c.header('x-content-type-options', 'nosniff')
    // Not no-referrer: with that, Chromium posts forms with `Origin: null`, and our own check refuses them.
    c.header('referrer-policy', 'same-origin')
    c.header('cross-origin-opener-policy', 'same-origin')
    if (hsts) c.header('strict-transport-security', 'max-age=63072000; includeSubDomains')
    await next()
  }
}
