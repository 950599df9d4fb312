import { bareAddress } from '@leadnest/core/plugin'
import { meaningOf } from '../columns/synonyms.ts'
import { recordsIn } from './parse-records.ts'
import { type Marks, scanRecords } from './scan.ts'

/** How a file is written. */
export interface Dialect extends Marks {
  /** Whether its first record names the columns. */
  header: boolean
}

export const delimiters = [',', ';', '\t', '|']

/** These stand in texts and times too. */
const rare = [':', '^', '~']

/** Excel's hint about the delimiter, which is no record; with empty cells behind it where a spreadsheet saved it again. */
export const hint = /^\s*"?sep=(\\t|.)?"?[ \t,;|]*(\r\n|\r|\n|$)/i

/** What looks like an e-mail address. Without its length, a cell of full stops would be tried from each of them. */
export const email = /^(?=.{1,320}$)\s*[^\s@"(),:;<>[\]{}]+@[^\s@"(),:;<>[\]{}]+\.[^\s@"(),:;<>[\]{}]+\s*$/s

/** Makes out how a file is written by its beginning; what is known already stays. */
export function detectDialect(sample: Buffer, known: Partial<Dialect> = {}): Dialect {
  const quote = known.quote ?? detectQuote(sample)
  const delimiter = known.delimiter ?? detectDelimiter(sample, quote)
  const spaced = isSpaced(sample, { delimiter, quote })
  const [first] = recordsOf(sample, { delimiter, quote, spaced }, 1)
  return {
    delimiter,
    quote,
    ...(spaced && { spaced }),
    header: known.header ?? !first?.some(isAddress),
  }
}

/** Whether it parts the first record: a hint may tell of another program than the one that wrote the file. */
export const parts = (sample: Buffer, delimiter: string, quote = detectQuote(sample)) =>
  (recordsOf(sample, { delimiter, quote }, 1)[0]?.length ?? 0) > 1

/**
 * Of those that part the first record, the one that parts most others alike; of several, the one that leaves the fewest quotes in
 * cells, for what it parts was not one quoted cell then.
 */
function detectDelimiter(sample: Buffer, quote: string): string {
  let best = { delimiter: ',', alike: 0, quotes: 0, columns: 1 }
  for (const delimiter of delimiters) {
    const { columns, ...seen } = partedBy(sample, { delimiter, quote })
    if (columns < 2) continue
    const { alike, quotes } = seen
    const isBetter =
      best.columns < 2 ||
      (alike !== best.alike
        ? alike > best.alike
        : quotes !== best.quotes
          ? quotes < best.quotes
          : columns > best.columns)
    if (isBetter) best = { delimiter, alike, quotes, columns }
  }
  if (best.columns > 1) return best.delimiter
  const found = rare.find((delimiter) => {
    const { first, columns, alike } = partedBy(sample, { delimiter, quote })
    return (
      columns > 1 &&
      alike === 1 &&
      !first.some((cell) => /^\s/.test(cell)) &&
      first.some((cell) => meaningOf(cell)?.to === 'email')
    )
  })
  return found ?? best.delimiter
}

/** Whether spaces stand around quotes: without them fewer cells have quotes left in them, or records are faulty. */
function isSpaced(sample: Buffer, marks: Marks): boolean {
  if (marks.delimiter === ' ') return false
  const [strict, lenient] = [partedBy(sample, marks), partedBy(sample, { ...marks, spaced: true })]
  return lenient.columns === strict.columns && lenient.quotes + lenient.faults < strict.quotes + strict.faults
}

/** How a sample is parted: into how many columns, how many of the other records so too, and in how many cells quotes are left. */
function partedBy(sample: Buffer, marks: Marks) {
  const { records, faults } = lookedAt(sample, marks, 200)
  const [first = [], ...rest] = records
  const columns = first.every((cell) => cell.trim() === '') ? 0 : first.length
  const others = rest.length + faults
  const alike = others ? rest.filter((cells) => cells.length === columns).length / others : 1
  return { first, columns, alike, faults, quotes: records.flat().filter((cell) => cell.includes(marks.quote)).length }
}

/** The most lines that a title has. */
const mostTitles = 5

/**
 * How many bytes a title has that stands above the header, as reports have one: each of its lines fills one cell at most, and the header
 * several, one of which is called as what holds e-mail addresses. Of whatever is less clear the first line is the header.
 */
export function titleLength(sample: Buffer, { delimiter, quote = '"' }: Partial<Dialect>): number {
  for (const sign of delimiter ? [delimiter] : delimiters) {
    const marks = { delimiter: sign, quote }
    const found = recordsIn(scanRecords(marks).push(sample), marks, mostTitles + 2)
    if (found.some(({ fault }) => fault)) continue
    const records = found.map(({ cells }) => cells.filter((cell) => cell.trim() !== ''))
    const at = records.findIndex((cells) => cells.length > 1)
    if (at < 1) continue
    const isHeader = records[at]!.some((cell) => meaningOf(cell)?.to === 'email') && !records[at]!.some(isAddress)
    // A title may be called as a column is, as LinkedIn's “Notes:”, where the row below the header fills it.
    const isFilled = found[at + 1]?.cells.length === found[at]!.cells.length
    const isTitle = records.slice(0, at).every(([cell = '']) => (isFilled || !meaningOf(cell)) && !isAddress(cell))
    if (!isHeader || !isTitle) continue
    const { next } = found[at - 1]!
    return sample[next - 1] === 13 && sample[next] === 10 ? next + 1 : next
  }
  return 0
}

const isAddress = (cell: string) => email.test(bareAddress(cell))

/** Single quotes where they stand around each cell of the first line and no double quote is anywhere. */
function detectQuote(sample: Buffer): string {
  if (sample.includes('"')) return '"'
  const [line = ''] = sample.toString().split(/\r\n|\r|\n/, 1)
  const parted = delimiters.some((delimiter) => {
    const cells = line.split(delimiter)
    return (cells.length > 1 || delimiter === ',') && cells.every((cell) => /^'.*'$/.test(cell))
  })
  return parted ? "'" : '"'
}

/** The first records; of a sample that is one unfinished line, that one. */
export const recordsOf = (sample: Buffer, marks: Marks, most: number): string[][] =>
  lookedAt(sample, marks, most).records

/** Of what follows the first record, faulty ones are only counted. */
function lookedAt(sample: Buffer, marks: Marks, most: number): { records: string[][]; faults: number } {
  const scanner = scanRecords(marks)
  let block = scanner.push(sample)
  if (block.found.length === 0)
    try {
      block = scanner.end()
    } catch {
      return { records: [], faults: 0 }
    }
  const found = recordsIn(block, marks, most)
  return {
    records: found.filter(({ fault }, i) => i === 0 || !fault).map(({ cells }) => cells),
    faults: found.filter(({ fault }) => fault).length,
  }
}
