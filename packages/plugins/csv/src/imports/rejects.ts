import type { ImportPowers } from '@leadnest/core/plugin'
import { textOf } from '../export/csv-exporter.ts'

/** What is said of a refused row, behind its own cells. */
export const told = ['import_row', 'import_line', 'import_column', 'import_code', 'import_detail']

/** The refused rows as CSV, with the columns that the file had: what can be mended and imported again. */
export async function* rejectsOf(imports: ImportPowers, id: string): AsyncGenerator<string> {
  const { columns, rows } = await imports.rejects(id)
  const own = columns.filter((name) => !told.includes(name))
  yield textOf([[...own, ...told]])
  for await (const some of rows) {
    yield textOf(
      some.map(({ values, row, line, column = '', code, detail }) => [
        ...columns.flatMap((name, i) => (told.includes(name) ? [] : [values[i] ?? ''])),
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
