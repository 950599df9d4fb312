import { type Core, findApiKey, LeadNestError, type Principal } from '@leadnest/core'
import type { MiddlewareHandler } from 'hono'
import type { AccessTokens } from './access-token.ts'
import type { Env } from './env.ts'

/** Whom the header Authorization speaks for; undefined for one that is no good. */
export async function principalOf(
  core: Core,
  accessTokens: AccessTokens,
  header: string,
): Promise<Principal | undefined> {
  const token = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header.trim())?.[1]
  if (!token) return undefined
  return token.startsWith('ln_') ? findApiKey(core, token) : accessTokens.principalOf(token)
}

/** Reads `Authorization: Bearer` once. */
export function credentials(core: Core, accessTokens: AccessTokens): MiddlewareHandler<Env> {
  return async function credentials(c, next) {
    const header = c.req.header('authorization')
    if (header !== undefined) {
      const principal = await principalOf(core, accessTokens, header)
      c.set('principal', principal)
      c.set('wrongCredential', !principal)
    }
    await next()
  }
}

/**
 * A credential that is no good is 401, also where none is needed; but for signing in, refreshing and signing out, where an app
 * sends along the access token that has just run out.
 */
export const refuseWrongCredentials: MiddlewareHandler<Env> = async (c, next) => {
  if (c.get('wrongCredential') && !c.req.path.startsWith('/v1/auth/')) throw notGood()
  await next()
}

export const notGood = () =>
  new LeadNestError(
    'unauthenticated',
    'This key or token is not right, or no longer. Send a valid one as Authorization: Bearer.',
  )
