import { type Sql, sql } from '../postgres/sql.ts'
import { type LeadRow, searchText } from './person.ts'

/** The columns of a row as `learn` reads them. */
const rowColumns = sql`id, email, phone, name, first_name, last_name, company, external_id, fields, first_attribution, last_attribution`

/** Locks in the order of the keys, so that two batches never wait for each other in a circle. */
export const lockLeadsByEmail = (workspaceId: string, emails: string[]): Sql => sql`
  select ${rowColumns} from leads
  where workspace_id = ${workspaceId} and email = any(${emails})
  order by email
  for update`

export const lockLeadByExternalId = (workspaceId: string, externalId: string): Sql => sql`
  select ${rowColumns} from leads
  where workspace_id = ${workspaceId} and external_id = ${externalId}
  for update`

const values = (leads: LeadRow[]): Sql => sql`unnest(
  ${leads.map(({ id }) => id)}::uuid[],
  ${leads.map(({ email }) => email)}::text[],
  ${leads.map(({ phone }) => phone)}::text[],
  ${leads.map(({ name }) => name)}::text[],
  ${leads.map(({ firstName }) => firstName)}::text[],
  ${leads.map(({ lastName }) => lastName)}::text[],
  ${leads.map(({ company }) => company)}::text[],
  ${leads.map(({ externalId }) => externalId)}::text[],
  ${leads.map(({ fields }) => JSON.stringify(fields))}::jsonb[],
  ${leads.map(({ firstAttribution }) => firstAttribution && JSON.stringify(firstAttribution))}::jsonb[],
  ${leads.map(({ lastAttribution }) => lastAttribution && JSON.stringify(lastAttribution))}::jsonb[]
) as v (id, email, phone, name, first_name, last_name, company, external_id, fields, first_attribution, last_attribution)`

/** Returns the ids that were new; one whose e-mail came in between is left out, and is there to be locked now. */
export const insertLeads = (workspaceId: string, leads: LeadRow[], at: Date): Sql => sql`
  insert into leads (
    workspace_id, ${rowColumns}, created_at, updated_at, last_activity_at
  )
  select ${workspaceId}::uuid, v.*, ${at}::timestamptz, ${at}::timestamptz, ${at}::timestamptz from ${values(leads)}
  order by v.email
  on conflict (workspace_id, email) do nothing
  returning id`

export const updateLeads = (workspaceId: string, leads: LeadRow[], at: Date): Sql => sql`
  update leads set
    email = v.email, phone = v.phone, name = v.name, first_name = v.first_name, last_name = v.last_name, company = v.company,
    external_id = v.external_id, fields = v.fields, first_attribution = v.first_attribution, last_attribution = v.last_attribution,
    updated_at = ${at}, last_activity_at = greatest(last_activity_at, ${at})
  from ${values(leads)}
  where leads.workspace_id = ${workspaceId} and leads.id = v.id`

export const indexForSearch = (workspaceId: string, leads: LeadRow[]): Sql => sql`
  insert into lead_search (workspace_id, lead_id, text)
  select ${workspaceId}::uuid, * from unnest(${leads.map(({ id }) => id)}::uuid[], ${leads.map(searchText)}::text[])
  on conflict (workspace_id, lead_id) do update set text = excluded.text where lead_search.text <> excluded.text`

/** A lead as it stands on the wire. `name` is what was said, else made of its parts. */
export const leadColumns = sql`
  leads.id, leads.email, leads.phone, coalesce(leads.name, nullif(concat_ws(' ', leads.first_name, leads.last_name), '')) as name,
  leads.first_name, leads.last_name, leads.company, leads.external_id, leads.stage, leads.owner_id, leads.score, leads.tags, leads.fields,
  jsonb_build_object('first', leads.first_attribution, 'last', leads.last_attribution) as attribution,
  leads.merged_into, leads.created_at, leads.updated_at, leads.last_activity_at`
