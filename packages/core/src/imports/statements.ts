import type { LeadRow } from '../leads/person.ts'
import { rowColumns } from '../leads/statements.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { TouchedLead } from './fold-rows.ts'
import type { ReadRow, RowError } from './importer.ts'

const json = (value: object | null) => value && JSON.stringify(value)

const values = (leads: TouchedLead[]): Sql => {
  const of = <T>(read: (row: LeadRow) => T) => leads.map(({ row }) => read(row))
  return sql`unnest(
    ${of(({ id }) => id)}::uuid[], ${of(({ email }) => email)}::text[], ${of(({ phone }) => phone)}::text[],
    ${of(({ name }) => name)}::text[], ${of(({ firstName }) => firstName)}::text[], ${of(({ lastName }) => lastName)}::text[],
    ${of(({ company }) => company)}::text[], ${of(({ externalId }) => externalId)}::text[], ${of(({ stage }) => stage)}::text[],
    ${of(({ fields }) => JSON.stringify(fields))}::jsonb[], ${of(({ firstAttribution }) => json(firstAttribution))}::jsonb[],
    ${of(({ lastAttribution }) => json(lastAttribution))}::jsonb[], ${leads.map(({ extras }) => extras.ownerId)}::uuid[],
    ${leads.map(({ extras }) => extras.lostReason)}::text[], ${leads.map(({ extras }) => extras.stageChangedAt)}::timestamptz[]
  ) as v (id, email, phone, name, first_name, last_name, company, external_id, stage, fields, first_attribution, last_attribution, owner_id, lost_reason, stage_changed_at)`
}

const insert = (workspaceId: string, leads: TouchedLead[], at: Date): Sql => sql`
  insert into leads (
    workspace_id, ${rowColumns}, owner_id, lost_reason, stage_changed_at, created_at, updated_at, last_activity_at
  )
  select ${workspaceId}::uuid, v.*, ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz from ${values(leads)}`

/** Returns a row for each that was new; one whose identity somebody else has just stored is left out. */
export const insertImported = (workspaceId: string, leads: TouchedLead[], at: Date): Sql => sql`
  ${insert(workspaceId, leads, at)}
  order by v.email, v.phone
  on conflict do nothing
  returning 1 as inserted`

/** For rows that are there, and held; see `updateLeads`. */
export const updateImported = (workspaceId: string, leads: TouchedLead[], at: Date): Sql => sql`
  ${insert(workspaceId, leads, at)}
  on conflict (workspace_id, id) do update set
    email = excluded.email, phone = excluded.phone, name = excluded.name, first_name = excluded.first_name,
    last_name = excluded.last_name, company = excluded.company, external_id = excluded.external_id, stage = excluded.stage,
    fields = excluded.fields, owner_id = excluded.owner_id, lost_reason = excluded.lost_reason,
    stage_changed_at = excluded.stage_changed_at, deleted_at = null, updated_at = excluded.updated_at,
    last_activity_at = greatest(leads.last_activity_at, excluded.last_activity_at)`

/** Each with its own tags; setTags puts the same ones on all. */
export const tagImported = (workspaceId: string, tagged: { id: string; name: string }[]): Sql => sql`
  insert into lead_tags (workspace_id, lead_id, name)
  select ${workspaceId}::uuid, v.* from unnest(${tagged.map(({ id }) => id)}::uuid[], ${tagged.map(({ name }) => name)}::text[]) as v (lead_id, name)
  order by v.lead_id, v.name
  on conflict do nothing`

export const insertNotes = (
  workspaceId: string,
  notes: { id: string; leadId: string; body: string }[],
  author: object,
  at: Date,
): Sql => sql`
  insert into notes (workspace_id, id, lead_id, author, body, created_at)
  select ${workspaceId}::uuid, v.id, v.lead_id, ${JSON.stringify(author)}::jsonb, v.body, ${at}::timestamptz
  from unnest(
    ${notes.map(({ id }) => id)}::uuid[], ${notes.map(({ leadId }) => leadId)}::uuid[], ${notes.map(({ body }) => body)}::text[]
  ) as v (id, lead_id, body)`

/** What an import did to a lead. */
export interface ImportChange {
  leadId: string
  created: boolean
  /** It only gave up by what it was known; see `giveUp`. */
  displaced: boolean
  before: object
  after: object
  tags: string[]
  notes: string[]
  /** What it gave up of that by which those were known who are merged into it, as `kind value`. */
  aliases: string[]
}

export type NewImportChange = Omit<ImportChange, 'aliases'>

export const changeColumns = sql`lead_id, created, displaced, before, after, tags, notes, aliases`

/** A lead that the import has changed before keeps how it was then, but for what somebody has changed in between: that is as they left it. */
export const keepImportChanges = (workspaceId: string, jobId: string, changes: NewImportChange[]): Sql => sql`
  insert into import_changes as known (workspace_id, job_id, lead_id, created, displaced, before, after, tags, notes)
  select ${workspaceId}::uuid, ${jobId}::uuid, v.lead_id, v.created, v.displaced, v.before, v.after,
    array(select jsonb_array_elements_text(v.tags)), array(select jsonb_array_elements_text(v.notes)::uuid)
  from unnest(
    ${changes.map(({ leadId }) => leadId)}::uuid[], ${changes.map(({ created }) => created)}::boolean[],
    ${changes.map(({ displaced }) => displaced)}::boolean[],
    ${changes.map(({ before }) => JSON.stringify(before))}::jsonb[], ${changes.map(({ after }) => JSON.stringify(after))}::jsonb[],
    ${changes.map(({ tags }) => JSON.stringify(tags))}::jsonb[], ${changes.map(({ notes }) => JSON.stringify(notes))}::jsonb[]
  ) as v (lead_id, created, displaced, before, after, tags, notes)
  order by v.lead_id
  on conflict (workspace_id, job_id, lead_id) do update set
    before = case when known.created then known.before else excluded.before || known.before || (
      select coalesce(jsonb_object_agg(was.key, was.value), '{}') from jsonb_each(excluded.before) was
      where known.after ? was.key and known.after -> was.key <> was.value
    ) end,
    after = case when known.created then known.after else known.after || excluded.after end,
    displaced = known.displaced and excluded.displaced,
    tags = known.tags || excluded.tags, notes = known.notes || excluded.notes`

/** What `giveUp` says, of leads whose changes are kept: it is rare, and so kept beside them. */
export const keepAliases = (workspaceId: string, jobId: string, lost: { leadId: string; alias: string }[]): Sql => sql`
  update import_changes c set aliases = c.aliases || v.aliases
  from (
    select lead_id, array_agg(alias) as aliases
    from unnest(${lost.map(({ leadId }) => leadId)}::uuid[], ${lost.map(({ alias }) => alias)}::text[]) as l (lead_id, alias)
    group by lead_id
  ) v
  where c.workspace_id = ${workspaceId} and c.job_id = ${jobId} and c.lead_id = v.lead_id`

/** Rows that were refused, with what stood in them; of those that went in without a cell only why. */
export const keepErrors = (
  workspaceId: string,
  jobId: string,
  refused: { row: ReadRow; error: RowError; leftOut: boolean }[],
): Sql => sql`
  insert into import_errors (workspace_id, job_id, row, line, column_name, code, detail, cells)
  select ${workspaceId}::uuid, ${jobId}::uuid, v.* from unnest(
    ${refused.map(({ row }) => row.row)}::integer[], ${refused.map(({ row }) => row.line)}::integer[],
    ${refused.map(({ error }) => error.column?.slice(0, 1000) ?? null)}::text[], ${refused.map(({ error }) => error.code)}::text[],
    ${refused.map(({ error }) => error.detail.slice(0, 2000))}::text[], ${refused.map(({ row, leftOut }) => (leftOut ? null : JSON.stringify(row.values.map(storable))))}::jsonb[]
  ) as v (row, line, column_name, code, detail, cells)
  on conflict do nothing`

/** What Postgres cannot hold is shown as what Unicode has for it. */
export const storable = (text: string) => text.slice(0, 65_536).toWellFormed().replaceAll('\u0000', '\ufffd')
