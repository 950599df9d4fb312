import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { undoableUntil, undone } from '../jobs/find-jobs.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Import, ImportError, ImportQuery } from './import.ts'
import type { Reject, Rejects } from './import-powers.ts'

export const importKinds = ['import', 'import_dry_run']

type Read = Omit<Import, 'jobId' | keyof Counts | 'errors' | 'undoUntil'> & { result: Counts | null; undone: boolean }
type Counts = Record<'created' | 'updated' | 'skipped' | 'failed' | 'warnings', number>

/** Without whom its undo left alone. */
const undo = sql`(
    select jsonb_build_object(
      'jobId', u.id, 'status', u.status, 'leads', '[]'::jsonb,
      'restored', sum(coalesce((u.result ->> 'restored')::integer, 0)) over (),
      'leftAlone', coalesce((u.result ->> 'leftAlone')::integer, 0)
    )
    from jobs u where u.workspace_id = jobs.workspace_id and u.undo_of = jobs.id order by u.id desc limit 1
  ) as undo`

const columns = sql`
  id, input ->> 'name' as name, input ->> 'format' as format, status, input ->> 'mode' as mode, input ->> 'key' as key,
  kind = 'import_dry_run' as dry_run, total, result, coalesce(checkpoint -> 'ignored', '[]') as ignored_columns, error, actor, created_at,
  finished_at, ${undone}, ${undo}`

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

/** Newest first, with neither the errors of each nor the leads that its undo left alone. Throws `invalid_cursor`. */
export async function listImports(core: Core, workspaceId: string, { limit, cursor }: ImportQuery) {
  const list = `${workspaceId} imports`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const imports = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Read>(sql`
      select ${columns} from jobs
      where workspace_id = ${workspaceId} and kind = any(${importKinds}) and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc
      limit ${limit + 1}`),
  )
  return toPage(imports.map(toImport), limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
}

/** What the files of imports are called, by their ids, as far as they are known. */
export async function readImportNames(core: Core, workspaceId: string, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const jobs = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ id: string; name: string }>(sql`
      select id, input ->> 'name' as name from jobs where workspace_id = ${workspaceId} and kind = 'import' and id = any(${ids}::uuid[])`),
  )
  return new Map(jobs.map(({ id, name }) => [id, name]))
}

export async function readImport(tx: Tx, workspaceId: string, id: string): Promise<Import> {
  const one = toImport(await readJobOf<Read>(tx, workspaceId, id, columns))
  const ofJob = sql`select ${errorColumns} from import_errors where workspace_id = ${workspaceId} and job_id = ${id}`
  // Refused rows before those that went in without a cell.
  const errors = await tx.query<ErrorRow>(sql`
    (${ofJob} and cells is not null order by row limit 100) union all (${ofJob} and cells is null order by row limit 100) limit 100`)
  const left = one.undo
    ? await tx.query<{ leadId: string }>(sql`
        select lead_id from import_changes
        where workspace_id = ${workspaceId} and job_id = ${id} and left_by is not null and not displaced order by lead_id limit 100`)
    : []
  return {
    ...one,
    errors: errors.map(errorOf),
    undo: one.undo && { ...one.undo, leads: left.map(({ leadId }) => leadId) },
  }
}

function toImport({ result, undone, ...read }: Read): Import {
  const counts: Counts = { created: 0, updated: 0, skipped: 0, failed: 0, warnings: 0, ...result }
  const { id, dryRun, finishedAt } = read
  const canBeUndone = !dryRun && !undone && counts.created + counts.updated > 0
  return {
    ...read,
    jobId: id,
    ...counts,
    errors: [],
    undoUntil: canBeUndone && finishedAt ? undoableUntil(finishedAt) : null,
  }
}

async function readJobOf<Row>(tx: Tx, workspaceId: string, id: string, columns: Sql): Promise<Row> {
  const [job] = isId(id)
    ? await tx.query<Row>(
        sql`select ${columns} from jobs where workspace_id = ${workspaceId} and id = ${id} and kind = any(${importKinds})`,
      )
    : []
  if (!job) throw notFound('import')
  return job
}

/** How many refused rows are read at once, and of how many bytes: one may have a megabyte. */
const page = 100
const mostBytes = 4 * 1024 * 1024

/** The rows that were refused, in their order, read as they are taken; of each cell at most `cut` characters. Throws `not_found`. */
export async function readRejects(
  core: Core,
  workspaceId: string,
  id: string,
  { cut }: { cut?: number } = {},
): Promise<Rejects> {
  const file = sql`coalesce(checkpoint -> 'columns', '[]') as columns, coalesce(checkpoint -> 'options', '{}') as options`
  const { columns, options } = await core.inWorkspace(workspaceId, (tx) =>
    readJobOf<Pick<Rejects, 'columns' | 'options'>>(tx, workspaceId, id, file),
  )
  return { columns, options, rows: pages(core, workspaceId, id, cut === undefined ? sql`cells` : cutTo(cut)) }
}

const cutTo = (most: number): Sql => sql`(
  select coalesce(jsonb_agg(left(cell, ${most}) order by place), '[]')
  from jsonb_array_elements_text(cells) with ordinality as c (cell, place)
)`

async function* pages(core: Core, workspaceId: string, id: string, shown: Sql): AsyncGenerator<Reject[]> {
  for (let after = 0; ; ) {
    const rows = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<ErrorRow & { cells: string[] }>(sql`
        select ${errorColumns}, cells from (
          select ${errorColumns}, cells,
            sum(octet_length(cells::text)) over (order by row rows between unbounded preceding and 1 preceding) as before
          from (
            select ${errorColumns}, ${shown} as cells from import_errors
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
