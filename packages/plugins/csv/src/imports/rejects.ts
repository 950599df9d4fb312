import { type ImportPowers, type Rejects, rejectColumns, streamOf } from '@leadnest/core/plugin'
import { textOf, type Written } from '../export/csv-exporter.ts'

/**
 * The refused rows as a file, with the columns that the file had, written as that one was: what can be mended and imported again. The mark
 * is for Excel, which takes UTF-8 for something else without it.
 */
export async function rejectsOf(imports: ImportPowers, id: string) {
  const { name } = await imports.get(id)
  const { columns, options, rows } = await imports.rejects(id)
  const { delimiter, quote } = options as Written
  const extension = delimiter === '\t' ? 'tsv' : 'csv'
  return {
    name: `rejects-of-${name.replace(/^rejects-of-|\.\w{1,5}$/g, '')}.${extension}`,
    content: streamOf(write(columns, rows, { delimiter, quote })),
  }
}

async function* write(columns: string[], rows: Rejects['rows'], written: Written): AsyncGenerator<string> {
  const own = columns.filter((name) => !rejectColumns.includes(name))
  yield `\uFEFF${textOf([[...own, ...rejectColumns]], written)}`
  for await (const some of rows) {
    const lines = some.map(({ values, row, line, column = '', code, detail }) => [
      ...columns.flatMap((name, i) => (rejectColumns.includes(name) ? [] : [values[i] ?? ''])),
      // Cells that have no column stand with what is wrong, so that nothing is lost.
      String(row),
      String(line),
      column,
      code,
      values.length > columns.length ? `${detail} More: ${values.slice(columns.length).join(' | ')}` : detail,
    ])
    yield textOf(lines, written)
  }
}
