import {
  type Importer,
  ImportFailure,
  type ImportSource,
  parse,
  type ReadBatch,
  type ReadRow,
} from '@leadnest/core/plugin'
import { placeColumns } from '../columns/suggest.ts'
import { unshield } from '../values/formula.ts'
import { decode, encodingOf, WrongBytes } from './decode.ts'
import { detectDialect, hint, parts, recordsOf, titleLength } from './dialect.ts'
import { guessOf, isMostlyUtf8 } from './guess-encoding.ts'
import { namesOf } from './header.ts'
import { refuseBinary, refuseOthers, refuseTexts } from './not-csv.ts'
import { CsvOptions, type FoundOptions } from './options.ts'
import { recordsIn } from './parse-records.ts'
import { detailOf } from './row-faults.ts'
import { type Block, OpenQuote, type Place, scanRecords } from './scan.ts'
import { sniff } from './sniff.ts'

const headSize = 64 * 1024
/** How far a file is looked through for its first line that is not blank. */
const mostBlank = 4 * 1024 * 1024
const mostColumns = 1000

/** A batch is also full with this many bytes of text, so that long rows do not fill the memory. */
const mostBytes = 8 * 1024 * 1024

/** CSV however it is written: each of its faults is that of a row where it can be, and names its place. */
export const csvImporter: Importer = { label: 'CSV', sniff, open, place: placeColumns, scan, read }

async function open(source: ImportSource, given: object) {
  const { encoding: asked, ...known } = parse(CsvOptions, given)
  const head = await headOf(source)
  const { encoding, begins } = encodingOf(head, asked)
  // Of that, half are zeros.
  if (encoding.startsWith('utf-16')) refuseOthers(head)
  else refuseBinary(head)
  const { sample, wrong } = await sampleOf(decode(once(head.subarray(begins)), encoding, begins))
  refuseTexts(sample.toString('utf8', 0, 8000))
  const hinted = hint.exec(sample.toString('latin1', 0, 2000))
  const untitled = withoutBlanks(sample.subarray(hinted?.[0].length ?? 0))
  const title = known.header === undefined ? titleLength(untitled, known) : 0
  const text = untitled.subarray(title)
  const skip = title ? text.byteOffset - sample.byteOffset : (hinted?.[0].length ?? 0)
  const line = sample.toString('latin1', 0, skip).split(/\r\n|\r|\n/).length
  const told = hinted?.[1]?.replace('\\t', '\t')
  const delimiter = known.delimiter ?? (told && parts(text, told, known.quote) ? told : undefined)
  const dialect = detectDialect(text, { ...known, ...(delimiter && { delimiter }) })
  const [first] = recordsOf(text, dialect, 1)
  if (!first) {
    if (wrong) throw await named(source, wrong, { row: 0, line: 1 })
    if (text.some((byte) => !isBlank(byte))) {
      await scan(source, { encoding, ...dialect, begins, skip, line, width: 0, least: 0 })
      throw firstTooLong()
    }
    throw new ImportFailure(
      'empty_file',
      `There is nothing in this file${source.size > mostBlank ? ', or nothing in its first 4 MiB' : ''}.`,
    )
  }
  if (source.size > headSize && scanRecords(dialect).push(text).found.length === 0) throw firstTooLong()
  const lastNamed = first.findLastIndex((cell) => cell.trim() !== '') + 1
  if (lastNamed > mostColumns)
    throw new ImportFailure('too_many_columns', `A file may have ${mostColumns} columns, this one has ${lastNamed}.`)
  // A spreadsheet writes each column that somebody once formatted: those behind the last name hold nothing.
  const width = first.length > mostColumns ? lastNamed : first.length
  const least = dialect.header ? lastNamed : width
  const options: FoundOptions = { encoding, ...dialect, begins, skip, line, width, least }
  return { options, columns: namesOf(first.slice(0, width), dialect.header) }
}

const firstTooLong = () =>
  new ImportFailure('row_too_long', `The first row is longer than ${headSize / 1024} KiB.`, { row: 1 })

async function scan(source: ImportSource, options: object) {
  const found = options as FoundOptions
  let rows = found.header ? -1 : 0
  for await (const block of blocks(source, found, startOf(found))) rows += block.found.length
  return { rows: Math.max(0, rows) }
}

/** The cells of its columns: without the empty ones behind the last, and with those of columns that have no name. */
function fitted(values: string[], { width, least }: FoundOptions): string[] {
  if (values.length > width)
    return values.findLastIndex((cell) => cell.trim() !== '') < width ? values.slice(0, width) : values
  return values.length >= least ? [...values, ...Array<string>(width - values.length).fill('')] : values
}

/** As much text as is parsed at once: what is parsed stands until it is written, and nothing else is done meanwhile. */
const pieceSize = 32 * 1024

/** Where a batch ended: the place in the text, and how many rows were before it. */
interface From extends Place {
  row: number
}

const startOf = ({ header, skip, line }: FoundOptions): From => ({
  at: skip,
  line,
  row: header ? -1 : 0,
})

async function* read(
  source: ImportSource,
  options: object,
  { from, size }: { from: object | null; size: number },
): AsyncGenerator<ReadBatch> {
  const found = options as FoundOptions
  let place = (from as From | null) ?? startOf(found)
  let rows: ReadRow[] = []
  let bytes = 0
  for await (const block of blocks(source, found, place)) {
    for (const { line, fault, cells, next: at, nextLine, cr } of recordsIn(block, found)) {
      const values = fitted(cells, found)
      // Of the row itself, and not of the chunk that it came in: that is another one for who begins in the middle.
      const length = at - place.at
      place = { at, line: nextLine, row: place.row + 1, ...(cr && { cr }) }
      // The header, which `open` has read.
      if (place.row < 1) continue
      const row = { row: place.row, line, values: values.map(unshield) }
      rows.push(fault ? { ...row, error: { code: fault, detail: detailOf(fault) } } : row)
      bytes += length
      if (rows.length < size && bytes < mostBytes) continue
      yield { rows, next: place }
      rows = []
      bytes = 0
    }
  }
  if (rows.length > 0) yield { rows, next: place }
}

/** Records from a place on. UTF-8 is read from there; of another encoding what comes before is read again and left out. */
async function* blocks(source: ImportSource, options: FoundOptions, from: From): AsyncGenerator<Block> {
  const { encoding, begins } = options
  const seekable = encoding === 'utf-8'
  const scanner = scanRecords(options, from)
  const offset = seekable ? begins + from.at : begins
  let skip = seekable ? 0 : from.at
  let { row } = from
  try {
    for await (const chunk of decode(source.read(offset), encoding, offset))
      for (let at = 0; at < chunk.length; at += pieceSize) {
        const piece = chunk.subarray(at, at + pieceSize)
        const block = scanner.push(piece.subarray(skip))
        skip = Math.max(0, skip - piece.length)
        row += block.found.length
        if (block.found.length) yield block
      }
    const block = scanner.end()
    if (block.found.length) yield block
  } catch (error) {
    throw await named(source, error, { row: row + 1, line: scanner.line })
  }
}

/** What a file fails with, in words that name the place and the way out. */
async function named(
  source: ImportSource,
  error: unknown,
  { row, line }: { row: number; line: number },
): Promise<unknown> {
  if (error instanceof OpenQuote)
    return new ImportFailure(
      'unclosed_quote',
      `The quote that ${row === 0 ? 'the header' : `row ${row}`} opens on line ${error.line} is never closed. Close it, or write it twice ("") where it is part of the text.`,
      { row },
    )
  if (!(error instanceof WrongBytes)) return error
  const place = `${error.offset === null ? '' : `byte ${error.offset}, `}row ${row}, line ${line}`
  if (error.encoding !== 'utf-8')
    return new ImportFailure('invalid_encoding', `This is not ${error.encoding}: ${place}. Name another encoding.`, {
      row,
    })
  const around = Math.max(0, (error.offset ?? 0) - headSize / 2)
  const stretch = await firstBytes(source.read(around))
  const head = await headOf(source)
  const guess = guessOf(head, stretch)
  const way = isMostlyUtf8(head, stretch)
    ? 'Most of it is: mend that place. Where all of it is written otherwise, say so by the option encoding'
    : guess
      ? `It looks like ${guess}: say so by the option encoding`
      : 'Say what it is by the option encoding, as windows-1252'
  return new ImportFailure('invalid_utf8', `This is not UTF-8: ${place}. ${way}, or save it as UTF-8.`, { row })
}

async function firstBytes(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  for await (const some of bytes) return Buffer.from(some.subarray(0, headSize))
  return Buffer.alloc(0)
}

async function* once(bytes: Uint8Array) {
  yield bytes
}

/** The beginning, and 64 KiB from the first line on that is not blank. */
async function headOf(source: ImportSource): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let length = 0
  let blank = 0
  for await (const bytes of source.read()) {
    if (blank === length) {
      const first = bytes.findIndex((byte) => !isBlank(byte))
      blank += first < 0 ? bytes.length : first
    }
    parts.push(bytes)
    length += bytes.length
    if (length - blank >= headSize || length >= mostBlank + headSize) break
  }
  return Buffer.concat(parts).subarray(0, blank + headSize)
}

/** A line end, a tab, a space or the end of a DOS file; 0 is half of one in UTF-16. */
const isBlank = (byte: number) => [0, 9, 10, 13, 26, 32].includes(byte)

function withoutBlanks(text: Buffer): Buffer {
  const first = text.findIndex((byte) => !isBlank(byte))
  return first < headSize ? text : text.subarray(Math.max(text.lastIndexOf(10, first), text.lastIndexOf(13, first)) + 1)
}

/** The beginning as text. What is wrong with its bytes is told later, with its row; a character may be cut at its end. */
async function sampleOf(text: AsyncIterable<Buffer>): Promise<{ sample: Buffer; wrong?: WrongBytes }> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of text) chunks.push(chunk)
  } catch (error) {
    if (!(error instanceof WrongBytes)) throw error
    return { sample: Buffer.concat(chunks), wrong: error }
  }
  return { sample: Buffer.concat(chunks) }
}
