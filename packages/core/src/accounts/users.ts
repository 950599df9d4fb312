import type { Core } from '../core.ts'
import { invalid, LeadNestError } from '../errors.ts'
import { newId } from '../id.ts'
import { normaliseEmail } from '../leads/identity.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint } from '../postgres/transaction.ts'
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
export async function createUser(
  core: Core,
  { email, password, name = null, role, workspaceId }: NewUser,
): Promise<User> {
  const user: User = { id: newId(), email: normaliseEmail(email), name }
  const hash = await hashPassword(password)
  try {
    await core.inWorkspace(workspaceId, async (tx) => {
      await tx.query(sql`
        insert into users (id, email, name, password_hash, last_workspace_id)
        values (${user.id}, ${user.email}, ${name}, ${hash}, ${workspaceId})`)
      await addMember(tx, workspaceId, user.id, role)
    })
  } catch (error) {
    if (brokenConstraint(error) === 'users_email_key') {
      throw new LeadNestError('identity_taken', `There is a user ${user.email} already.`, {
        issues: [{ path: 'email', message: 'This address is taken.' }],
      })
    }
    throw error
  }
  return user
}

/** Sets a new password and ends every session of the user. Throws `not_found`. */
export async function setPassword(core: Core, email: string, password: string): Promise<void> {
  const hash = await hashPassword(password)
  const address = normaliseEmail(email)
  const [user] = await core.outside((tx) =>
    tx.query<{ id: string }>(sql`update users set password_hash = ${hash} where email = ${address} returning id`),
  )
  if (!user) throw new LeadNestError('not_found', `There is no user ${address}.`)
  const memberships = await core.asUser(user.id, (tx) =>
    tx.query<{ workspaceId: string }>(sql`select workspace_id from memberships where user_id = ${user.id}`),
  )
  for (const { workspaceId } of memberships) {
    await core.inWorkspace(workspaceId, (tx) =>
      tx.query(sql`delete from sessions where workspace_id = ${workspaceId} and user_id = ${user.id}`),
    )
  }
}

/** Whether nobody can sign in yet. */
export async function needsSetup(core: Core): Promise<boolean> {
  const [row] = await core.outside((tx) =>
    tx.query<{ empty: boolean }>(sql`select not exists (select from users) as empty`),
  )
  return row!.empty
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
  if (!(await needsSetup(core))) throw new LeadNestError('forbidden', 'LeadNest is set up already. Sign in instead.')
  if (!email.trim()) throw invalid('email', 'Enter your e-mail address.')
  const user = await createFirstOwner(core, { email, password, name: name?.trim() || null, workspaceId })
  return openSession(core, user, workspaceId)
}

/** The link works once, also for two who use it in the same moment: the table is locked while it is looked at. */
async function createFirstOwner(
  core: Core,
  { email, password, name, workspaceId }: Omit<NewUser, 'role' | 'name'> & { name: string | null },
): Promise<User> {
  const user: User = { id: newId(), email: normaliseEmail(email), name }
  const hash = await hashPassword(password)
  return core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`lock table users in share row exclusive mode`)
    const [other] = await tx.query(sql`select id from users limit 1`)
    if (other) throw new LeadNestError('forbidden', 'LeadNest is set up already. Sign in instead.')
    await tx.query(sql`
      insert into users (id, email, name, password_hash, last_workspace_id) values (${user.id}, ${user.email}, ${name}, ${hash}, ${workspaceId})`)
    await addMember(tx, workspaceId, user.id, 'owner')
    return user
  })
}
