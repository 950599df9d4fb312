import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { sql } from '../postgres/sql.ts'
import { type Asker, demandChange } from './change-job.ts'
import { isForGood, lockJob, undoableUntil } from './find-jobs.ts'
import type { Job } from './job.ts'
import { undoDays } from './job.ts'
import { undoneBy } from './kinds.ts'
import { startJob } from './start-job.ts'

/**
 * Starts a job that takes back what another one changed, as far as it still is as that one left it. Throws `not_found`,
 * `forbidden`, and `undo_not_possible` where the job is of no such kind, has not ended, ended more than 30 days ago, or was undone. Of
 * an import, what its undo left alone is tried again.
 */
export async function undoJob(core: Core, workspaceId: string, id: string, by: By, asker: Asker): Promise<Job> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const job = await lockJob(tx, workspaceId, id)
    if (!job) throw notFound('job')
    demandChange(asker, job.kind)
    const kind = undoneBy(job.kind)
    if (!kind) throw notPossible('A job of this kind cannot be undone.')
    if (!job.finishedAt) throw notPossible('This job has not ended. Cancel it first, or wait.')
    if (undoableUntil(job.finishedAt) < core.now().toISOString())
      throw notPossible(`A job can be undone for ${undoDays} days.`)
    const [earlier] = await tx.query<{ finishedAt: string | null }>(sql`
      select finished_at from jobs u where workspace_id = ${workspaceId} and undo_of = ${id} and ${isForGood}`)
    if (earlier) throw notPossible(earlier.finishedAt ? 'This job was undone already.' : 'This job is being undone.')
    return startJob(core, tx, workspaceId, { kind, input: {}, undoOf: id }, by)
  })
}

const notPossible = (message: string) => new LeadNestError('undo_not_possible', message)
