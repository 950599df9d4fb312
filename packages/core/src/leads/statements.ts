import { join, type Sql, sql } from '../postgres/sql.ts'
import type { Alias, Identities } from './aliases.ts'
import type { LeadRow } from './person.ts'

/** The columns of a row as `learn` reads them. */
export const rowColumns = sql`id, email, phone, name, first_name, last_name, company, external_id, stage, fields, first_attribution, last_attribution`

/**
 * Every lead that somebody of these identities may be, deleted ones too, locked in the order of the ids, so that two
 * batches never wait for each other in a circle. All values of one kind are asked for at once (`= any`), and nothing is joined: of
 * a workspace that was empty when Postgres last looked, it holds every index for as good as the one of the value, and walks
 * through all leads of the workspace: once for each kind then, not once for each value (measured at 16,000 leads and 2,000 people: 23 s
 * and 0.1 s). Of a phone, the oldest lead that has it (`ofPhone`: the oldest so many; `phoneIf`: of those of whom this is so) and the one without an e-mail; that e-mail is
 * compared in a way that no index knows, else all leads without one are gone through.
 */
export const lockKnown = (
  workspaceId: string,
  { externalIds, emails, phones }: Identities,
  {
    columns = rowColumns,
    lock = sql`for update`,
    ids = [],
    ofPhone = sql`1`,
    phoneIf = sql``,
  }: { columns?: Sql; lock?: Sql; ids?: string[]; ofPhone?: Sql; phoneIf?: Sql } = {},
): Sql => {
  const found = [
    ids.length > 0 &&
      sql`select coalesce(merged_into, id) from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`,
    externalIds.length > 0 &&
      sql`select id from leads where workspace_id = ${workspaceId} and external_id = any(${externalIds}::text[])`,
    emails.length > 0 &&
      sql`select id from leads where workspace_id = ${workspaceId} and email = any(${emails}::text[])`,
    phones.length > 0 && ofPhones(workspaceId, phones, phoneIf, ofPhone),
    phones.length > 0 && ofPhones(workspaceId, phones, sql`and coalesce(email, '') = ''`),
    externalIds.length > 0 && aliased(workspaceId, 'external_id', externalIds),
    emails.length > 0 && aliased(workspaceId, 'email', emails),
    phones.length > 0 && aliased(workspaceId, 'phone', phones),
  ].filter((statement) => statement !== false)
  return sql`
    select ${columns}, deleted_at from leads
    where workspace_id = ${workspaceId} and id = any(array(${found.length > 0 ? join(found, ' union ') : sql`select null::uuid where false`}))
    order by id ${lock}`
}

const ofPhones = (workspaceId: string, phones: string[], which: Sql, most = sql`1`): Sql => sql`
  select l.id from unnest(${phones}::text[]) as k (value) cross join lateral (
    select id from leads where workspace_id = ${workspaceId} and phone = k.value ${which} order by id limit ${most}
  ) l`

const aliased = (workspaceId: string, kind: Alias['kind'], values: string[]): Sql =>
  sql`select lead_id from lead_aliases where workspace_id = ${workspaceId} and kind = ${kind} and value = any(${values}::text[])`

const values = (leads: LeadRow[]): Sql => sql`unnest(
  ${leads.map(({ id }) => id)}::uuid[],
  ${leads.map(({ email }) => email)}::text[],
  ${leads.map(({ phone }) => phone)}::text[],
  ${leads.map(({ name }) => name)}::text[],
  ${leads.map(({ firstName }) => firstName)}::text[],
  ${leads.map(({ lastName }) => lastName)}::text[],
  ${leads.map(({ company }) => company)}::text[],
  ${leads.map(({ externalId }) => externalId)}::text[],
  ${leads.map(({ stage }) => stage)}::text[],
  ${leads.map(({ fields }) => JSON.stringify(fields))}::jsonb[],
  ${leads.map(({ firstAttribution }) => firstAttribution && JSON.stringify(firstAttribution))}::jsonb[],
  ${leads.map(({ lastAttribution }) => lastAttribution && JSON.stringify(lastAttribution))}::jsonb[]
) as v (id, email, phone, name, first_name, last_name, company, external_id, stage, fields, first_attribution, last_attribution)`

const insert = (workspaceId: string, leads: LeadRow[], at: Date): Sql => sql`
  insert into leads (
    workspace_id, ${rowColumns}, created_at, updated_at, last_activity_at
  )
  select ${workspaceId}::uuid, v.*, ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz from ${values(leads)}`

/** Returns a row for each that was new; one whose identity somebody else has just stored is left out. */
export const insertLeads = (workspaceId: string, leads: LeadRow[], at: Date): Sql => sql`
  ${insert(workspaceId, leads, at)}
  order by v.email, v.phone
  on conflict do nothing
  returning 1 as inserted`

/** For rows that are there, and locked; a deleted one is revived. An upsert, because that goes by the primary key however young the table is. */
export const updateLeads = (workspaceId: string, leads: LeadRow[], at: Date): Sql => sql`
  ${insert(workspaceId, leads, at)}
  on conflict (workspace_id, id) do update set
    email = excluded.email, phone = excluded.phone, name = excluded.name, first_name = excluded.first_name,
    last_name = excluded.last_name, company = excluded.company, external_id = excluded.external_id, fields = excluded.fields,
    first_attribution = excluded.first_attribution, last_attribution = excluded.last_attribution,
    deleted_at = null, updated_at = excluded.updated_at, last_activity_at = greatest(leads.last_activity_at, excluded.last_activity_at)`

/** Says that somebody did something with these leads now. */
export const touch = (workspaceId: string, ids: string[], at: Date): Sql => sql`
  update leads set updated_at = ${at}, last_activity_at = greatest(last_activity_at, ${at})
  where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`

/** What a lead claims of who it is; null is no claim. */
export interface Claims {
  email: string | null
  externalId: string | null
  phone: string | null
}

/** Another lead that is there and is known by one of these, or was as one that is merged into it. */
export const claimedBy = (workspaceId: string, leadId: string, { email, externalId }: Claims): Sql => sql`
  select k.kind, k.lead_id from (
    select 'email' as kind, id as lead_id from leads where workspace_id = ${workspaceId} and email = ${email}
    union all
    select 'externalId', id from leads where workspace_id = ${workspaceId} and external_id = ${externalId}
    union all
    select case kind when 'email' then kind else 'externalId' end, lead_id from lead_aliases
    where workspace_id = ${workspaceId} and (kind, value) in (('email', ${email}), ('external_id', ${externalId}))
  ) k join leads l on l.workspace_id = ${workspaceId} and l.id = k.lead_id
  where k.lead_id <> ${leadId} and l.deleted_at is null
  limit 1`

/** Deleted leads that are known by one of these, and only kept for their 30 days. */
export const deletedWith = (workspaceId: string, { email, externalId, phone }: Claims): Sql => sql`
  select l.id from leads l
  where l.workspace_id = ${workspaceId} and l.deleted_at is not null and l.id in (
    select id from leads where workspace_id = ${workspaceId} and email = ${email}
    union select id from leads where workspace_id = ${workspaceId} and external_id = ${externalId}
    union select id from leads where workspace_id = ${workspaceId} and phone = ${phone} and email is null
    union select lead_id from lead_aliases
      where workspace_id = ${workspaceId} and (kind, value) in (('email', ${email}), ('external_id', ${externalId}), ('phone', ${phone}))
  )
  order by l.id
  for update`

/** Frees by what these are known: for rows that are written next. */
export const release = (workspaceId: string, ids: string[]): Sql => sql`
  update leads set email = null, external_id = null, phone = null where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`

/** Deleted leads give up all that says who they are: somebody who is there claims some of it. Returns their aliases, as `kind value`. */
export const giveUp = (workspaceId: string, ids: string[]): Sql => sql`
  with released as (
    ${release(workspaceId, ids)} and deleted_at is not null
  )
  delete from lead_aliases where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])
  returning lead_id, kind || ' ' || value as alias`

/** Whether a lead stays longer in an open stage than it may: a look-up of the stage by its key, for each lead. */
export const rotten = sql`coalesce((
    select s.kind = 'open' and coalesce(leads.stage_changed_at, leads.created_at) < now() - make_interval(days => s.rotten_after_days)
    from stages s where s.workspace_id = leads.workspace_id and s.key = leads.stage
  ), false)`

/** Times inside of jsonb are written as the row transform writes them outside. */
const iso = (time: Sql) => sql`to_char(${time} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const nextAction = sql`case when leads.next_action is not null then jsonb_build_object(
    'text', leads.next_action, 'dueAt', ${iso(sql`leads.next_action_at`)}, 'remindAt', ${iso(sql`leads.remind_at`)}
  ) end`

/** A lead as it stands on the wire, without archived fields. `name` is what was said, else made of its parts. */
export const leadColumns = sql`
  leads.id, leads.email, leads.phone, coalesce(leads.name, nullif(concat_ws(' ', leads.first_name, leads.last_name), '')) as name,
  leads.first_name, leads.last_name, leads.company, leads.external_id, leads.stage, leads.lost_reason, leads.owner_id, leads.score,
  leads.fields - array(select f.key from fields f where f.workspace_id = leads.workspace_id and f.archived_at is not null) as fields,
  coalesce(leads.stage_changed_at, leads.created_at) as stage_changed_at, ${rotten} as rotten, ${nextAction} as next_action,
  array(select t.name from lead_tags t where t.workspace_id = leads.workspace_id and t.lead_id = leads.id order by t.name) as tags,
  jsonb_build_object('first', leads.first_attribution, 'last', leads.last_attribution) as attribution,
  leads.merged_into, leads.created_at, leads.updated_at, leads.last_activity_at`
