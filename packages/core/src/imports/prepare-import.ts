import type { Core } from '../core.ts'
import type { OpenFile } from '../files/open-file.ts'
import type { JobRow } from '../jobs/job.ts'
import { sql } from '../postgres/sql.ts'
import { type Column, placeColumns } from './columns.ts'
import { firstRows, importerOf, placesOf, sourceOf } from './formats.ts'
import type { ImportInput } from './import.ts'
import type { OpenedFile } from './importer.ts'
import { readSurroundings } from './surroundings.ts'

/** What the job of an import was asked for. */
export type ImportWork = ImportInput & { format: string; name: string }

/** What was found out of the file before its first row is written. */
export interface Prepared extends OpenedFile {
  placed: Column[]
  ignored: string[]
  /** How many rows its batches have, all of them: the written are known by their numbers. */
  size: number
}

/** How many rows one transaction writes. */
const batchSize = 500

/** Looks through the file once, so that one that cannot be read to its end stores nothing. Throws `ImportFailure`. */
export async function prepareImport(core: Core, { workspaceId, id, input }: JobRow, file: OpenFile): Promise<Prepared> {
  const { format, options, mapping, key } = input as ImportWork
  const importer = importerOf(core, format)
  const source = sourceOf(file)
  const opened = await importer.open(source, options)
  const around = await core.inWorkspace(workspaceId, (tx) => readSurroundings(tx, workspaceId, mapping))
  const { rows: total } = await importer.scan(source, opened.options)
  const rows = importer.place ? await firstRows(importer, source, opened) : []
  const found = placesOf(importer, opened, { rows, around, mapping })
  const columns = placeColumns(opened.columns, { mapping, key }, around.shape, found)
  const prepared: Prepared = { ...opened, ...columns, size: batchSize }
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      update jobs set checkpoint = ${JSON.stringify(prepared)}, total = ${total}, attempts = 0,
        result = '{"created": 0, "updated": 0, "skipped": 0, "failed": 0}'
      where workspace_id = ${workspaceId} and id = ${id} and checkpoint is null and finished_at is null`),
  )
  return prepared
}
