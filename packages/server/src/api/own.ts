import {
  beginTotp,
  type Core,
  changePassword,
  confirmTotp,
  disableTotp,
  endOwnSession,
  getTotp,
  limitLogins,
  listOwnSessions,
  type Principal,
  updateOwnAccount,
} from '@leadnest/core'
import type { Context } from 'hono'
import type { Mount } from '../http/endpoint.ts'
import type { Env } from '../http/env.ts'
import { asker } from './by.ts'

/** What a user does with their own account; a key has none. */
export function ownRoutes(mount: Mount) {
  /** What proves who asks counts as a log-in. A first code does not: whoever confirms it was just shown the secret. */
  const limited = <T>(core: Core, c: Context<Env>, { user }: Principal, attempt: () => Promise<T>) =>
    limitLogins(core, { email: user?.email ?? '', from: c.get('client') }, attempt)

  mount('PATCH /v1/me', async ({ core, principal, body }) => updateOwnAccount(core, body, asker(principal)))

  mount('POST /v1/me/password', async ({ core, c, principal, body }) => {
    await limited(core, c, principal, () => changePassword(core, body, asker(principal)))
    return null
  })

  mount('GET /v1/me/sessions', async ({ core, principal }) => ({
    data: await listOwnSessions(core, principal),
    nextCursor: null,
  }))

  mount('DELETE /v1/me/sessions/:id', async ({ core, principal, params }) => {
    await endOwnSession(core, params.id, principal)
    return null
  })

  mount('GET /v1/me/totp', async ({ core, principal }) => getTotp(core, { principal }))

  mount('POST /v1/me/totp', async ({ core, c, principal, body }) =>
    limited(core, c, principal, () => beginTotp(core, body.password, { principal })),
  )

  mount('POST /v1/me/totp/confirm', async ({ core, principal, body }) => confirmTotp(core, body.code, asker(principal)))

  mount('POST /v1/me/totp/disable', async ({ core, c, principal, body }) => {
    await limited(core, c, principal, () => disableTotp(core, body, asker(principal)))
    return null
  })
}
