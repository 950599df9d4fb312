import { type Sql, sql } from '../postgres/sql.ts'

export const makeTags = (workspaceId: string, names: string[]): Sql => sql`
  insert into tags (workspace_id, name)
  select ${workspaceId}::uuid, name from unnest(${names}::text[]) as name order by name
  on conflict do nothing`

export const addTags = (workspaceId: string, leadIds: string[], names: string[]): Sql => sql`
  insert into lead_tags (workspace_id, lead_id, name)
  select ${workspaceId}::uuid, lead_id, name from unnest(${leadIds}::uuid[]) as lead_id, unnest(${names}::text[]) as name
  order by lead_id, name
  on conflict do nothing
  returning lead_id, name`

export const removeTags = (workspaceId: string, leadIds: string[], names: string[]): Sql => sql`
  delete from lead_tags
  where workspace_id = ${workspaceId} and lead_id = any(${leadIds}::uuid[]) and name = any(${names})
  returning lead_id, name`

/** With how many leads carry each; deleted and merged ones do not count. */
export const listTagsWithCounts = (workspaceId: string): Sql => sql`
  select t.name, t.created_at, count(l.id)::integer as leads
  from tags t
  left join lead_tags lt on lt.workspace_id = t.workspace_id and lt.name = t.name
  left join leads l on l.workspace_id = lt.workspace_id and l.id = lt.lead_id and l.deleted_at is null and l.merged_into is null
  where t.workspace_id = ${workspaceId}
  group by t.workspace_id, t.name, t.created_at
  order by t.name`
