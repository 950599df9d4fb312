import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { undoableUntil, undone } from '../jobs/find-jobs.ts'
import type { Job } from '../jobs/job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Import, ImportError, ImportQuery } from './import.ts'
import type { Reject } from './import-powers.ts'
import type { ImportWork, Prepared } from './prepare-import.ts'

export const importKinds = ['import', 'import_dry_run']

type Read = Pick<Job, 'id' | 'kind' | 'status' | 'error' | 'createdAt' | 'finishedAt'> & {
  input: ImportWork
  checkpoint: Prepared | null
  total: number | null
  result: Record<'created' | 'updated' | 'skipped' | 'failed' | 'warnings', number> | null
  undone: boolean
}

const errorColumns = sql`row, line, column_name, code, detail, cells is null as left_out`
type ErrorRow = Omit<ImportError, 'column'> & { columnName: string | null }

const errorOf = ({ columnName, leftOut, ...error }: ErrorRow): ImportError => ({
  ...error,
  ...(columnName !== null && { column: columnName }),
  ...(leftOut && { leftOut }),
})

/** Throws `not_found`. */
export const getImport = (core: Core, workspaceId: string, id: string): Promise<Import> =>
  core.inWorkspace(workspaceId, (tx) => readImport(tx, workspaceId, id))

/** Newest first. Throws `invalid_cursor`. */
export async function listImports(core: Core, workspaceId: string, { limit, cursor }: ImportQuery) {
  const list = `${workspaceId} imports`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const imports = await core.inWorkspace(workspaceId, async (tx) => {
    const jobs = await tx.query<{ id: string }>(sql`
      select id from jobs
      where workspace_id = ${workspaceId} and kind = any(${importKinds}) and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc
      limit ${limit + 1}`)
    return Promise.all(jobs.map(({ id }) => readImport(tx, workspaceId, id)))
  })
  return toPage(imports, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
}

export async function readImport(tx: Tx, workspaceId: string, id: string): Promise<Import> {
  const { input, checkpoint, result, kind, undone, ...job } = await readJobOf(tx, workspaceId, id)
  const ofJob = sql`select ${errorColumns} from import_errors where workspace_id = ${workspaceId} and job_id = ${id}`
  // Refused rows before those that went in without a cell.
  const errors = await tx.query<ErrorRow>(sql`
    (${ofJob} and cells is not null order by row limit 100) union all (${ofJob} and cells is null order by row limit 100) limit 100`)
  const undo = await readUndo(tx, workspaceId, id)
  const { name, format, mode, key, dryRun } = input
  const counts = { created: 0, updated: 0, skipped: 0, failed: 0, warnings: 0, ...result }
  return {
    ...job,
    jobId: id,
    ...{ name, format, mode, key, dryRun },
    ...counts,
    ignoredColumns: checkpoint?.ignored ?? [],
    errors: errors.map(errorOf),
    undoUntil:
      kind === 'import' && job.finishedAt && !undone && counts.created + counts.updated > 0
        ? undoableUntil(job.finishedAt)
        : null,
    undo,
  }
}

async function readJobOf(tx: Tx, workspaceId: string, id: string): Promise<Read> {
  const [job] = isId(id)
    ? await tx.query<Read>(sql`
        select id, kind, status, error, created_at, finished_at, input, checkpoint, total, result, ${undone} from jobs
        where workspace_id = ${workspaceId} and id = ${id} and kind = any(${importKinds})`)
    : []
  if (!job) throw notFound('import')
  return job
}

async function readUndo(tx: Tx, workspaceId: string, id: string): Promise<Import['undo']> {
  const [undo] = await tx.query<{
    id: string
    status: Job['status']
    restored: number
    leftAlone: number
  }>(sql`
    select id, status, coalesce((result ->> 'leftAlone')::integer, 0) as left_alone,
      sum(coalesce((result ->> 'restored')::integer, 0)) over ()::integer as restored
    from jobs where workspace_id = ${workspaceId} and undo_of = ${id} order by id desc limit 1`)
  if (!undo) return null
  const left = await tx.query<{ leadId: string }>(sql`
    select lead_id from import_changes where workspace_id = ${workspaceId} and job_id = ${id} and left_by is not null and not displaced order by lead_id limit 100`)
  return {
    jobId: undo.id,
    status: undo.status,
    restored: undo.restored,
    leftAlone: undo.leftAlone,
    leads: left.map(({ leadId }) => leadId),
  }
}

/** How many refused rows are read at once, and of how many bytes: one may have a megabyte. */
const page = 100
const mostBytes = 4 * 1024 * 1024

/** The rows that were refused, in their order, read as they are taken. Throws `not_found`. */
export async function readRejects(
  core: Core,
  workspaceId: string,
  id: string,
): Promise<{ columns: string[]; rows: AsyncIterable<Reject[]> }> {
  const { checkpoint } = await core.inWorkspace(workspaceId, (tx) => readJobOf(tx, workspaceId, id))
  return { columns: checkpoint?.columns ?? [], rows: pages(core, workspaceId, id) }
}

async function* pages(core: Core, workspaceId: string, id: string): AsyncGenerator<Reject[]> {
  for (let after = 0; ; ) {
    const rows = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<ErrorRow & { cells: string[] }>(sql`
        select ${errorColumns}, cells from (
          select ${errorColumns}, cells,
            sum(octet_length(cells::text)) over (order by row rows between unbounded preceding and 1 preceding) as before
          from (
            select ${errorColumns}, cells from import_errors
            where workspace_id = ${workspaceId} and job_id = ${id} and row > ${after} and cells is not null
            order by row limit ${page}
          ) e
        ) e
        where coalesce(before, 0) < ${mostBytes} order by row`),
    )
    if (rows.length === 0) return
    yield rows.map(({ cells, ...error }) => ({ ...errorOf(error), values: cells }))
    after = rows.at(-1)!.row
  }
}
