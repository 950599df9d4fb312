import { raw } from 'sql-template-tag'
import { scheduleReminder } from '../leads/next-action.ts'
import { join, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Row } from './merged-row.ts'

/** Whole rows of leads, in the order of their ids, locked. */
export async function lockRows(tx: Tx, workspaceId: string, ids: string[]): Promise<Row[]> {
  const rows = await tx.query<{ row: Row }>(sql`
    select to_jsonb(leads) as row from leads
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])
    order by id
    for update`)
  return rows.map(({ row }) => row)
}

/** Writes these columns of a lead; those that Postgres makes itself, and the keys, are left out. */
export async function writeRow(tx: Tx, workspaceId: string, id: string, row: Row): Promise<void> {
  const own = await tx.query<{ name: string }>(sql`
    select attname as name from pg_attribute
    where attrelid = 'leads'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
      and attname not in ('workspace_id', 'id')`)
  const columns = own.map(({ name }) => name).filter((name) => name in row)
  await tx.query(sql`
    update leads set (${join(columns.map((name) => raw(name)))}) = (
      select ${join(columns.map((name) => raw(`r.${name}`)))} from jsonb_populate_record(leads, ${JSON.stringify(row)}::jsonb) as r
    )
    where workspace_id = ${workspaceId} and id = ${id}`)
}

/** Brings the reminder of a lead in line with its row. */
export async function followRows(tx: Tx, workspaceId: string, ids: string[]): Promise<void> {
  const rows = await tx.query<{ id: string; remindAt: string | null; remindedAt: string | null }>(sql`
    select id, remind_at, reminded_at from leads
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and merged_into is null
    order by id`)
  for (const { id, remindAt, remindedAt } of rows)
    await scheduleReminder(tx, workspaceId, id, remindedAt ? null : remindAt)
}
