import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import type { OpenFile } from '../files/open-file.ts'
import type { Target } from './import.ts'
import type { Importer, ImportSource, OpenedFile, ReadRow } from './importer.ts'
import { ImportFailure } from './importer.ts'
import type { Surroundings } from './read-row.ts'

const formatsOf = ({ plugins }: Core) => plugins.flatMap(({ importers = {} }) => Object.entries(importers))

/** Throws `invalid_input` for a format that no plugin brings. */
export function importerOf(core: Core, format: string): Importer {
  const found = formatsOf(core).find(([name]) => name === format)
  if (!found) {
    const names = formatsOf(core).map(([name]) => name)
    throw invalid(
      'format',
      names.length > 0 ? `Use one of ${names.join(', ')}.` : 'No plugin of this installation imports anything.',
    )
  }
  return found[1]
}

/** The format that a file most likely has. Throws `ImportFailure` where it looks like none (`unknown_format`). */
export async function sniffFormat(core: Core, file: OpenFile): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of file.read({ from: 0, to: 65_535 })) parts.push(part)
  const head = Buffer.concat(parts)
  const [best] = formatsOf(core)
    .map(([name, importer]) => ({ name, likely: importer.sniff(head, file) }))
    .sort((one, other) => other.likely - one.likely)
  if (!best || best.likely <= 0)
    throw new ImportFailure('unknown_format', 'This file looks like nothing that can be imported here.')
  return best.name
}

/** A stored file as formats read it. */
export const sourceOf = (file: OpenFile): ImportSource => ({
  name: file.name,
  type: file.type,
  size: file.size,
  read: (from = 0) => file.read({ from }),
})

/** How many rows are looked at before an import. */
export const looked = 50

/** The first rows. Throws `ImportFailure`. */
export async function firstRows(importer: Importer, source: ImportSource, { options }: OpenedFile): Promise<ReadRow[]> {
  const rows: ReadRow[] = []
  for await (const batch of importer.read(source, options, { from: null, size: looked })) {
    rows.push(...batch.rows)
    if (rows.length >= looked) break
  }
  return rows.slice(0, looked)
}

/** Where a format says that columns go; undefined where it says nothing. */
export function placesOf(
  { place }: Importer,
  { columns }: OpenedFile,
  {
    rows,
    around,
    mapping = {},
  }: { rows: ReadRow[]; around: Surroundings; mapping?: Record<string, Target> | undefined },
): Record<string, Target> | undefined {
  const fields = [...around.shape.fields.values()].filter(({ archivedAt }) => archivedAt === null)
  const values = rows.flatMap(({ values, error }) => (error || values.length !== columns.length ? [] : [values]))
  const named = { stage: around.stages, owner: around.owners }
  return place?.(columns, {
    rows: values,
    fields,
    mapping,
    knows: (to, cell) => named[to].has(cell.trim().toLowerCase()),
  })
}
