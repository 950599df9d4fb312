import { checkIds, conditionOf, readWhich } from '../bulk/which-leads.ts'
import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { readShape } from '../fields/shape.ts'
import { recentFilterContext } from '../filters/context.ts'
import { checkReferences, referencesIn } from '../filters/references.ts'
import { runJob } from '../jobs/run-job.ts'
import { scheduleRun, startJob } from '../jobs/start-job.ts'
import { goByIndexes } from '../leads/count-leads.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { chooseColumns } from './columns.ts'
import type { Export, ExportInput } from './export.ts'
import { exportOptions } from './formats.ts'
import { getExport, readExport } from './get-export.ts'
import type { ExportWork } from './run-export.ts'

/** So many leads are written at once, so that the answer has the file. */
const small = 1000
/** A job looks after it then, should this process end in between. */
const lookAfterSeconds = 60

/**
 * Writes leads into a file: at once where they are at most 1,000, else in a job that has just begun. Throws `invalid_input`,
 * `unknown_reference`.
 */
export async function beginExport(core: Core, workspaceId: string, input: ExportInput, by: By): Promise<Export> {
  const { check, ...work } = await readExportInput(core, workspaceId, input)
  const { id, isSmall } = await core.inWorkspace(workspaceId, async (tx) => {
    await check(tx)
    const { id } = await startJob(
      core,
      tx,
      workspaceId,
      { kind: 'export', input: work, afterSeconds: lookAfterSeconds },
      by,
    )
    const isSmall = await isFew(tx, workspaceId, work)
    if (!isSmall) await scheduleRun(tx, workspaceId, id)
    return { ...(await readExport(core, tx, workspaceId, id)), isSmall }
  })
  if (isSmall)
    await runJob(core, { workspaceId, jobId: id }).catch((error: unknown) =>
      core.log.warn({ err: error, workspaceId, jobId: id }, 'an export goes on as a job'),
    )
  return getExport(core, workspaceId, id)
}

/** What the job is to do; `check` looks for what is named, in the transaction that starts it. */
export async function readExportInput(
  core: Core,
  workspaceId: string,
  input: ExportInput,
): Promise<ExportWork & { check(tx: Tx): Promise<void> }> {
  const { format, columns, ids, filter } = input
  const options = await exportOptions(core, format, input.options)
  const which = await readWhich(core, workspaceId, input)
  const context = await recentFilterContext(core, workspaceId)
  conditionOf(context, which)
  const check = async (tx: Tx) => {
    if (ids) await checkIds(tx, workspaceId, ids)
    await checkReferences(tx, workspaceId, referencesIn(filter, context))
    chooseColumns(await readShape(tx, workspaceId), columns)
  }
  return { which, format, ...(columns && { columns }), options, check }
}

/** Whether all of the workspace, or those that are named, are few: what a filter finds is not counted. */
async function isFew(tx: Tx, workspaceId: string, { which }: ExportWork): Promise<boolean> {
  if (which.ids) return true
  await goByIndexes(tx)
  const [row] = await tx.query<{ count: number }>(sql`
    select count(*)::integer as count from (select 1 from leads where workspace_id = ${workspaceId} limit ${small + 1}) l`)
  return row!.count <= small
}
