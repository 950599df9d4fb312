import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { hashOf, newSecret } from '../secrets.ts'
import type { User } from './account.ts'
import { endAllSessions } from './own-account.ts'
import { hashPassword } from './password.ts'
import { changeUser, findUser } from './users.ts'

/** How long a link to set a password is good for, in ms. */
export const resetLifetime = 60 * 60_000

export const resetLink = (publicBaseUrl: string, token: string) => `${publicBaseUrl}/admin/reset?token=${token}`

/** What a link to set a new password carries; it replaces the one before. Throws `not_found`. */
export async function createPasswordReset(core: Core, email: string): Promise<string> {
  const user = await findUser(core, email)
  return core.outside((tx) => insertPasswordReset(core, tx, user.id))
}

export async function insertPasswordReset(core: Core, tx: Tx, userId: string): Promise<string> {
  const token = newSecret()
  const expiresAt = new Date(core.now().getTime() + resetLifetime)
  await tx.query(sql`
    insert into password_resets (user_id, token_hash, expires_at) values (${userId}, ${hashOf(token)}, ${expiresAt})
    on conflict (user_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`)
  return token
}

/** Whose password a link sets; undefined for one that was used, replaced or is an hour old. */
export async function findPasswordReset(core: Core, token: string): Promise<User | undefined> {
  const [found] = await core.outside((tx) =>
    tx.query<User>(sql`
      select u.id, u.email, u.name from password_resets r join users u on u.id = r.user_id
      where r.token_hash = ${hashOf(token)} and r.expires_at > ${core.now()} and u.disabled_at is null`),
  )
  return found
}

/** Sets a password by a link, once; all sessions end. Throws `forbidden` for a link that is no good, `invalid_input`. */
export async function resetPassword(
  core: Core,
  { token, password }: { token: string; password: string },
): Promise<void> {
  const noGood = () =>
    new LeadNestError('forbidden', 'This link was used before, or is older than an hour. Ask for another.')
  const user = await findPasswordReset(core, token)
  if (!user) throw noGood()
  const hash = await hashPassword(password)
  const by = { actor: { type: 'user' as const, id: user.id, name: user.name ?? user.email }, source: 'admin' as const }
  await changeUser(core, user.id, { changed: ['password'], by }, async (tx) => {
    const now = core.now()
    const used = await tx.query(sql`
      delete from password_resets where token_hash = ${hashOf(token)} and expires_at > ${now} returning 1 as used`)
    if (used.length === 0) throw noGood()
    await tx.query(sql`update users set password_hash = ${hash}, tokens_valid_after = ${now} where id = ${user.id}`)
  })
  await endAllSessions(core, user.id)
}
