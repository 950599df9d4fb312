import type { Which } from '../bulk/which-leads.ts'
import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import { type OpenFile, openFile } from '../files/open-file.ts'
import { isId } from '../id.ts'
import type { Job } from '../jobs/job.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Export, ExportQuery } from './export.ts'

type Read = Pick<Job, 'id' | 'status' | 'error' | 'createdAt' | 'finishedAt'> & {
  format: string
  which: Which
  done: number
  fileId: string | null
  name: string | null
  size: number | null
  expiresAt: string | null
}

const exported = (workspaceId: string, now: Date, which: Sql): Sql => sql`
  select jobs.id, jobs.status, jobs.error, jobs.created_at, jobs.finished_at, jobs.input ->> 'format' as format, jobs.input -> 'which' as which, jobs.done,
    files.id as file_id, files.name, files.size, coalesce(files.expires_at, (jobs.checkpoint ->> 'expiresAt')::timestamptz) as expires_at
  from jobs left join files on files.workspace_id = ${workspaceId} and files.id = (jobs.checkpoint ->> 'fileId')::uuid and files.expires_at > ${now}
  where jobs.workspace_id = ${workspaceId} and jobs.kind = 'export' and ${which}
  order by jobs.id desc`

const toExport = ({ done, which: { ids, parts }, ...read }: Read): Export => ({
  ...read,
  jobId: read.id,
  rows: done,
  filter:
    parts
      .flatMap(({ filter, q }) => [filter, q])
      .filter(Boolean)
      .join(', ') || null,
  ids: ids?.length ?? null,
})

/** Throws `not_found`. */
export const getExport = (core: Core, workspaceId: string, id: string): Promise<Export> =>
  core.inWorkspace(workspaceId, (tx) => readExport(core, tx, workspaceId, id))

export async function readExport(core: Core, tx: Tx, workspaceId: string, id: string): Promise<Export> {
  const [read] = isId(id) ? await tx.query<Read>(exported(workspaceId, core.now(), sql`jobs.id = ${id}`)) : []
  if (!read) throw notFound('export')
  return toExport(read)
}

/** Newest first. Throws `invalid_cursor`. */
export async function listExports(core: Core, workspaceId: string, { limit, cursor }: ExportQuery) {
  const list = `${workspaceId} exports`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const rows = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Read>(
      sql`${exported(workspaceId, core.now(), sql`(${before}::uuid is null or jobs.id < ${before}::uuid)`)} limit ${limit + 1}`,
    ),
  )
  return toPage(rows.map(toExport), limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
}

/** What it wrote. Throws `not_found`, also before its end and after its time. */
export async function openExport(core: Core, workspaceId: string, id: string): Promise<OpenFile> {
  const { fileId } = await getExport(core, workspaceId, id)
  if (!fileId) throw notFound('file')
  return openFile(core, workspaceId, fileId, { purpose: 'export' })
}
