import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { createField } from '../fields/fields.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import type { Surroundings } from './read-row.ts'

/** Makes the fields of the mapping that are not there yet: when the file was read to its end, so that one that cannot be makes none. */
export async function createFields(core: Core, job: JobRow, created: Surroundings['created']): Promise<void> {
  for (const field of created)
    await createField(core, job.workspaceId, field, byJob(job)).catch((error: unknown) => {
      // Somebody else has made it in this moment.
      if (!(error instanceof LeadNestError && error.code === 'name_taken')) throw error
    })
}
