import { raw } from 'sql-template-tag'
import { forgetLeadRows } from '../plugins/forget-lead-rows.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { blankSubmissions } from '../submissions/blank-submissions.ts'

/** A table whose rows hang on a lead: by which column, and what names a row among those of one lead. */
interface Belonging {
  table: string
  column: 'lead_id' | 'merged_into'
  key: string
}

/**
 * Everything that hangs on a lead and goes with it when it is merged, or is removed with it. `belongings.test.ts` looks
 * for tables that are missing here. Tags are not in the list: two leads may have the same.
 */
export const belongings = {
  submissions: { table: 'submissions', column: 'lead_id', key: 'id::text' },
  events: { table: 'events', column: 'lead_id', key: 'id::text' },
  notes: { table: 'notes', column: 'lead_id', key: 'id::text' },
  files: { table: 'files', column: 'lead_id', key: 'id::text' },
  aliases: { table: 'lead_aliases', column: 'lead_id', key: "kind || ' ' || value" },
  conversations: { table: 'conversations', column: 'lead_id', key: 'id::text' },
  merged: { table: 'leads', column: 'merged_into', key: 'id::text' },
} as const satisfies Record<string, Belonging>

/** Names a lead and does not move with it: what is made of its row, is settled by the merge itself, or is never changed. */
const byLead = [
  { table: 'lead_search' },
  { table: 'lead_tags' },
  { table: 'waiting_leads' },
  { table: 'job_changes' },
  { table: 'import_changes' },
  { table: 'import_drafts' },
]
export const staysBehind = [
  ...byLead.map(({ table }) => table),
  'duplicates',
  'merges',
  'consents',
  'privacy_requests',
  'erasures',
]

export type Moved = Record<keyof typeof belongings, string[]>

const kinds = Object.keys(belongings) as (keyof typeof belongings)[]

/** Hands everything of one lead to another. Returns what names the rows, by kind. */
export async function moveAll(tx: Tx, workspaceId: string, from: string, to: string): Promise<Moved> {
  const moved = await Promise.all(kinds.map((kind) => tx.query<{ key: string }>(move(kind, workspaceId, { from, to }))))
  return Object.fromEntries(kinds.map((kind, i) => [kind, moved[i]!.map(({ key }) => key)])) as Moved
}

/** Hands these rows to another lead, where they still are. */
export async function moveBack(tx: Tx, workspaceId: string, from: string, to: string, moved: Moved): Promise<void> {
  await Promise.all(
    kinds
      .filter((kind) => moved[kind]?.length > 0)
      .map((kind) => tx.query(move(kind, workspaceId, { from, to, only: moved[kind] }))),
  )
}

function move(
  kind: keyof typeof belongings,
  workspaceId: string,
  { from, to, only }: { from: string; to: string; only?: string[] },
): Sql {
  const { table, column, key } = belongings[kind]
  return sql`
    update ${raw(table)} set ${raw(column)} = ${to}
    where workspace_id = ${workspaceId} and ${raw(column)} = ${from} ${only ? sql`and ${raw(key)} = any(${only})` : sql``}
    returning ${raw(key)} as key`
}

/**
 * Removes these leads for good with all that hangs on them, and those that were merged into them. Of what they sent stays
 * that it was erased.
 */
export async function removeAll(tx: Tx, workspaceId: string, leadIds: string[], at: Date): Promise<void> {
  const merged = await tx.query<{ id: string }>(
    sql`select id from leads where workspace_id = ${workspaceId} and merged_into = any(${leadIds}::uuid[])`,
  )
  const ids = [...leadIds, ...merged.map(({ id }) => id)]
  const removed = Object.values(belongings).filter(
    ({ column, table }) => column === 'lead_id' && table !== 'submissions',
  )
  const hanging = [...removed, ...byLead]
  await Promise.all([
    blankSubmissions(tx, workspaceId, { leadIds: ids }, at),
    forgetLeadRows(tx, workspaceId, ids),
    ...hanging.map(({ table }) =>
      tx.query(sql`delete from ${raw(table)} where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`),
    ),
    tx.query(sql`
      delete from duplicates where workspace_id = ${workspaceId} and (lead_id = any(${ids}::uuid[]) or other_id = any(${ids}::uuid[]))`),
    tx.query(sql`
      delete from merges where workspace_id = ${workspaceId} and (survivor_id = any(${ids}::uuid[]) or loser_id = any(${ids}::uuid[]))`),
    tx.query(sql`delete from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`),
  ])
}
