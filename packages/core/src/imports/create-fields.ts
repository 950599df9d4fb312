import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { createField } from '../fields/fields.ts'
import { readShape } from '../fields/shape.ts'
import { byJob, type JobRow } from '../jobs/job.ts'
import { fieldsToCreate } from './columns.ts'
import type { ImportWork } from './prepare-import.ts'

/** Makes the fields of the mapping that are not there yet: when the file was read to its end, so that one that cannot be makes none. */
export async function createFields(core: Core, job: JobRow): Promise<void> {
  const { workspaceId } = job
  const { mapping = {} } = job.input as ImportWork
  const shape = await core.inWorkspace(workspaceId, (tx) => readShape(tx, workspaceId))
  for (const field of fieldsToCreate(shape, mapping))
    await createField(core, workspaceId, field, byJob(job)).catch((error: unknown) => {
      // Somebody else has made it in this moment.
      if (!(error instanceof LeadNestError && error.code === 'name_taken')) throw error
    })
}
