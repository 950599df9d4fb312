import { parse } from 'csv-parse/sync'
import type { Marks } from './scan.ts'

/** The cells of whole records, without their faults: those were found before. */
export function parseRecords(bytes: Buffer, { delimiter, quote, spaced = false }: Marks, to = -1): string[][] {
  return parse(bytes, {
    delimiter,
    quote,
    escape: quote,
    trim: spaced,
    // Any of them ends a line, also where a file has several.
    record_delimiter: ['\r\n', '\n', '\r'],
    // A quote within a plain cell is a character; how many cells a row has is judged by row.
    relax_quotes: true,
    relax_column_count: true,
    to,
  })
}
