import * as v from 'valibot'
import { isEncoding } from './decode.ts'

const OneCharacter = v.pipe(
  v.string(),
  v.check((text) => text === '\t' || /^[!-~ ]$/.test(text), 'One character, as in ; or a tab.'),
  v.regex(/[^\w"']/, 'No letter, digit or quote.'),
)

/** What is said of a CSV file; what is not said is found by looking at it. */
export const CsvOptions = v.strictObject({
  /** As browsers know it, as in `windows-1252`. A byte order mark is believed before this. */
  encoding: v.optional(
    v.pipe(v.string(), v.check(isEncoding, 'No such encoding. One is windows-1252, another utf-16le.')),
  ),
  delimiter: v.optional(OneCharacter),
  quote: v.optional(v.picklist(['"', "'"], `Use " or '.`)),
  /** Whether the first row names the columns. */
  header: v.optional(v.boolean()),
})

/** What of a file was found. */
export interface FoundOptions {
  encoding: string
  delimiter: string
  quote: string
  spaced?: boolean
  header: boolean
  /** Where the text begins, in bytes of the file: after a mark; and in it the table, with its line: after what names the delimiter, and a title. */
  begins: number
  skip: number
  line: number
  /** How many cells a row has. */
  width: number
  /** How many it has at least: columns behind the last name that the header has may be missing. */
  least: number
}

export type CsvOptions = v.InferOutput<typeof CsvOptions>
