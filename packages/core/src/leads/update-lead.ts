import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { checkValues } from '../fields/check-values.ts'
import { leadColumnNames } from '../fields/field.ts'
import { readShape } from '../fields/shape.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, type Tx } from '../postgres/transaction.ts'
import { plain } from '../text.ts'
import { changesBetween } from './changes.ts'
import { lockLead, readLead } from './find-leads.ts'
import { checkKnowable, normaliseEmail } from './identity.ts'
import type { Lead, LeadPatch } from './lead.ts'
import { writeNextAction } from './next-action.ts'
import type { LeadRow } from './person.ts'
import { normalisePhone } from './phone.ts'
import { place } from './place-lead.ts'
import { claimedBy, deletedWith, giveUp, rowColumns, touch } from './statements.ts'

/**
 * Changes what is named; `null` clears, keys of `fields` are taken one by one. What changes nothing writes nothing.
 * Throws `not_found`, `lead_merged`, `invalid_input`, `identity_taken`, `unknown_reference`.
 */
export async function updateLead(core: Core, workspaceId: string, id: string, patch: LeadPatch, by: By): Promise<Lead> {
  return orTaken(() => core.inWorkspace(workspaceId, (tx) => update(core, tx, workspaceId, id, patch, by)))
}

const identityConstraints: Record<string, string> = {
  leads_workspace_id_email_key: 'email',
  leads_workspace_id_external_id_key: 'externalId',
  leads_phone_alone: 'phone',
}

/** An identity that another lead has, as `identity_taken`. */
export async function orTaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const path = identityConstraints[brokenConstraint(error) ?? '']
    throw path ? taken(path) : error
  }
}

function taken(path: string, who = 'Another lead'): LeadNestError {
  return new LeadNestError('identity_taken', `${who} has this already. Merge the two instead.`, {
    issues: [{ path, message: 'This belongs to another lead.' }],
  })
}

async function update(core: Core, tx: Tx, workspaceId: string, id: string, patch: LeadPatch, by: By): Promise<Lead> {
  const at = core.now()
  await lockLead(tx, workspaceId, id)
  const before = await readLead(tx, workspaceId, id)
  const { stage, ownerId, lostReason, nextAction, ...said } = patch
  const row = await applied(tx, workspaceId, id, said)
  checkKnowable(row)
  await claim(tx, workspaceId, row, before)
  await tx.query(sql`
    update leads set
      email = ${row.email}, phone = ${row.phone}, name = ${row.name}, first_name = ${row.firstName}, last_name = ${row.lastName},
      company = ${row.company}, external_id = ${row.externalId}, fields = ${JSON.stringify(row.fields)}
    where workspace_id = ${workspaceId} and id = ${id}`)
  await place(tx, workspaceId, [id], { stage, ownerId, lostReason }, at)
  if (nextAction !== undefined) await writeNextAction(tx, workspaceId, id, before.nextAction, nextAction)
  const changes = changesBetween(before, await readLead(tx, workspaceId, id))
  if (Object.keys(changes).length === 0) return before

  await tx.query(touch(workspaceId, [id], at))
  await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.updated', leadId: id, ...by, data: { changes }, at })])
  return readLead(tx, workspaceId, id)
}

/** The row with what was said; archived fields stay in it. */
async function applied(
  tx: Tx,
  workspaceId: string,
  id: string,
  { fields = {}, ...said }: Omit<LeadPatch, 'stage' | 'ownerId' | 'lostReason' | 'nextAction'>,
): Promise<LeadRow> {
  const shape = await readShape(tx, workspaceId)
  const [row] = await tx.query<LeadRow>(
    sql`select ${rowColumns} from leads where workspace_id = ${workspaceId} and id = ${id}`,
  )
  const after: LeadRow = { ...row!, fields: { ...row!.fields, ...checkValues(shape, fields, row!.fields) } }
  for (const column of leadColumnNames)
    if (said[column] !== undefined) after[column] = plain(said[column] ?? '') || null
  if (said.email) after.email = normaliseEmail(said.email)
  if (said.phone && said.phone !== row!.phone) after.phone = normalisePhone(said.phone, shape.country)
  for (const [key, value] of Object.entries(after.fields)) if (value === null) delete after.fields[key]
  return after
}

/** A deleted lead gives up what somebody who is there claims; what a merged one was known by belongs to its survivor. */
async function claim(tx: Tx, workspaceId: string, row: LeadRow, before: Lead): Promise<void> {
  const claims = {
    email: row.email !== before.email ? row.email : null,
    externalId: row.externalId !== before.externalId ? row.externalId : null,
    // A phone says who somebody is where there is no e-mail.
    phone: row.email === null && (row.phone !== before.phone || before.email !== null) ? row.phone : null,
  }
  if (!claims.email && !claims.externalId && !claims.phone) return
  const [other] = await tx.query<{ kind: 'email' | 'externalId'; leadId: string }>(
    claimedBy(workspaceId, row.id, claims),
  )
  if (other) throw taken(other.kind, `The lead ${other.leadId}`)
  const deleted = await tx.query<{ id: string }>(deletedWith(workspaceId, claims))
  if (deleted.length > 0)
    await tx.query(
      giveUp(
        workspaceId,
        deleted.map(({ id }) => id),
      ),
    )
}

/** Deletes a lead for now: it is kept for 30 days, and a new capture of the same person revives it. Throws `not_found`. */
export async function deleteLead(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  const at = core.now()
  await core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, id)
    await removeForNow(tx, workspaceId, [id], by, at)
  })
}

/** Deletes leads that are there, and held. */
export async function removeForNow(tx: Tx, workspaceId: string, ids: string[], by: By, at: Date): Promise<void> {
  await tx.query(sql`
    update leads set deleted_at = ${at}, updated_at = ${at} where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`)
  const events = ids.map((leadId) => newEvent({ type: 'lead.deleted', leadId, ...by, data: {}, at }))
  await recordEvents(tx, workspaceId, events)
}
