import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { type Asker, demandChange } from './change-job.ts'
import { lockJob, readJob } from './find-jobs.ts'
import { finishJob } from './finish-job.ts'
import type { Job } from './job.ts'

/**
 * Ends a job; what it has changed stays, and nothing changes after the answer: a batch that is being done is waited for, those of an
 * import are not done. Throws `not_found`, `forbidden`, and `job_finished` where it has ended by itself.
 */
export async function cancelJob(core: Core, workspaceId: string, id: string, by: By, asker: Asker): Promise<Job> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const job = await lockJob(tx, workspaceId, id)
    if (!job) throw notFound('job')
    demandChange(asker, job.kind)
    if (job.finishedAt && job.status !== 'cancelled')
      throw new LeadNestError('job_finished', 'This job has ended already. What it changed can be undone.')
    if (!job.finishedAt) await finishJob(tx, job, { status: 'cancelled' }, by, core.now())
    return readJob(tx, workspaceId, id)
  })
}
