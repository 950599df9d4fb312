import type { Core } from '../core.ts'
import { invalid, LeadNestError } from '../errors.ts'
import { type By, bySystem } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { normaliseEmail } from '../leads/identity.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
import type { Role, User } from './account.ts'
import { hashPassword } from './password.ts'
import { openSession, type SessionToken } from './sessions.ts'
import { addMember, firstWorkspace } from './workspaces.ts'

export interface NewUser {
  email: string
  password: string
  name?: string | null
  role: Role
  workspaceId: string
}

/** Makes a user and their membership. Throws `identity_taken` for a known address, `invalid_input`. */
export async function createUser(core: Core, user: NewUser): Promise<User> {
  return insertUser(core, user, async () => undefined)
}

/** `allowed` looks, in the same transaction, whether it may be. */
async function insertUser(
  core: Core,
  { email, password, name = null, role, workspaceId }: NewUser,
  allowed: (tx: Tx) => Promise<void>,
): Promise<User> {
  const user: User = { id: newId(), email: normaliseEmail(email), name }
  const hash = await hashPassword(password)
  try {
    return await core.inWorkspace(workspaceId, async (tx) => {
      await allowed(tx)
      await tx.query(sql`
        insert into users (id, email, name, password_hash, last_workspace_id)
        values (${user.id}, ${user.email}, ${name}, ${hash}, ${workspaceId})`)
      await addMember(tx, workspaceId, user.id, role)
      return user
    })
  } catch (error) {
    if (brokenConstraint(error) !== 'users_email_key') throw error
    throw new LeadNestError('identity_taken', `There is a user ${user.email} already.`, {
      issues: [{ path: 'email', message: 'This address is taken.' }],
    })
  }
}

/**
 * Changes a user and tells of it, in one transaction. A user is of the installation, an event of a workspace: it is written
 * in the one that they used last.
 */
export async function changeUser(
  core: Core,
  userId: string,
  { changed, by }: { changed: string[]; by: By },
  change: (tx: Tx) => Promise<unknown>,
): Promise<void> {
  const [user] = await core.outside((tx) =>
    tx.query<{ lastWorkspaceId: string | null }>(sql`select last_workspace_id from users where id = ${userId}`),
  )
  const workspaceId = user?.lastWorkspaceId
  if (!workspaceId) return void (await core.outside(change))
  const data = { userId, changed }
  await core.inWorkspace(workspaceId, async (tx) => {
    await change(tx)
    await recordEvents(tx, workspaceId, [newEvent({ type: 'user.updated', leadId: null, ...by, data, at: core.now() })])
  })
}

/** Sets a new password; sessions and access tokens from before are dead at once. Throws `not_found`. */
export async function setPassword(core: Core, email: string, password: string, by = bySystem): Promise<void> {
  const hash = await hashPassword(password)
  const { id } = await findUser(core, email)
  await changeUser(core, id, { changed: ['password'], by }, (tx) =>
    tx.query(sql`update users set password_hash = ${hash}, tokens_valid_after = ${core.now()} where id = ${id}`),
  )
  core.recent.forget()
}

/** Shuts somebody out of all workspaces, or lets them in again; their sessions end. Throws `not_found`. */
export async function disableUser(core: Core, email: string, disabled: boolean, by = bySystem): Promise<void> {
  const { id } = await findUser(core, email)
  const now = core.now()
  await changeUser(core, id, { changed: ['disabled'], by }, (tx) =>
    tx.query(
      sql`update users set disabled_at = ${disabled ? now : null}, tokens_valid_after = ${now} where id = ${id}`,
    ),
  )
  core.recent.forget()
}

/** Throws `not_found`. */
export async function findUser(core: Core, email: string): Promise<User> {
  const address = normaliseEmail(email)
  const [user] = await core.outside((tx) =>
    tx.query<User>(sql`select id, email, name from users where email = ${address}`),
  )
  if (!user) throw new LeadNestError('not_found', `There is no user ${address}.`)
  return user
}

/** Whether the first workspace has no owner yet. */
export async function needsSetup(core: Core): Promise<boolean> {
  const workspaceId = await firstWorkspace(core)
  return core.inWorkspace(workspaceId, async (tx) => !(await hasOwner(tx, workspaceId)))
}

async function hasOwner(tx: Tx, workspaceId: string): Promise<boolean> {
  const owners = await tx.query(
    sql`select 1 as present from memberships where workspace_id = ${workspaceId} and role = 'owner' limit 1`,
  )
  return owners.length > 0
}

/** What the printed set-up link carries. It needs no storing: it is signed, and worth nothing once there is an owner. */
export async function setupToken(core: Core): Promise<string> {
  return core.keyring.sign('setup', await firstWorkspace(core))
}

/** Makes the owner of the first workspace and signs them in. Throws `forbidden` for a wrong or used link, `invalid_input`. */
export async function setUpOwner(
  core: Core,
  { token, email, password, name }: { token: string; email: string; password: string; name?: string | null },
): Promise<SessionToken> {
  const workspaceId = await firstWorkspace(core)
  if (!core.keyring.verify('setup', workspaceId, token))
    throw new LeadNestError('forbidden', 'This set-up link is not right. The server prints it when it starts.')
  if (!email.trim()) throw invalid('email', 'Enter your e-mail address.')
  const owner: NewUser = { email, password, name: name?.trim() || null, role: 'owner', workspaceId }
  const user = await insertUser(core, owner, async (tx) => {
    // The link works once, also for two who use it in the same moment.
    await tx.query(sql`select pg_advisory_xact_lock(5136474)`)
    if (await hasOwner(tx, workspaceId))
      throw new LeadNestError('forbidden', 'LeadNest is set up already. Sign in instead.')
  })
  return openSession(core, user, workspaceId)
}
