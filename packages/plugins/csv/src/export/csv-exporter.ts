import type { ExportColumn, Exporter } from '@leadnest/core/plugin'
import { stringify } from 'csv-stringify/sync'
import * as v from 'valibot'
import { shield } from '../values/formula.ts'

/** How a file is written. */
export const ExportOptions = v.strictObject({
  delimiter: v.optional(v.picklist([',', ';', '\t', '|'], 'Use , ; | or a tab.'), ','),
  /** A byte order mark, without which Excel takes UTF-8 for something else. */
  bom: v.optional(v.boolean(), false),
})

/** CSV that no spreadsheet runs, and that an import reads back as it was: RFC 4180, and an apostrophe before what looks like a formula. */
export const csvExporter: Exporter = {
  label: 'CSV',
  type: 'text/csv; charset=utf-8',
  extension: 'csv',
  options: ExportOptions,
  write,
}

async function* write(rows: AsyncIterable<string[][]>, columns: ExportColumn[], given: object): AsyncGenerator<string> {
  const { delimiter, bom } = given as v.InferOutput<typeof ExportOptions>
  if (bom) yield '\uFEFF'
  yield textOf([columns.map(({ key }) => key)], { delimiter })
  for await (const some of rows) if (some.length > 0) yield textOf(some, { delimiter })
}

/** By what the cells of a file are told apart. */
export interface Written {
  delimiter?: string
  quote?: string
}

/** Rows as text. A cell that begins with an apostrophe stands in quotes, so that it is seen to be text. */
export function textOf(rows: string[][], { delimiter = ',', quote = '"' }: Written = {}): string {
  // A line with nothing on it would be none, and other quotes are only known as such where they stand around each cell.
  const all = rows[0]?.length === 1 || quote !== '"'
  return stringify(
    rows.map((cells) => cells.map(shield)),
    {
      delimiter,
      quote,
      escape: quote,
      record_delimiter: '\r\n',
      quoted_match: /^'|\r|\n/,
      quoted: all,
      quoted_empty: all,
    },
  )
}
