import { findSession } from '@leadnest/core'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import type { AdminEnv, SignedInEnv } from './env.ts'
import { signInPath } from './sign-in/next.ts'

type AnyContext = Context<AdminEnv> | Context<SignedInEnv>

// Browsers refuse __Host- on plain http, which is what runs outside production.
const cookieName = (c: AnyContext) => (c.var.production ? '__Host-leadnest' : 'leadnest')
const cookieOptions = (c: AnyContext) =>
  ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: c.var.production }) as const

export function sessionToken(c: AnyContext): string | undefined {
  return getCookie(c as Context, cookieName(c))
}

export function keepSession(c: AnyContext, { token, expiresAt }: { token: string; expiresAt: Date }): void {
  setCookie(c as Context, cookieName(c), token, { ...cookieOptions(c), expires: expiresAt })
}

export function dropSession(c: AnyContext): void {
  deleteCookie(c as Context, cookieName(c), cookieOptions(c))
}

/** Looks the session up where the browser sent one; asks nothing of those who sent none. */
export const withSession = createMiddleware<AdminEnv>(async function withSession(c, next) {
  const token = sessionToken(c)
  const session = token ? await findSession(c.var.core, token) : null
  if (session) c.set('session', session)
  return next()
})

/** Sends strangers to sign in, and brings them back to the page they asked for. */
export const requireSession = createMiddleware<AdminEnv>(async function requireSession(c, next) {
  if (c.var.session) return next()
  const url = new URL(c.req.url)
  return c.redirect(signInPath(c.req.method === 'GET' ? url.pathname + url.search : undefined), 303)
})
