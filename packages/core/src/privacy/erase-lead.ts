import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { type By, bySystem } from '../events/event.ts'
import { isId } from '../id.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import { brokenConstraint, codeOf, Overtaken, type Tx } from '../postgres/transaction.ts'
import { beginErasure, type Erasing } from './begin-erasure.ts'
import { eraseNext, hide } from './erase-next.ts'
import type { Erasure, ErasureReason } from './erasure.ts'
import type { Known } from './subject.ts'

/** How many rows one transaction removes. */
const batch = 2000
/** After how many seconds a job looks whether an erasure that took several transactions was finished. */
const patience = 60

/**
 * Erases a lead for ever, with those that were merged into it and all that is known of the person; resolves when nothing is left.
 * Its id is `not_found` from the first commit on. What one transaction cannot take is done in several, and a job goes on with it
 * where this process is killed. Throws `not_found`, `lead_merged`.
 */
export async function eraseLead(
  core: Core,
  workspaceId: string,
  leadId: string,
  { reason = 'asked' }: { reason?: ErasureReason },
  by: By,
): Promise<Erasure> {
  for (let first = true; ; first = false) {
    const erased = await core.inWorkspace(workspaceId, (tx) =>
      orOvertaken(async () => {
        const known = await lockErasing(tx, workspaceId, leadId, { evenFinished: !first })
        if (known && 'erasedAt' in known) return known
        const erasing = known ?? (await beginErasure(core, tx, workspaceId, leadId, reason, by))
        const { erased } = await eraseNext(core, tx, erasing, batch)
        if (!erased && !known) await leaveRest(core, tx, erasing, new Date(Date.now() + patience * 1000))
        return erased
      }),
    )
    if (erased) return erased
  }
}

/** A tag that is put on somebody else in the moment in which it is removed; somebody who is erased twice at once. */
export async function orOvertaken<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const overtaken = codeOf(error) === '23503' || brokenConstraint(error) === 'erasures_pkey'
    throw overtaken ? new Overtaken(error) : error
  }
}

/** An erasure that was begun and is held; a finished one only where it is asked for. */
async function lockErasing(
  tx: Tx,
  workspaceId: string,
  leadId: string,
  { evenFinished }: { evenFinished: boolean },
): Promise<Erasing | Erasure | undefined> {
  const [row] = isId(leadId)
    ? await tx.query<Erasing & { known: Known | null; jobId: string | null; finishedAt: string | null }>(sql`
        select workspace_id, lead_id, reason, actor, source, job_id, known, removed, finished_at from erasures
        where workspace_id = ${workspaceId} and lead_id = ${leadId} and part_of is null for update`)
    : []
  if (!row || (row.finishedAt && !evenFinished)) return undefined
  const parts = await tx.query<{ leadId: string }>(
    sql`select lead_id from erasures where workspace_id = ${workspaceId} and part_of = ${leadId} order by lead_id`,
  )
  const mergedIds = parts.map((part) => part.leadId)
  const { reason, removed, finishedAt } = row
  if (finishedAt) return { id: leadId, mergedIds, reason, removed, erasedAt: finishedAt }
  const { actor, source, jobId } = row
  const by: By = { actor, source, jobId: jobId ?? undefined }
  return { workspaceId, leadId, ids: [leadId, ...mergedIds], known: row.known!, reason, removed, ...by }
}

/** From the commit on nobody sees what is left, and a job goes on with it at this time. */
export async function leaveRest(core: Core, tx: Tx, erasing: Erasing, at: Date): Promise<void> {
  const { workspaceId, leadId } = erasing
  await hide(core, tx, erasing)
  await addJob(tx, 'finish_erasure', { workspaceId, leadId }, { key: `finish_erasure ${leadId}`, at })
}

/** Goes on with an erasure that was begun, if it was not finished since. */
export async function finishErasure(
  core: Core,
  { workspaceId, leadId }: { workspaceId: string; leadId: string },
): Promise<void> {
  const [begun] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      select 1 as begun from erasures
      where workspace_id = ${workspaceId} and lead_id = ${leadId} and part_of is null and finished_at is null`),
  )
  if (!begun) return
  try {
    await eraseLead(core, workspaceId, leadId, {}, bySystem)
  } catch (error) {
    // Somebody else has finished it in this moment.
    if (!(error instanceof LeadNestError) || error.code !== 'not_found') throw error
  }
}

/** Erasures that nobody goes on with, as their job was lost. */
export async function finishErasures(core: Core, workspaceId: string): Promise<void> {
  const before = new Date(core.now().getTime() - 600_000)
  const left = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ leadId: string }>(sql`
      select lead_id from erasures
      where workspace_id = ${workspaceId} and finished_at is null and part_of is null and created_at <= ${before} limit 1000`),
  )
  for (const { leadId } of left) await finishErasure(core, { workspaceId, leadId })
}
