import { CsvError, parse } from 'csv-parse/sync'
import type { Block, Found, Marks } from './scan.ts'

/** A record with its cells: of a faulty one as well as they can be made out, without what Postgres cannot hold. */
export type ParsedRecord = Found & { cells: string[] }

/**
 * The records of a block, or the first ones. Where spaces stand around quotes, csv-parse takes tabs and the like for spaces too, and might
 * run on into the next record: there each is read by itself, and what is none then, or several, is faulty.
 */
export function recordsIn({ found, bytes }: Block, marks: Marks, most = found.length): ParsedRecord[] {
  const some = found.slice(0, most)
  const whole = some.filter(({ fault }) => !fault)
  const size = whole.reduce((sum, { size }) => sum + size, 0)
  const all = marks.spaced ? undefined : attempt(bytes.subarray(0, size), marks)
  const parsed = all?.length === whole.length ? all : undefined
  let next = 0
  let at = 0
  return some.map((record) => {
    if (record.fault) return { ...record, cells: cellsOf(record.text!, marks) }
    const own = bytes.subarray(at, at + record.size)
    at += record.size
    const [cells, another] = parsed ? [parsed[next++]] : (attempt(own, marks) ?? [])
    return cells && !another ? { ...record, cells } : { ...record, fault: 'invalid_quote', cells: cellsOf(own, marks) }
  })
}

function attempt(bytes: Buffer, marks: Marks, most?: number): string[][] | undefined {
  try {
    return parseRecords(bytes, marks, most)
  } catch (error) {
    if (error instanceof CsvError) return
    throw error
  }
}

function parseRecords(bytes: Buffer, { delimiter, quote, spaced = false }: Marks, most = -1): string[][] {
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
    to: most,
  })
}

function cellsOf(text: Buffer, marks: Marks): string[] {
  const [cells = [text.toString()]] = attempt(closed(text, marks.quote), { ...marks, spaced: false }, 1) ?? []
  return cells.map((cell) => cell.replaceAll('\0', '␀'))
}

/** A record that was cut within quotes, with its quotes closed. */
function closed(text: Buffer, quote: string): Buffer {
  let quotes = 0
  for (const byte of text) if (byte === quote.charCodeAt(0)) quotes++
  return quotes % 2 ? Buffer.concat([text, Buffer.from(quote)]) : text
}
