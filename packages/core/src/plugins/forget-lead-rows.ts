import { raw } from 'sql-template-tag'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Known } from '../privacy/subject.ts'
import { withoutAddresses } from '../privacy/words.ts'

/**
 * Removes what the tables of plugins, also of those that are listed no more, hold of these leads: rows whose `lead_id` is theirs.
 */
export async function forgetLeadRows(tx: Tx, workspaceId: string, leadIds: string[]): Promise<void> {
  const tables = await tx.query<{ name: string }>(sql`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname like 'plugin\\_%'
      and a.attname = 'lead_id' and a.atttypid = 'uuid'::regtype and not a.attisdropped
    order by 1`)
  for (const { name } of tables)
    await tx.query(sql`
      delete from ${raw(`"${name.replaceAll('"', '""')}"`)}
      where workspace_id = ${workspaceId} and lead_id = any(${leadIds}::uuid[])`)
}

/** Takes back jobs of plugins whose payload names one of these leads or addresses, each as a whole. */
export async function forgetPluginJobs(tx: Tx, workspaceId: string, leadIds: string[], known: Known): Promise<void> {
  const words = [...leadIds, ...known.emails, ...known.phones]
  const jobs = await tx.query<{ id: number; payload: string }>(sql`
    select j.id, j.payload::text as payload
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier like 'plugin:%' and j.payload ->> 'workspaceId' = ${workspaceId}
      and exists (select from unnest(${words}::text[]) as word where strpos(lower(j.payload::text), lower(word)) > 0)`)
  const theirs = jobs.filter(
    ({ payload }) => leadIds.some((id) => payload.includes(id)) || withoutAddresses(payload, known) !== payload,
  )
  await tx.query(sql`delete from graphile_worker._private_jobs where id = any(${theirs.map(({ id }) => id)}::bigint[])`)
}
