import { consentChannels } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { invalid, isRefusal, LeadNestError, notFound, saidOf } from '../errors.ts'
import type { By } from '../events/event.ts'
import { readShape } from '../fields/shape.ts'
import { type OpenFile, openFile } from '../files/open-file.ts'
import { lockJob } from '../jobs/find-jobs.ts'
import { finishJob } from '../jobs/finish-job.ts'
import type { JobRow } from '../jobs/job.ts'
import { runJob } from '../jobs/run-job.ts'
import { scheduleRun, startJob } from '../jobs/start-job.ts'
import { parse } from '../parse.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { checkText } from './check-text.ts'
import { checkMapping } from './columns.ts'
import { importerOf, sniffFormat, sourceOf } from './formats.ts'
import { getImport, readImport } from './get-import.ts'
import { type Import, ImportInput } from './import.ts'
import type { NewImport } from './import-powers.ts'
import { ImportFailure } from './importer.ts'
import { prepareImport } from './prepare-import.ts'

/** Files of so many bytes are looked through at once, and those of so few rows imported. */
const smallBytes = 4 * 1024 * 1024
const smallRows = 1000
/** A job looks after it then, should this process end in between. */
const lookAfterSeconds = 60

/**
 * Imports a file: at once where it has at most 1,000 rows, else as a job that has just begun. A file that cannot be read is an import that
 * failed. Throws `not_found` for a file that is not there, `empty_file`, `invalid_input` for options that cannot be meant, and at
 * `fileId` where the file is being imported already.
 */
export async function beginImport(core: Core, workspaceId: string, given: NewImport, by: By): Promise<Import> {
  const { input, file, failure } = await readInput(core, workspaceId, given)
  const { id } = await core.inWorkspace(workspaceId, async (tx) => {
    await refuseSecond(tx, workspaceId, input, core.now())
    const kind = input.dryRun ? 'import_dry_run' : 'import'
    const { id } = await startJob(core, tx, workspaceId, { kind, input, afterSeconds: lookAfterSeconds }, by)
    // As long as the import rests, too.
    await tx.query(sql`update files set expires_at = null where workspace_id = ${workspaceId} and id = ${file.id}`)
    return readImport(tx, workspaceId, id)
  })
  if (failure) await fail(core, workspaceId, id, failure)
  else await beginWith(core, workspaceId, id, file)
  return getImport(core, workspaceId, id)
}

/** An import removes its file when it is done, so nobody else may be at it: two clicks on one button are one import. */
async function refuseSecond(tx: Tx, workspaceId: string, { fileId, dryRun }: ImportInput, now: Date): Promise<void> {
  const [file] = await tx.query<{ expiresAt: string | null }>(
    sql`select expires_at from files where workspace_id = ${workspaceId} and id = ${fileId} for update`,
  )
  // Another import has ended in this moment, and removes it.
  if (!file || (file.expiresAt !== null && Date.parse(file.expiresAt) <= now.getTime())) throw notFound('file')
  const [other] = await tx.query<{ kind: string }>(sql`
    select kind from jobs
    where workspace_id = ${workspaceId} and finished_at is null and input ->> 'fileId' = ${fileId}
      and (kind = 'import' or kind = 'import_dry_run' and not ${dryRun})
    limit 1`)
  if (!other) return
  const what =
    other.kind === 'import' ? 'This file is being imported already.' : 'A dry run of this file still goes on.'
  throw invalid('fileId', `${what} Wait until it has ended, or cancel it.`)
}

/** Throws `invalid_input`, as at `mapping.Budget`. */
export async function checkMappingIn(tx: Tx, workspaceId: string, mapping: ImportInput['mapping'] = {}) {
  const shape = await readShape(tx, workspaceId)
  checkMapping(mapping, shape, await consentChannels(tx, workspaceId))
  return shape
}

/** The input with its defaults and the format that was found; `failure` where none was, or the file cannot be opened. */
export async function readInput(core: Core, workspaceId: string, given: NewImport) {
  const options = parse(ImportInput, given)
  checkText(options)
  const file = await openFile(core, workspaceId, options.fileId, { purpose: 'import' })
  if (file.size === 0) throw new LeadNestError('empty_file', 'There is nothing in this file.')
  const shape = await core.inWorkspace(workspaceId, (tx) => checkMappingIn(tx, workspaceId, options.mapping))
  if (options.format !== undefined) importerOf(core, options.format)
  let failure: ImportFailure | undefined
  const orFailed = (error: unknown) => {
    if (!(error instanceof ImportFailure)) throw error
    failure = error
  }
  const format = options.format ?? (await sniffFormat(core, file).catch(orFailed)) ?? ''
  // Options that the format does not know are refused, before there is an import.
  if (!failure) await importerOf(core, format).open(sourceOf(file), options.options).catch(orFailed)
  return { input: { ...options, format, name: file.name }, file, failure, shape }
}

/** Does all of a small file, so that the answer has the outcome; of a large one a worker does the rest. */
async function beginWith(core: Core, workspaceId: string, jobId: string, file: OpenFile): Promise<void> {
  const later = () => core.inWorkspace(workspaceId, (tx) => scheduleRun(tx, workspaceId, jobId))
  if (file.size > smallBytes) return later()
  try {
    const job = await core.inWorkspace(workspaceId, (tx) => lockJob(tx, workspaceId, jobId))
    await prepareImport(core, job as JobRow, file)
    const { total } = await getImport(core, workspaceId, jobId)
    if (total! > smallRows) return later()
    await runJob(core, { workspaceId, jobId }, { patience: Number.POSITIVE_INFINITY })
  } catch (error) {
    if (error instanceof ImportFailure) return fail(core, workspaceId, jobId, error)
    if (isRefusal(error)) return fail(core, workspaceId, jobId, new ImportFailure(error.code, saidOf(error).detail))
    core.log.warn({ err: error, workspaceId, jobId }, 'an import goes on as a job')
    await later()
  }
}

async function fail(
  core: Core,
  workspaceId: string,
  jobId: string,
  { code, message: detail, row }: ImportFailure,
): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    const job = await lockJob(tx, workspaceId, jobId)
    if (!job || job.finishedAt) return
    const error = { code, detail, ...(row !== undefined && { row }) }
    await finishJob(tx, job, { status: 'failed', error }, job, core.now())
  })
}
