import type { Role } from '../accounts/account.ts'
import { demand, demandRole, type Principal } from '../accounts/principal.ts'
import { lookNow } from '../assignment/waiting.ts'
import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import { changesIn } from '../events/changes.ts'
import type { EventType, Source } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import { normaliseEmail } from '../leads/identity.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type Member, type MemberPatch, memberColumns, type NewMember } from './member.ts'

/** Who asks, and by which door. What they may is looked at here, because it depends on who is changed. */
export interface Asker {
  principal: Principal
  source: Source
}

/** Makes a user of this installation a member. Throws `unknown_reference`, `identity_taken`, `forbidden`. */
export async function admitMember(core: Core, { email, role }: NewMember, asker: Asker): Promise<Member> {
  const { workspaceId } = asker.principal
  demand(asker.principal, 'members:write')
  const address = normaliseEmail(email)
  return core.inWorkspace(workspaceId, async (tx) => {
    demandRole(asker.principal, role)
    const [user] = await tx.query<{ id: string }>(
      sql`select id from users where email = ${address} and disabled_at is null`,
    )
    if (!user)
      throw unknownReference(
        'email',
        `There is no user ${address} here. Make one with: leadnest user create ${address}`,
      )
    // Tokens of an earlier membership stay dead.
    const admitted = await tx.query(sql`
        insert into memberships (workspace_id, user_id, role, created_at, tokens_valid_after)
        values (${workspaceId}, ${user.id}, ${role}, ${core.now()}, ${core.now()})
        on conflict (workspace_id, user_id) do nothing returning 1 as admitted`)
    if (admitted.length === 0)
      throw new LeadNestError('identity_taken', `${address} is a member already.`, {
        issues: [{ path: 'email', message: 'This user is a member already.' }],
      })
    await tell(core, tx, 'member.added', { userId: user.id, email: address, role }, asker)
    return (await lockMember(tx, workspaceId, user.id)).member
  })
}

/**
 * Changes what is named; `null` clears. Everybody sets their own absence and hours; the rest is for those who manage
 * members. A new role ends the member's sessions and access tokens. Throws `not_found`, `forbidden`, `last_owner`,
 * `invalid_input`.
 */
export async function updateMember(core: Core, id: string, patch: MemberPatch, asker: Asker): Promise<Member> {
  const userId = id.toLowerCase()
  const { workspaceId, user } = asker.principal
  if (patch.role !== undefined || user?.id !== userId) demand(asker.principal, 'members:write')
  const changed = await core.inWorkspace(workspaceId, async (tx) => {
    const { member: before, owners } = await lockMember(tx, workspaceId, userId)
    const after: Member = { ...before, ...patch }
    if (after.absentFrom && after.absentUntil && after.absentFrom >= after.absentUntil)
      throw invalid('absentUntil', 'An absence ends after it begins.')
    const changes = changesIn(before, after, ['role', 'absentFrom', 'absentUntil', 'workingHours'])
    if (Object.keys(changes).length === 0) return before
    if (changes.role) {
      mindOwners(asker.principal, [before.role, after.role])
      demandRole(asker.principal, after.role)
      mindLastOwner(before, owners)
      await endSessions(tx, workspaceId, userId)
    }
    const hours = after.workingHours && JSON.stringify(after.workingHours)
    await tx.query(sql`
      update memberships set
        role = ${after.role}, absent_from = ${after.absentFrom}, absent_until = ${after.absentUntil}, working_hours = ${hours}::jsonb,
        tokens_valid_after = case when role <> ${after.role} then ${core.now()}::timestamptz else tokens_valid_after end
      where workspace_id = ${workspaceId} and user_id = ${userId}`)
    await lookNow(tx, workspaceId)
    await tell(core, tx, 'member.updated', { userId, email: before.email, changes }, asker)
    return after
  })
  core.recent.forget()
  return changed
}

/**
 * Ends a membership, with its sessions and access tokens; leads keep their owner. Everybody may leave. Throws
 * `not_found`, `forbidden`, `last_owner`.
 */
export async function removeMember(core: Core, id: string, asker: Asker): Promise<void> {
  const userId = id.toLowerCase()
  const { workspaceId, user } = asker.principal
  if (user?.id !== userId) demand(asker.principal, 'members:write')
  await core.inWorkspace(workspaceId, async (tx) => {
    const { member, owners } = await lockMember(tx, workspaceId, userId)
    mindOwners(asker.principal, [member.role])
    mindLastOwner(member, owners)
    await tx.query(sql`delete from memberships where workspace_id = ${workspaceId} and user_id = ${userId}`)
    await tell(core, tx, 'member.removed', { userId, email: member.email, role: member.role }, asker)
  })
  core.recent.forget()
}

/** Owners are locked too, so that two who leave in one moment do not both find the other. */
async function lockMember(tx: Tx, workspaceId: string, userId: string): Promise<{ member: Member; owners: string[] }> {
  const rows = isId(userId)
    ? await tx.query<Member & { disabled: boolean }>(sql`
        select ${memberColumns}, u.disabled_at is not null as disabled
        from memberships m join users u on u.id = m.user_id
        where m.workspace_id = ${workspaceId} and (m.user_id = ${userId} or m.role = 'owner')
        order by m.user_id for update of m`)
    : []
  const found = rows.find(({ id }) => id === userId)
  if (!found) throw notFound('member')
  const { disabled: _, ...member } = found
  return { member, owners: rows.filter(({ role, disabled }) => role === 'owner' && !disabled).map(({ id }) => id) }
}

/** Only an owner makes or unmakes an owner. */
function mindOwners(principal: Principal, roles: Role[]): void {
  if (roles.includes('owner') && principal.role !== 'owner')
    throw new LeadNestError('forbidden', 'Only an owner makes or unmakes an owner.')
}

function mindLastOwner({ id }: Member, owners: string[]): void {
  if (owners.length === 1 && owners[0] === id)
    throw new LeadNestError('last_owner', 'A workspace keeps an owner. Make another member an owner first.')
}

async function endSessions(tx: Tx, workspaceId: string, userId: string): Promise<void> {
  await tx.query(sql`delete from sessions where workspace_id = ${workspaceId} and user_id = ${userId}`)
}

function tell(core: Core, tx: Tx, type: EventType, data: object, { principal, source }: Asker) {
  return recordEvents(tx, principal.workspaceId, [
    newEvent({ type, leadId: null, actor: principal.actor, source, data, at: core.now() }),
  ])
}
