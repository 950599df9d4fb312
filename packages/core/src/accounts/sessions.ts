import { countUnread } from '../conversations/list-conversations.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { newId } from '../id.ts'
import { menuOf } from '../plugins/answer-page.ts'
import type { MenuPage } from '../plugins/page.ts'
import { sql } from '../postgres/sql.ts'
import { countPrivacyRequests } from '../privacy-requests/list-requests.ts'
import { bindToWorkspace, hashOf, newSecret, readBound } from '../secrets.ts'
import { countHeld } from '../submissions/list-submissions.ts'
import type { Role, User, Workspace } from './account.ts'
import { noteUse } from './note-use.ts'
import { findMember, type Principal } from './principal.ts'
import { getWorkspace, workspacesOf } from './workspaces.ts'

const lifetime = 14 * 24 * 60 * 60 * 1000

/** What the browser keeps; only its hash is stored. */
export interface SessionToken {
  token: string
  expiresAt: Date
}

/** Somebody who is signed in, in the workspace they are looking at. */
export interface Session extends Principal {
  id: string
  user: User
  role: Role
  workspace: Workspace
  workspaces: { id: string; name: string; slug: string; role: Role }[]
  /** How many privacy requests wait for somebody who may decide them; 100 are 100 or more. */
  privacyRequests: number
  /** How many submissions wait for a person there; 100 are 100 or more. */
  held: number
  /** How many conversations wait to be read. */
  unread: number
  /** The pages of plugins that stand in the navigation. */
  pages: MenuPage[]
}

export async function openSession(
  core: Core,
  user: Pick<User, 'id'>,
  workspaceId: string,
  userAgent?: string,
): Promise<SessionToken> {
  const secret = newSecret()
  const now = core.now()
  const expiresAt = new Date(now.getTime() + lifetime)
  await core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`
      insert into sessions (workspace_id, id, user_id, token_hash, expires_at, created_at, last_used_at, user_agent)
      values (${workspaceId}, ${newId()}, ${user.id}, ${hashOf(secret)}, ${expiresAt}, ${now}, ${now}, ${userAgent?.slice(0, 300) ?? null})`)
    await tx.query(sql`update users set last_workspace_id = ${workspaceId} where id = ${user.id}`)
  })
  return { token: bindToWorkspace(workspaceId, secret), expiresAt }
}

/** Null for a token that is unknown, ended, expired, or whose user may no longer be here. */
export async function findSession(core: Core, token: string): Promise<Session | null> {
  const bound = readBound(token)
  if (!bound) return null
  const { workspaceId } = bound
  const [session] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ id: string; userId: string; createdAt: string; lastUsedAt: string | null }>(sql`
      select id, user_id, created_at, last_used_at from sessions
      where workspace_id = ${workspaceId} and token_hash = ${hashOf(bound.secret)} and expires_at > ${core.now()}`),
  )
  const member = session && (await findMember(core, workspaceId, session.userId, new Date(session.createdAt)))
  if (!member) return null
  noteUse(core, 'session', workspaceId, session)
  const [workspace, workspaces, privacyRequests, held, unread, pages] = await Promise.all([
    getWorkspace(core, workspaceId),
    workspacesOf(core, session.userId),
    member.scopes.includes('privacy:read') ? countPrivacyRequests(core, workspaceId) : 0,
    countHeld(core, workspaceId, 100),
    countUnread(core, workspaceId),
    menuOf(core, member),
  ])
  return { ...member, id: session.id, workspace, workspaces, privacyRequests, held, unread, pages }
}

export async function endSession(core: Core, token: string): Promise<void> {
  const bound = readBound(token)
  if (!bound) return
  await core.inWorkspace(bound.workspaceId, (tx) =>
    tx.query(
      sql`delete from sessions where workspace_id = ${bound.workspaceId} and token_hash = ${hashOf(bound.secret)}`,
    ),
  )
}

/** A session belongs to one workspace, so another one is a new session. Throws `not_found` where the user is no member. */
export async function switchWorkspace(
  core: Core,
  token: string,
  workspaceId: string,
  userAgent?: string,
): Promise<SessionToken> {
  const session = await findSession(core, token)
  if (!session) throw new LeadNestError('unauthenticated', 'Sign in first.')
  if (!session.workspaces.some(({ id }) => id === workspaceId))
    throw new LeadNestError('not_found', 'There is no such workspace.')
  const next = await openSession(core, session.user, workspaceId, userAgent)
  await endSession(core, token)
  return next
}
