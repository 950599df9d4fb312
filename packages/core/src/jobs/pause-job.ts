import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import { lockJob, readJob } from './find-jobs.ts'
import { tellFeed } from './finish-job.ts'
import type { Job } from './job.ts'
import { kinds } from './kinds.ts'
import { scheduleRun } from './start-job.ts'

/** Lets a job rest; what is on its way and not done yet is done when it goes on. Throws `not_found`, and `job_finished` for one that has ended. */
export const pauseJob = (core: Core, workspaceId: string, id: string, by: By): Promise<Job> =>
  rest(core, workspaceId, id, true, by)

/** Lets a job that rests go on where it was. Throws `not_found`, and `job_finished` for one that has ended. */
export const resumeJob = (core: Core, workspaceId: string, id: string, by: By): Promise<Job> =>
  rest(core, workspaceId, id, false, by)

async function rest(core: Core, workspaceId: string, id: string, pause: boolean, { actor, source }: By): Promise<Job> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const job = await lockJob(tx, workspaceId, id)
    const kind = job && kinds[job.kind]
    if (!kind || !('run' in kind) || !kind.pauses) throw notFound('job')
    if (job.finishedAt) throw new LeadNestError('job_finished', 'This job has ended already.')
    if ((job.status === 'paused') === pause) return readJob(tx, workspaceId, id)
    const at = core.now()
    await tx.query(sql`
      update jobs set status = ${pause ? 'paused' : 'queued'}, progressed_at = ${at} where workspace_id = ${workspaceId} and id = ${id}`)
    if (!pause) await scheduleRun(tx, workspaceId, id)
    const type = pause ? 'job.paused' : 'job.resumed'
    const data = { jobId: id, kind: job.kind }
    await recordEvents(tx, workspaceId, [newEvent({ type, leadId: null, actor, source, data, at })])
    await tellFeed(tx, workspaceId)
    return readJob(tx, workspaceId, id)
  })
}
