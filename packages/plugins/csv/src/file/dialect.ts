import { parseRecords } from './parse-records.ts'
import { type Marks, scanRecords } from './scan.ts'

/** How a file is written. */
export interface Dialect extends Marks {
  /** Whether its first record names the columns. */
  header: boolean
}

export const delimiters = [',', ';', '\t', '|']

/** Excel's hint about the delimiter, which is no record. */
export const hint = /^\s*"?sep=(.)"?[ \t]*(\r\n|\r|\n|$)/i

/** What looks like an e-mail address. */
export const email = /^\s*[^\s@"(),:;<>[\]{}]+@[^\s@"(),:;<>[\]{}]+\.[^\s@"(),:;<>[\]{}]+\s*$/

/** Makes out how a file is written by its beginning; what is known already stays. */
export function detectDialect(sample: Buffer, known: Partial<Dialect> = {}): Dialect {
  const quote = known.quote ?? detectQuote(sample)
  const delimiter = known.delimiter ?? detectDelimiter(sample, quote)
  const [first] = recordsOf(sample, { delimiter, quote }, 1)
  return { delimiter, quote, header: known.header ?? !first?.some((cell) => email.test(cell)) }
}

/** Of those that part the first record, the one that parts most others alike. */
function detectDelimiter(sample: Buffer, quote: string): string {
  let best = { delimiter: ',', alike: 0, columns: 1 }
  for (const delimiter of delimiters) {
    const [first = [], ...rest] = recordsOf(sample, { delimiter, quote }, 200)
    const columns = first.length
    if (columns < 2 || first.every((cell) => cell.trim() === '')) continue
    const alike = rest.length ? rest.filter((cells) => cells.length === columns).length / rest.length : 1
    if (best.columns < 2 || alike > best.alike || (alike === best.alike && columns > best.columns))
      best = { delimiter, alike, columns }
  }
  return best.delimiter
}

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
export function recordsOf(sample: Buffer, marks: Marks, most: number): string[][] {
  const scanner = scanRecords(marks)
  let block = scanner.push(sample)
  if (block.found.length === 0)
    try {
      block = scanner.end()
    } catch {
      return []
    }
  const [first] = block.found
  const records = parseRecords(block.bytes, marks, most)
  return first?.fault ? [...parseRecords(first.text!, marks, 1), ...records] : records
}
