import { parseRecords } from './parse-records.ts'
import { fieldLimit, type Marks, type RowFault, recordLimit } from './scan.ts'

/** A faulty record's cells as well as they can be made out, without what Postgres cannot hold. */
export function cellsOf(text: Buffer, marks: Marks): string[] {
  const [cells = []] = parseRecords(closed(text, marks.quote), { ...marks, spaced: false }, 1)
  return cells.map((cell) => cell.replaceAll('\0', '␀'))
}

/** A record that was cut within quotes, with its quotes closed. */
function closed(text: Buffer, quote: string): Buffer {
  let quotes = 0
  for (const byte of text) if (byte === quote.charCodeAt(0)) quotes++
  return quotes % 2 ? Buffer.concat([text, Buffer.from(quote)]) : text
}

/** What is wrong with a row, and what to mend. */
export function detailOf(fault: RowFault): string {
  switch (fault) {
    case 'invalid_quote':
      return 'Text after a closing quote. A quote within quotes is written twice ("").'
    case 'invalid_character':
      return 'A character of this row is zero (NUL), which no text can have.'
    case 'row_too_long':
      return `Longer than ${recordLimit / 1024} KiB.`
    case 'field_too_long':
      return `A field is longer than ${fieldLimit / 1024} KiB.`
  }
}
