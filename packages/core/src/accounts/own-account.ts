import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import type { Asker } from '../members/change-members.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { User } from './account.ts'
import { provePassword } from './check-password.ts'
import type { OwnSession } from './own.ts'
import { hashPassword } from './password.ts'
import type { Principal } from './principal.ts'

/** Throws `forbidden` for a key. */
export function userOf({ user }: Principal): User {
  if (!user) throw new LeadNestError('forbidden', 'A key has no account. Sign in as the user whose account it is.')
  return user
}

/** Writes down, in the workspace they are signed in to, what of somebody's own account has changed; never to what. */
export function tellOfUser(core: Core, tx: Tx, userId: string, changed: string[], { principal, source }: Asker) {
  const { workspaceId, actor } = principal
  return recordEvents(tx, workspaceId, [
    newEvent({ type: 'user.updated', leadId: null, actor, source, data: { userId, changed }, at: core.now() }),
  ])
}

/** Changes one's own name. */
export async function updateOwnAccount(core: Core, { name }: { name: string | null }, asker: Asker): Promise<User> {
  const user = userOf(asker.principal)
  if (name === user.name) return user
  await core.inWorkspace(asker.principal.workspaceId, async (tx) => {
    await tx.query(sql`update users set name = ${name} where id = ${user.id}`)
    await tellOfUser(core, tx, user.id, ['name'], asker)
  })
  core.recent.forget()
  return { ...user, name }
}

/**
 * Sets a new password for oneself. All sessions and access tokens are dead at once, also the one that asks. Throws
 * `unauthenticated` where the present one is not right, `invalid_input`.
 */
export async function changePassword(
  core: Core,
  { current, password }: { current: string; password: string },
  asker: Asker,
): Promise<void> {
  const user = userOf(asker.principal)
  await provePassword(core, user.email, current, 'current')
  const hash = await hashPassword(password)
  await core.inWorkspace(asker.principal.workspaceId, async (tx) => {
    await tx.query(
      sql`update users set password_hash = ${hash}, tokens_valid_after = ${core.now()} where id = ${user.id}`,
    )
    await tellOfUser(core, tx, user.id, ['password'], asker)
  })
  await endAllSessions(core, user.id)
}

/** One's sessions in all workspaces, the last used first. */
export async function listOwnSessions(core: Core, principal: Principal): Promise<OwnSession[]> {
  const user = userOf(principal)
  return core.asUser(user.id, (tx) =>
    tx.query<OwnSession>(sql`
      select s.id, case when s.token_hash is null then 'app' else 'browser' end as kind, s.workspace_id, s.user_agent,
        s.created_at, s.last_used_at, s.expires_at
      from sessions s
        join memberships m on m.workspace_id = s.workspace_id and m.user_id = s.user_id
        join users u on u.id = s.user_id
      where s.user_id = ${user.id} and s.expires_at > ${core.now()}
        and s.created_at >= greatest(u.tokens_valid_after, m.tokens_valid_after)
      order by coalesce(s.last_used_at, s.created_at) desc, s.id desc`),
  )
}

/** Ends one of one's own sessions. Throws `not_found`. */
export async function endOwnSession(core: Core, id: string, principal: Principal): Promise<void> {
  const user = userOf(principal)
  const ended = isId(id)
    ? await core.asUser(user.id, (tx) =>
        tx.query(sql`delete from sessions where user_id = ${user.id} and id = ${id} returning 1 as ended`),
      )
    : []
  if (ended.length === 0) throw notFound('session')
  core.recent.forget()
}

/** Ends all of somebody's sessions but the one that is named. */
export async function endAllSessions(core: Core, userId: string, butFor?: string): Promise<void> {
  await core.asUser(userId, (tx) =>
    tx.query(sql`delete from sessions where user_id = ${userId} and id is distinct from ${butFor ?? null}::uuid`),
  )
  core.recent.forget()
}
