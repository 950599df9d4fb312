import { newEvent, recordEvents } from '../events/record.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { LeadRow } from '../leads/person.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { ImportChange } from './statements.ts'
import type { Image, Row } from './undo-rows.ts'

interface Given {
  leadId: string
  alias: string
}

/**
 * Leads are as they were before the import, without the tags and notes that it gave them. Returns by what else they are known again, as far as
 * nobody else is.
 */
export async function putBack(
  tx: Tx,
  job: JobRow,
  changes: ImportChange[],
  byId: Map<string, Row>,
  at: Date,
): Promise<Given[]> {
  if (changes.length === 0) return []
  const { workspaceId } = job
  const rows = changes.map((change) => asBefore(byId.get(change.leadId)!, change, at))
  const tags = changes.flatMap(({ leadId, tags }) => tags.map((name) => ({ leadId, name })))
  const notes = changes.flatMap(({ notes }) => notes)
  const aliases = changes.flatMap(({ leadId, aliases }) => aliases.map((alias) => ({ leadId, alias })))
  await tx.query(updateRows(workspaceId, rows))
  if (tags.length > 0)
    await tx.query(sql`
      delete from lead_tags where workspace_id = ${workspaceId} and (lead_id, name) in (
        select * from unnest(${tags.map(({ leadId }) => leadId)}::uuid[], ${tags.map(({ name }) => name)}::text[])
      )`)
  if (notes.length > 0)
    // One that is being edited in this moment stays.
    await tx.query(
      sql`delete from notes where workspace_id = ${workspaceId} and id = any(${notes}::uuid[]) and edited_at is null`,
    )
  const given = aliases.length > 0 ? await tx.query<Given>(giveAliases(workspaceId, aliases)) : []
  const known = new Set(given.map(({ leadId }) => leadId))
  // A deleted lead that gets nothing back is as it was.
  const told = changes.filter(
    ({ leadId, displaced, before }) => !displaced || Object.keys(before).length > 0 || known.has(leadId),
  )
  const events = told.map(({ leadId, before, after }) =>
    newEvent({
      type: 'lead.updated',
      leadId,
      ...byJob(job),
      data: { changes: reversed(before as Image, after as Image) },
      at,
    }),
  )
  await recordEvents(tx, workspaceId, events, { byJob: true })
  return given
}

const giveAliases = (workspaceId: string, aliases: Given[]): Sql => sql`
  insert into lead_aliases (workspace_id, kind, value, lead_id)
  select ${workspaceId}, v.kind, v.value, v.lead_id from (
    select lead_id, split_part(alias, ' ', 1) as kind, substr(alias, strpos(alias, ' ') + 1) as value
    from unnest(${aliases.map(({ leadId }) => leadId)}::uuid[], ${aliases.map(({ alias }) => alias)}::text[]) as a (lead_id, alias)
  ) v
  where not exists (
    select from leads l where l.workspace_id = ${workspaceId} and v.kind = 'email' and l.email = v.value
  ) and not exists (
    select from leads l where l.workspace_id = ${workspaceId} and v.kind = 'external_id' and l.external_id = v.value
  ) and not exists (
    select from leads l where l.workspace_id = ${workspaceId} and v.kind = 'phone' and l.phone = v.value and l.email is null
  )
  order by v.kind, v.value
  on conflict do nothing
  returning lead_id, kind || ' ' || value as alias`

/** What goes with other changes. */
const untold = new Set(['updatedAt', 'lostReason', 'stageChangedAt'])

const reversed = (before: Image, after: Image) =>
  Object.fromEntries(
    Object.entries(after).flatMap(([name, value]) => (untold.has(name) ? [] : [[name, [value, before[name]]]])),
  )

function asBefore(row: Row, { before, after }: ImportChange, at: Date): Row {
  const { updatedAt = row.updatedAt, lastActivityAt = row.lastActivityAt, ...image } = before as Image & Partial<Row>
  const is: Row = { ...row, fields: { ...row.fields } }
  for (const [name, value] of Object.entries(image)) {
    if (!name.startsWith('fields.')) Object.assign(is, { [name]: value })
    else if (value === null) delete is.fields[name.slice(7)]
    else is.fields[name.slice(7)] = value as LeadRow['fields'][string]
  }
  // Something else has happened since: then it is not as if nothing had.
  const untouched = row.updatedAt === ((after as Partial<Row>).updatedAt ?? row.updatedAt)
  return {
    ...is,
    updatedAt: untouched ? updatedAt : at.toISOString(),
    lastActivityAt: untouched ? lastActivityAt : row.lastActivityAt,
  }
}

const updateRows = (workspaceId: string, rows: Row[]): Sql => sql`
  update leads set
    email = v.email, phone = v.phone, name = v.name, first_name = v.first_name, last_name = v.last_name, company = v.company,
    external_id = v.external_id, stage = v.stage, fields = v.fields, owner_id = v.owner_id, lost_reason = v.lost_reason,
    stage_changed_at = v.stage_changed_at, updated_at = v.updated_at, last_activity_at = v.last_activity_at, deleted_at = v.deleted_at
  from unnest(
    ${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ email }) => email)}::text[], ${rows.map(({ phone }) => phone)}::text[],
    ${rows.map(({ name }) => name)}::text[], ${rows.map(({ firstName }) => firstName)}::text[],
    ${rows.map(({ lastName }) => lastName)}::text[], ${rows.map(({ company }) => company)}::text[],
    ${rows.map(({ externalId }) => externalId)}::text[], ${rows.map(({ stage }) => stage)}::text[],
    ${rows.map(({ fields }) => JSON.stringify(fields))}::jsonb[], ${rows.map(({ ownerId }) => ownerId)}::uuid[],
    ${rows.map(({ lostReason }) => lostReason)}::text[], ${rows.map(({ stageChangedAt }) => stageChangedAt)}::timestamptz[],
    ${rows.map(({ updatedAt }) => updatedAt)}::timestamptz[], ${rows.map(({ lastActivityAt }) => lastActivityAt)}::timestamptz[],
    ${rows.map(({ deletedAt }) => deletedAt)}::timestamptz[]
  ) as v (id, email, phone, name, first_name, last_name, company, external_id, stage, fields, owner_id, lost_reason,
    stage_changed_at, updated_at, last_activity_at, deleted_at)
  where leads.workspace_id = ${workspaceId} and leads.id = v.id and leads.id = any(${rows.map(({ id }) => id)}::uuid[])`
