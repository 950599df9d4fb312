import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { addField } from '../fields/fields.ts'
import { lockJob } from '../jobs/find-jobs.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Surroundings } from './read-row.ts'

/**
 * Makes the fields of the mapping that are not there yet: when the file was read to its end, so that one that cannot be makes none.
 * Returns whether the import is to go on: one that was paused or cancelled meanwhile makes none either.
 */
export async function createFields(core: Core, job: JobRow, created: Surroundings['created']): Promise<boolean> {
  const { workspaceId, id } = job
  const goesOn = await core.inWorkspace(workspaceId, async (tx) => {
    const held = await lockJob(tx, workspaceId, id)
    if (held?.status !== 'running') return false
    for (const field of created)
      await addField(core, tx, workspaceId, field, byJob(job)).catch((error: unknown) => {
        // Somebody else has made it in this moment.
        if (!(error instanceof LeadNestError && error.code === 'name_taken')) throw error
      })
    return true
  })
  core.recent.forget()
  return goesOn
}
