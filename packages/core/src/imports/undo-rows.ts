import type { JobRow } from '../jobs/job.ts'
import type { LeadRow } from '../leads/person.ts'
import { rowColumns } from '../leads/statements.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { isSameJson } from '../same-json.ts'
import type { ImportChange } from './statements.ts'

/** A lead as an undo finds it. */
export type Row = LeadRow & {
  ownerId: string | null
  lostReason: string | null
  stageChangedAt: string | null
  updatedAt: string
  lastActivityAt: string
  deletedAt: string | null
  mergedInto: string | null
  /** Whether anything happened to it that was neither this import nor a rule of the workspace. */
  edited: boolean
  /** Whether a note that the import wrote says something else since. */
  noteEdited: boolean
}

export type Image = Record<string, unknown>

/** What an earlier undo left alone is tried again, what this one did is not. */
export const isDue = ({ id }: JobRow): Sql => sql`left_by is distinct from ${id}`

/**
 * Leads that somebody else holds are left for a later batch, as a transaction that holds some and waits for others could deadlock with
 * a capture. Where no other is left, one is waited for; if it is gone, so be it.
 */
export async function hold(
  tx: Tx,
  job: JobRow,
  next: ImportChange[],
): Promise<{ changes: ImportChange[]; rows: Row[] }> {
  if (next.length === 0) return { changes: [], rows: [] }
  const rows = await readRows(tx, job, next, sql`for update skip locked`)
  const held = new Set(rows.map(({ id }) => id))
  if (held.size > 0) return { changes: next.filter(({ leadId }) => held.has(leadId)), rows }
  const first = next.slice(0, 1)
  return { changes: first, rows: await readRows(tx, job, first, sql`for update`) }
}

/**
 * What a rule of the workspace does by itself is no change of somebody's, nor is a merge that was undone, nor what a later import did and
 * its undo took back: imports can be undone one after the other, the last one first.
 */
export async function readRows(tx: Tx, job: JobRow, changes: ImportChange[], lock: Sql): Promise<Row[]> {
  const { workspaceId, undoOf } = job
  const takenBack = await jobsTakenBack(tx, job)
  return tx.query<Row>(sql`
    select ${rowColumns}, owner_id, lost_reason, stage_changed_at, updated_at, last_activity_at, deleted_at, merged_into, exists (
      select from events e
      where e.workspace_id = ${workspaceId} and e.lead_id = leads.id
        and coalesce(e.data ->> 'importId', e.data ->> 'jobId') is distinct from ${undoOf}
        and e.type not in ('lead.scored', 'lead.assigned', 'lead.waiting', 'lead.reminded')
        and not exists (
          select from merges m
          where m.workspace_id = ${workspaceId} and m.survivor_id = leads.id and m.undone_at is not null
            and e.type in ('lead.merged', 'lead.unmerged') and m.id::text = e.data ->> 'mergeId'
        )
        and not exists (
          select from jobs j
          where j.workspace_id = ${workspaceId} and j.id = any(${takenBack}::uuid[])
            and j.id::text = coalesce(e.data ->> 'importId', e.data ->> 'jobId')
            and not exists (
              select from import_changes c
              where c.workspace_id = ${workspaceId} and c.job_id = j.id and c.lead_id = leads.id
            )
        )
    ) as edited, exists (
      select from notes n
      where n.workspace_id = ${workspaceId} and n.lead_id = leads.id and n.edited_at is not null
        and n.id = any(${changes.flatMap(({ notes }) => notes)}::uuid[])
    ) as note_edited
    from leads where leads.workspace_id = ${workspaceId} and leads.id = any(${changes.map(({ leadId }) => leadId)}::uuid[])
    order by leads.id ${lock}`)
}

/** Imports since this one that were undone, and their undos. */
async function jobsTakenBack(tx: Tx, { workspaceId, undoOf }: JobRow): Promise<string[]> {
  const jobs = await tx.query<{ id: string; undoOf: string }>(sql`
    select u.id, u.undo_of from jobs u
    join jobs own on own.workspace_id = u.workspace_id and own.id = ${undoOf}
    where u.workspace_id = ${workspaceId} and u.undo_of <> own.id and u.kind = 'import_undo'
      and u.created_at >= own.created_at`)
  return jobs.flatMap(({ id, undoOf }) => [id, undoOf])
}

function valueIn(row: Row, name: string): unknown {
  return name.startsWith('fields.') ? (row.fields[name.slice(7)] ?? null) : row[name as keyof Row]
}

/** Whether the values and notes that the import gave a lead are as it gave them; a note or a tag that is gone needs no undo. */
export function isAsLeft(row: Row, { after }: ImportChange): boolean {
  return (
    !row.noteEdited &&
    Object.entries(after as Image).every(
      ([name, value]) => name === 'updatedAt' || isSameJson(valueIn(row, name), value),
    )
  )
}
