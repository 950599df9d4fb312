import { isDeepStrictEqual } from 'node:util'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { findStage, unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
import { lockLead, readLead } from './find-leads.ts'
import { normaliseEmail } from './identity.ts'
import type { Lead, LeadPatch } from './lead.ts'
import { type NextAction, scheduleReminder } from './next-action.ts'
import { indexForSearch } from './statements.ts'

/** What changed, each with the value before and after. */
type Changes = Record<string, [before: unknown, after: unknown]>

/**
 * Changes what is named; `null` clears, keys of `fields` are taken one by one. What changes nothing writes nothing.
 * Throws `not_found`, `invalid_input`, `identity_taken`, `unknown_reference`.
 */
export async function updateLead(core: Core, workspaceId: string, id: string, patch: LeadPatch, by: By): Promise<Lead> {
  try {
    return await core.inWorkspace(workspaceId, (tx) => update(core, tx, workspaceId, id, patch, by))
  } catch (error) {
    const taken = { leads_workspace_id_email_key: 'email', leads_workspace_id_external_id_key: 'externalId' }[
      brokenConstraint(error) ?? ''
    ]
    if (!taken) throw error
    throw new LeadNestError('identity_taken', 'Another lead has this already. Merge the two instead.', {
      issues: [{ path: taken, message: 'This belongs to another lead.' }],
    })
  }
}

async function update(core: Core, tx: Tx, workspaceId: string, id: string, patch: LeadPatch, by: By): Promise<Lead> {
  const at = core.now()
  await lockLead(tx, workspaceId, id)
  const before = await readLead(tx, workspaceId, id)
  const after = await applied(tx, workspaceId, before, patch)
  const changes = changesBetween(before, after)
  if (Object.keys(changes).length === 0) return before

  const moved = after.stage !== before.stage
  if (changes.nextAction) await writeNextAction(tx, workspaceId, id, before.nextAction, after.nextAction)
  await tx.query(sql`
    update leads set
      email = ${after.email}, phone = ${after.phone}, name = ${after.name}, first_name = ${after.firstName}, last_name = ${after.lastName},
      company = ${after.company}, external_id = ${after.externalId}, fields = ${JSON.stringify(after.fields)}, owner_id = ${after.ownerId},
      stage = ${after.stage}, lost_reason = ${after.lostReason}, stage_changed_at = case when ${moved} then ${at}::timestamptz else stage_changed_at end,
      updated_at = ${at}, last_activity_at = greatest(last_activity_at, ${at})
    where workspace_id = ${workspaceId} and id = ${id}`)
  await tx.query(indexForSearch(workspaceId, [after]))
  await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.updated', leadId: id, ...by, data: { changes }, at })])
  return readLead(tx, workspaceId, id)
}

async function writeNextAction(
  tx: Tx,
  workspaceId: string,
  id: string,
  before: NextAction | null,
  after: NextAction | null,
): Promise<void> {
  await tx.query(sql`
    update leads set next_action = ${after?.text}, next_action_at = ${after?.dueAt}, remind_at = ${after?.remindAt}
    where workspace_id = ${workspaceId} and id = ${id}`)
  const remindAt = after?.remindAt ?? null
  if (remindAt === (before?.remindAt ?? null)) return
  await tx.query(sql`update leads set reminded_at = null where workspace_id = ${workspaceId} and id = ${id}`)
  await scheduleReminder(tx, workspaceId, id, remindAt)
}

async function applied(
  tx: Tx,
  workspaceId: string,
  before: Lead,
  { fields, stage, ownerId, lostReason, nextAction, ...patch }: LeadPatch,
): Promise<Lead> {
  const after: Lead = { ...before, fields: { ...before.fields } }
  // `name` as it is read may be made of its parts; it is only stored where it was said.
  const [said] = await tx.query<{ name: string | null }>(
    sql`select name from leads where workspace_id = ${workspaceId} and id = ${before.id}`,
  )
  after.name = said!.name
  for (const [column, value] of Object.entries(patch) as [keyof typeof patch, string | null | undefined][]) {
    if (value !== undefined) after[column] = value === '' ? null : value
  }
  if (patch.email) after.email = normaliseEmail(patch.email)
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (value === null) delete after.fields[name]
    else after.fields[name] = value
  }
  if (ownerId !== undefined) after.ownerId = ownerId && (await checkMember(tx, workspaceId, ownerId))
  if (stage !== undefined && stage !== before.stage) {
    const { kind } = await findStage(tx, workspaceId, stage)
    after.stage = stage
    after.lostReason = kind === 'lost' ? before.lostReason : null
  }
  if (lostReason !== undefined) after.lostReason = lostReason || null
  if (nextAction !== undefined) after.nextAction = nextAction
  return after
}

/** Throws `unknown_reference` for somebody who is no member of this workspace. */
export async function checkMember(tx: Tx, workspaceId: string, userId: string): Promise<string> {
  const [member] = await tx.query(
    sql`select 1 as present from memberships where workspace_id = ${workspaceId} and user_id = ${userId}`,
  )
  if (!member) throw unknownReference('ownerId', 'There is no such member.')
  return userId
}

function changesBetween(before: Lead, after: Lead): Changes {
  const changes: Changes = {}
  const named = after.name ?? ([after.firstName, after.lastName].filter(Boolean).join(' ') || null)
  const columns = [
    'email',
    'phone',
    'firstName',
    'lastName',
    'company',
    'externalId',
    'ownerId',
    'stage',
    'lostReason',
  ] as const
  if (before.name !== named) changes.name = [before.name, named]
  for (const column of columns) if (before[column] !== after[column]) changes[column] = [before[column], after[column]]
  if (!isDeepStrictEqual(before.nextAction, after.nextAction))
    changes.nextAction = [before.nextAction, after.nextAction]
  for (const name of new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])) {
    const [was, is] = [before.fields[name] ?? null, after.fields[name] ?? null]
    if (JSON.stringify(was) !== JSON.stringify(is)) changes[`fields.${name}`] = [was, is]
  }
  return changes
}

/** Deletes a lead for now: it is kept for 30 days, and a new capture of the same person revives it. Throws `not_found`. */
export async function deleteLead(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  const at = core.now()
  await core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, id)
    await tx.query(
      sql`update leads set deleted_at = ${at}, updated_at = ${at} where workspace_id = ${workspaceId} and id = ${id}`,
    )
    await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.deleted', leadId: id, ...by, data: {}, at })])
  })
}
