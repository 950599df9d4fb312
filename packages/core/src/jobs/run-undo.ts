import { LeadNestError } from '../errors.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { JobRow } from './job.ts'
import type { Change, Kind, Restored, Step } from './kind.ts'

/** Takes back the changes of another job, the last first. What was taken back or given up is forgotten, so a second undo goes on. */
export function undo(kindOf: (name: string) => Kind | undefined): Kind {
  return {
    async step(core, tx, job, size): Promise<Step> {
      const { workspaceId, undoOf } = job
      const [original] = await tx.query<{ kind: string; input: object }>(
        sql`select kind, input from jobs where workspace_id = ${workspaceId} and id = ${undoOf}`,
      )
      const kind = original && kindOf(original.kind)
      if (!kind?.restore) throw new LeadNestError('undo_not_possible', 'What this job changed is not known any more.')

      const total = job.total ?? (await countChanges(tx, job))
      const changes = await lastChanges(tx, job, kind.oneByOne ? 1 : size)
      const restore = (some: Change[], lock: Sql) => kind.restore!(core, tx, job, { ...original!, changes: some, lock })
      const { seen, restored } = await passingOver(changes, restore)
      await forget(tx, job, seen)

      const was = job.result ?? { restored: 0, leftAlone: 0 }
      const result = {
        restored: was.restored! + restored.length,
        leftAlone: was.leftAlone! + seen.length - restored.length,
      }
      return { checkpoint: changes.length > 0 ? {} : null, done: job.done + seen.length, total, result }
    },
  }
}

/**
 * Changes of leads that somebody else holds are left for a later batch, as a transaction that holds some leads and
 * waits for others could deadlock with a capture. Where no other is left, one is waited for; if it is gone, so be it.
 */
async function passingOver(
  changes: Change[],
  restore: (some: Change[], lock: Sql) => Promise<Restored>,
): Promise<{ seen: Change[]; restored: Change[] }> {
  const some = (ids: string[]) => {
    const named = new Set(ids)
    return changes.filter(({ leadId }) => named.has(leadId))
  }
  if (changes.length > 1) {
    const { seen, restored } = await restore(changes, sql`for update of leads skip locked`)
    if (seen.length > 0) return { seen: some(seen), restored: some(restored) }
  }
  const first = changes.slice(0, 1)
  if (first.length === 0) return { seen: [], restored: [] }
  const { restored } = await restore(first, sql`for update of leads`)
  return { seen: first, restored: some(restored) }
}

async function countChanges(tx: Tx, { workspaceId, undoOf }: JobRow): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    sql`select count(*)::integer as count from job_changes where workspace_id = ${workspaceId} and job_id = ${undoOf}`,
  )
  return row!.count
}

const lastChanges = (tx: Tx, { workspaceId, undoOf }: JobRow, size: number): Promise<Change[]> =>
  tx.query<Change>(sql`
    select position, lead_id, before, after from job_changes
    where workspace_id = ${workspaceId} and job_id = ${undoOf}
    order by position desc limit ${size}`)

async function forget(tx: Tx, { workspaceId, undoOf }: JobRow, changes: Change[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query(sql`
    delete from job_changes
    where workspace_id = ${workspaceId} and job_id = ${undoOf} and position = any(${changes.map(({ position }) => position)}::integer[])`)
}

/** Keeps what a job changed, for its undo; `from` is how many changes it has kept before. */
export async function keepChanges(
  tx: Tx,
  { workspaceId, id }: JobRow,
  changes: Omit<Change, 'position'>[],
  from: number,
): Promise<void> {
  if (changes.length === 0) return
  await tx.query(sql`
    insert into job_changes (workspace_id, job_id, position, lead_id, before, after)
    select ${workspaceId}::uuid, ${id}::uuid, v.* from unnest(
      ${changes.map((_, i) => from + i)}::integer[], ${changes.map(({ leadId }) => leadId)}::uuid[],
      ${changes.map(({ before }) => JSON.stringify(before))}::jsonb[], ${changes.map(({ after }) => JSON.stringify(after))}::jsonb[]
    ) as v (position, lead_id, before, after)`)
}
