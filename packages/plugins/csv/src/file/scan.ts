/** What one record may have, in bytes of UTF-8. Of what is longer only the beginning is kept in memory. */
export const recordLimit = 1024 * 1024
/** A field of more than this is why its record has too much. By itself it may have it: the column may go nowhere. */
export const fieldLimit = 64 * 1024

/** What a single row fails with, before anybody looks at what it says. */
export type RowFault = 'field_too_long' | 'invalid_character' | 'invalid_quote' | 'row_too_long'

/** How the fields of a file are told apart. */
export interface Marks {
  delimiter: string
  quote: string
  /** Whether spaces may stand around quotes; those around plain fields go too then. */
  spaced?: boolean
}

/** Where a scan begins: at a byte of the text, on a line of it; `cr` is whether a CR is the byte before. */
export interface Place {
  at: number
  line: number
  cr?: boolean
}

/** A record that is not blank. */
export interface Found {
  /** The line it begins on. */
  line: number
  /** The place after it. */
  next: number
  nextLine: number
  cr: boolean
  /** How many of the bytes of its block are its own. */
  size: number
  /** What is wrong with it, and then its text, as far as it is kept. */
  fault?: RowFault
  text?: Buffer
}

/** Records that are whole, in their order, and the bytes of those without a fault. */
export interface Block {
  found: Found[]
  bytes: Buffer
}

const fieldStart = 0
const plain = 1
const quoted = 2
const afterQuote = 3
const afterSpace = 4

const nul = 0
/** DOS ends its files by it. */
const dosEnd = 26
const space = 32
const lf = 10
const cr = 13

/**
 * Finds where records begin and end, whatever ends their lines, without holding more of one than a record may have. What
 * csv-parse would fail a whole file for, it finds here as the fault of one row.
 */
export function scanRecords(marks: Marks, from: Place = { at: 0, line: 1 }) {
  const delimiter = marks.delimiter.charCodeAt(0)
  const quote = marks.quote.charCodeAt(0)
  const isSpaced = marks.spaced === true
  let state = fieldStart
  let line = from.line
  let afterCr = from.cr ?? false
  // Where the present chunk begins.
  let chunkAt = from.at
  let kept: Buffer[] = []
  let keptLength = 0
  // Of the record that is read.
  let began = from.line
  let quoteLine = 0
  let blank = true
  let fault: RowFault | undefined
  let fieldLength = 0
  let hasLongField = false
  const tooLong = () => (hasLongField ? 'field_too_long' : 'row_too_long')

  /** Ends a record with what of it stands in this chunk. */
  function finish(block: Found[], runs: Runs, last: Buffer, end: number): void {
    if (!blank) {
      const record = { line: began, next: end, nextLine: line, cr: afterCr, size: 0 }
      if (!fault && keptLength + last.length > recordLimit) fault = tooLong()
      if (fault) block.push({ ...record, fault, text: cut(Buffer.concat([...kept, cut(last)])) })
      else {
        block.push({ ...record, size: keptLength + last.length })
        for (const part of kept) runs.add(part)
        runs.add(last)
      }
    }
    kept = []
    keptLength = 0
    blank = true
    fault = undefined
    fieldLength = 0
    hasLongField = false
    state = fieldStart
  }

  function push(chunk: Buffer): Block {
    const found: Found[] = []
    const runs = new Runs()
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!
      if (byte === lf && afterCr) {
        afterCr = false
        // It belongs to the line end before it; within quotes, to the field.
        if (state !== quoted && start === at) start++
        continue
      }
      afterCr = byte === cr
      if (byte === lf || byte === cr) {
        line++
        if (state === quoted) {
          if (++fieldLength > fieldLimit) hasLongField = true
          continue
        }
        finish(found, runs, chunk.subarray(start, at + 1), chunkAt + at + 1)
        start = at + 1
        began = line
        continue
      }
      if (byte === nul) fault ??= 'invalid_character'
      if (blank && byte !== space && byte !== 9 && byte !== dosEnd) blank = false
      if (byte === quote && state !== plain && state !== afterSpace) {
        if (state === fieldStart) {
          state = quoted
          quoteLine = line
        } else state = state === quoted ? afterQuote : quoted
        blank = false
        fieldLength++
        continue
      }
      if ((state === afterQuote || state === afterSpace) && byte !== delimiter) {
        const isSpace = isSpaced && byte === space
        if (!isSpace) fault ??= 'invalid_quote'
        state = isSpace ? afterSpace : plain
      }
      if (byte === delimiter && state !== quoted) {
        blank = false
        state = fieldStart
        fieldLength = 0
        continue
      }
      if (state === fieldStart && !(isSpaced && byte === space)) state = plain
      if (++fieldLength > fieldLimit) hasLongField = true
    }
    keep(chunk.subarray(start))
    chunkAt += chunk.length
    return { found, bytes: runs.joined() }
  }

  /** What is kept of a record that goes on in the next chunk: no more than one may have. */
  function keep(rest: Buffer): void {
    if (rest.length && keptLength <= recordLimit) kept.push(Buffer.from(fault ? cut(rest) : rest))
    keptLength += rest.length
    if (keptLength > recordLimit) fault ??= tooLong()
  }

  return {
    push,
    /** The last record, which may have no line end. Throws where a quote is still open. */
    end(): Block {
      const found: Found[] = []
      const runs = new Runs()
      if (state === quoted) throw new OpenQuote(quoteLine)
      finish(found, runs, Buffer.alloc(0), chunkAt)
      return { found, bytes: runs.joined() }
    },
    /** The line that is being read. */
    get line() {
      return line
    },
  }
}

/** Enough of a faulty record for a person to know it by. */
const cut = (text: Buffer) => text.subarray(0, fieldLimit)

/** A file ends within the quotes that were opened on this line. */
export class OpenQuote extends Error {
  override name = 'OpenQuote'
  readonly line: number

  constructor(line: number) {
    super(`line ${line}`)
    this.line = line
  }
}

/** Stretches of bytes; those that follow each other in one chunk are one, so that nothing is copied that need not be. */
class Runs {
  readonly #runs: Buffer[] = []

  add(part: Buffer): void {
    const last = this.#runs.at(-1)
    if (last && last.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset)
      this.#runs[this.#runs.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + part.length)
    else if (part.length) this.#runs.push(part)
  }

  joined(): Buffer {
    return this.#runs.length === 1 ? this.#runs[0]! : Buffer.concat(this.#runs)
  }
}
