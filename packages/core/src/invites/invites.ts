import { demand, demandRole } from '../accounts/principal.ts'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId, newId } from '../id.ts'
import { normaliseEmail } from '../leads/identity.ts'
import { offerLink } from '../links/offer-link.ts'
import type { Asker } from '../members/change-members.ts'
import { sql } from '../postgres/sql.ts'
import { bindToWorkspace, hashOf, newSecret } from '../secrets.ts'
import type { Invite, NewInvite } from './invite.ts'

/** How long an invite is good for, in ms. */
const lifetime = 60 * 60_000

const columns = sql`id, email, role, invited_by, created_at, expires_at`

export const inviteLink = (publicBaseUrl: string, token: string) => `${publicBaseUrl}/admin/invite?token=${token}`

/**
 * Invites somebody, known here or not; an earlier invite of the same address is void. `token` is what the link carries; `sent` says whether a
 * plugin sends it.
 * Throws `forbidden` for a role that can do more than whoever invites, `identity_taken` for a member, `invalid_input`.
 */
export async function createInvite(
  core: Core,
  { email, role }: NewInvite,
  { principal, source }: Asker,
): Promise<{ invite: Invite; token: string; sent: boolean }> {
  const { workspaceId, actor } = principal
  demand(principal, 'members:write')
  demandRole(principal, role)
  const address = normaliseEmail(email)
  const secret = newSecret()
  const now = core.now()
  const invite = await core.inWorkspace(workspaceId, async (tx) => {
    const [member] = await tx.query(sql`
      select 1 as present from memberships m join users u on u.id = m.user_id
      where m.workspace_id = ${workspaceId} and u.email = ${address}`)
    if (member)
      throw new LeadNestError('identity_taken', `${address} is a member already.`, {
        issues: [{ path: 'email', message: 'This user is a member already.' }],
      })
    const [made] = await tx.query<Invite>(sql`
      insert into invites (workspace_id, id, email, role, token_hash, invited_by, created_at, expires_at)
      values (${workspaceId}, ${newId()}, ${address}, ${role}, ${hashOf(secret)}, ${actor.name}, ${now}, ${new Date(now.getTime() + lifetime)})
      on conflict (workspace_id, email) do update set
        id = excluded.id, role = excluded.role, token_hash = excluded.token_hash, invited_by = excluded.invited_by,
        created_at = excluded.created_at, expires_at = excluded.expires_at
      returning ${columns}`)
    const data = { inviteId: made!.id, email: address, role }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'invite.created', leadId: null, actor, source, data, at: now }),
    ])
    return made!
  })
  const token = bindToWorkspace(workspaceId, secret)
  const url = inviteLink(core.publicBaseUrl, token)
  const sent = await offerLink(core, workspaceId, { kind: 'invite', to: address, url, expiresAt: invite.expiresAt })
  return { invite, token, sent }
}

/** Those that can still be accepted, newest first. */
export function listInvites(core: Core, workspaceId: string): Promise<Invite[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<Invite>(sql`
      select ${columns} from invites where workspace_id = ${workspaceId} and expires_at > ${core.now()}
      order by created_at desc, id desc`),
  )
}

/** Takes an invite back. Throws `not_found`. */
export async function revokeInvite(core: Core, id: string, { principal, source }: Asker): Promise<void> {
  const { workspaceId, actor } = principal
  demand(principal, 'members:write')
  if (!isId(id)) throw notFound('invite')
  await core.inWorkspace(workspaceId, async (tx) => {
    const [gone] = await tx.query<Invite>(
      sql`delete from invites where workspace_id = ${workspaceId} and id = ${id} returning ${columns}`,
    )
    if (!gone) throw notFound('invite')
    const data = { inviteId: gone.id, email: gone.email, role: gone.role }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'invite.revoked', leadId: null, actor, source, data, at: core.now() }),
    ])
  })
}
