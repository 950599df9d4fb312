import { type ImportPowers, rejectColumns } from '@leadnest/core/plugin'
import { textOf } from '../export/csv-exporter.ts'

/** The refused rows as CSV, with the columns that the file had: what can be mended and imported again. */
export async function* rejectsOf(imports: ImportPowers, id: string): AsyncGenerator<string> {
  const { columns, rows } = await imports.rejects(id)
  const own = columns.filter((name) => !rejectColumns.includes(name))
  yield textOf([[...own, ...rejectColumns]])
  for await (const some of rows) {
    yield textOf(
      some.map(({ values, row, line, column = '', code, detail }) => [
        ...columns.flatMap((name, i) => (rejectColumns.includes(name) ? [] : [values[i] ?? ''])),
        // Cells that have no column stand with what is wrong, so that nothing is lost.
        String(row),
        String(line),
        column,
        code,
        values.length > columns.length ? `${detail} More: ${values.slice(columns.length).join(' | ')}` : detail,
      ]),
    )
  }
}
