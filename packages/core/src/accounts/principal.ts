import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { Actor } from '../events/event.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Me, Role, Scope, User } from './account.ts'
import { getWorkspace, workspacesOf } from './workspaces.ts'

/** Who asks, in which workspace, and what they may do. */
export interface Principal {
  kind: 'user' | 'secret' | 'publishable'
  workspaceId: string
  user: User | null
  role: Role | null
  scopes: Scope[]
  /** When a key ends; null for one that does not, and for users. */
  expiresAt: string | null
  /** The pages that may use a publishable key; every page where there are none. */
  origins: string[]
  actor: Actor
}

/** What each role may do. */
const viewer: Scope[] = ['leads:read', 'forms:read', 'settings:read', 'members:read']
const member: Scope[] = [...viewer, 'leads:write']
const privacy: Scope[] = ['privacy:read', 'privacy:write']
const admin: Scope[] = [
  ...member,
  'forms:write',
  'settings:write',
  'members:write',
  'keys:read',
  'keys:write',
  ...privacy,
]
export const scopesOf: Record<Role, Scope[]> = { viewer, member, admin, owner: [...admin, 'workspaces:write'] }

export function keyPrincipal(
  workspaceId: string,
  kind: 'secret' | 'publishable',
  key: { id: string; name: string; scopes: Scope[]; origins: string[]; expiresAt: string | null },
): Principal {
  return {
    kind,
    workspaceId,
    user: null,
    role: null,
    scopes: key.scopes,
    expiresAt: key.expiresAt,
    origins: key.origins,
    actor: { type: 'key', id: key.id, name: key.name },
  }
}

/** A principal that is a user. */
export interface Member extends Principal {
  user: User
  role: Role
}

/**
 * A user as they are now, not as they were when their session or token was made, at `since`; undefined when they are no
 * member any more, or have a new password or role since.
 */
export async function findMember(
  core: Core,
  workspaceId: string,
  userId: string,
  since: Date,
): Promise<Member | undefined> {
  if (!isId(workspaceId) || !isId(userId)) return undefined
  const [row] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<User & { role: Role }>(sql`
      select u.id, u.email, u.name, m.role from memberships m join users u on u.id = m.user_id
      where m.workspace_id = ${workspaceId} and m.user_id = ${userId} and u.disabled_at is null
        and greatest(u.tokens_valid_after, m.tokens_valid_after) <= ${since}`),
  )
  if (!row) return undefined
  const { role, ...user } = row
  const actor = { type: 'user' as const, id: user.id, name: user.name ?? user.email }
  return { kind: 'user', workspaceId, user, role, scopes: scopesOf[role], expiresAt: null, origins: [], actor }
}

/** Throws `forbidden` with what is missing. */
export function demand(principal: Principal, scope: Scope): void {
  if (principal.scopes.includes(scope)) return
  const { role, kind, scopes } = principal
  const who = role ? `The role ${role}` : kind === 'publishable' ? 'A publishable key' : 'This key'
  const way =
    kind === 'secret' && scope !== 'workspaces:write'
      ? ` Make one that has it, in the admin under Settings, API keys, or by: npx leadnest key create <name> --scopes ${[...scopes, scope]}`
      : ''
  throw new LeadNestError('forbidden', `${who} lacks the scope ${scope}.${way}`)
}

/** Nobody gives a role that can do more than they can themselves. Throws `forbidden`. */
export function demandRole(principal: Principal, role: Role): void {
  if (role === 'owner' && principal.role !== 'owner')
    throw new LeadNestError('forbidden', 'Only an owner makes or unmakes an owner.')
  for (const scope of scopesOf[role]) demand(principal, scope)
}

export async function describe(core: Core, { user, workspaceId, role, scopes }: Principal): Promise<Me> {
  const workspace = await getWorkspace(core, workspaceId)
  return { user, workspace, role, scopes, workspaces: user ? await workspacesOf(core, user.id) : [] }
}
