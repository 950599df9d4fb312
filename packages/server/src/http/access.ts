import { type Core, findApiKey, LeadNestError } from '@leadnest/core'
import type { MiddlewareHandler } from 'hono'
import type { AccessTokens } from './access-token.ts'
import type { Env } from './env.ts'

/** Reads `Authorization: Bearer` once. */
export function credentials(core: Core, accessTokens: AccessTokens): MiddlewareHandler<Env> {
  return async function credentials(c, next) {
    const header = c.req.header('authorization')
    if (header !== undefined) {
      const token = /^Bearer ([\x21-\x7e]{1,4096})$/i.exec(header.trim())?.[1]
      const principal =
        token && (token.startsWith('ln_') ? await findApiKey(core, token) : await accessTokens.principalOf(token))
      c.set('principal', principal || undefined)
      c.set('wrongCredential', !principal)
    }
    await next()
  }
}

/** A credential that is no good is 401 everywhere, also where none is needed. */
export const refuseWrongCredentials: MiddlewareHandler<Env> = async (c, next) => {
  if (c.get('wrongCredential'))
    throw new LeadNestError(
      'unauthenticated',
      'This key or token is not right, or no longer. Send a valid one as Authorization: Bearer.',
    )
  await next()
}
