import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import { hashOf, newSecret } from '../secrets.ts'
import { endAllSessions } from './own-account.ts'
import { hashPassword } from './password.ts'
import { findUser } from './users.ts'

/** How long a link to set a password is good for, in ms. */
const lifetime = 60 * 60_000

/** What a link to set a new password carries; it replaces the one before. Throws `not_found`. */
export async function createPasswordReset(core: Core, email: string): Promise<string> {
  const user = await findUser(core, email)
  const token = newSecret()
  const expiresAt = new Date(core.now().getTime() + lifetime)
  await core.outside((tx) =>
    tx.query(sql`
      insert into password_resets (user_id, token_hash, expires_at) values (${user.id}, ${hashOf(token)}, ${expiresAt})
      on conflict (user_id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`),
  )
  return token
}

/** Whose password a link sets; undefined for one that was used, replaced or is an hour old. */
export async function findPasswordReset(core: Core, token: string): Promise<{ email: string } | undefined> {
  const [found] = await core.outside((tx) =>
    tx.query<{ email: string }>(sql`
      select u.email from password_resets r join users u on u.id = r.user_id
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
  if (!(await findPasswordReset(core, token))) throw noGood()
  const hash = await hashPassword(password)
  const now = core.now()
  const userId = await core.outside(async (tx) => {
    const [reset] = await tx.query<{ userId: string }>(sql`
      delete from password_resets where token_hash = ${hashOf(token)} and expires_at > ${now} returning user_id`)
    if (!reset) throw noGood()
    await tx.query(
      sql`update users set password_hash = ${hash}, tokens_valid_after = ${now} where id = ${reset.userId}`,
    )
    return reset.userId
  })
  await endAllSessions(core, userId)
  await tellInLastWorkspace(core, userId)
}

/** A user is of the installation, an event of a workspace: it is written in the one that they used last. */
async function tellInLastWorkspace(core: Core, userId: string): Promise<void> {
  const [user] = await core.outside((tx) =>
    tx.query<{ name: string | null; email: string; lastWorkspaceId: string | null }>(
      sql`select name, email, last_workspace_id from users where id = ${userId}`,
    ),
  )
  if (!user?.lastWorkspaceId) return
  const workspaceId = user.lastWorkspaceId
  const actor = { type: 'user' as const, id: userId, name: user.name ?? user.email }
  const data = { userId, changed: ['password'] }
  await core.inWorkspace(workspaceId, (tx) =>
    recordEvents(tx, workspaceId, [
      newEvent({ type: 'user.updated', leadId: null, actor, source: 'admin', data, at: core.now() }),
    ]),
  )
}
