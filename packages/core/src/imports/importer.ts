import type { LeadField } from '../fields/field.ts'
import type { Bytes } from '../files/file.ts'
import { JobFailure } from '../jobs/job-failure.ts'
import type { Target } from './import.ts'

/** A file that is read from any of its bytes on, as often as one likes. */
export interface ImportSource {
  name: string
  /** Its media type, as it was said to be. */
  type: string
  /** In bytes. */
  size: number
  read(from?: number): Bytes
}

/** What is wrong with a row. `code` is stable, as in `column_count`; `detail` says what to mend. */
export interface RowError {
  code: string
  detail: string
  column?: string
}

/** A row as it stands in the file: `row` counts data rows from 1, `line` the lines of the file. */
export interface ReadRow {
  row: number
  line: number
  /** In the order of the columns; empty text is a blank. */
  values: string[]
  /** Why it cannot be imported; its neighbours can. */
  error?: RowError
}

/** Some rows in their order, and what tells `read` where to go on after them. */
export interface ReadBatch {
  rows: ReadRow[]
  next: object
}

/** What a file turned out to be: what its reader has to know, and the names of its columns. */
export interface OpenedFile {
  options: object
  columns: string[]
}

/** What a format may look at to say where columns go: the first rows, what the workspace has, and where somebody sends columns. */
export interface Placing {
  rows: string[][]
  fields: Pick<LeadField, 'key' | 'label' | 'type'>[]
  mapping: Record<string, Target>
  /** Whether a cell names one of the workspace's stages, or of its members: a row that names none is refused. */
  knows(to: 'stage' | 'owner', cell: string): boolean
}

/**
 * A format that leads can be imported from, as CSV is. It never holds a whole file. What is wrong with all of a file is thrown as
 * `ImportFailure`, by `open` and `scan`: before the first row is stored.
 */
export interface Importer {
  /** As people know it: CSV. */
  label: string
  /** How likely a file is one of these: 0 is not at all, 1 is certain. `head` has its first 64 KiB. */
  sniff(head: Uint8Array, file: { name: string; type: string }): number
  /** Reads the beginning. `options` are its own, as whoever imports gave them. Throws `invalid_input` for those that it does not know. */
  open(source: ImportSource, options: object): Promise<OpenedFile>
  /** Where columns go that nobody sent anywhere. Without it they go where their name says: `email`, `fields.size`. */
  place?(columns: string[], placing: Placing): Record<string, Target>
  /** Reads all of it once: whether it can be read to its end, and how many rows it has. `options` are those that `open` gave. */
  scan(source: ImportSource, options: object): Promise<{ rows: number }>
  /**
   * Gives its rows in batches of at most `size`, from the beginning or from where another batch ended. The same place and size
   * give the same batches, each time: an import that was killed goes on by that.
   */
  read(
    source: ImportSource,
    options: object,
    place: { from: object | null; size: number },
  ): AsyncIterable<ReadBatch> | Iterable<ReadBatch>
}

/** A file that cannot be imported, and why: `code` is stable, as in `unclosed_quote`. */
export class ImportFailure extends JobFailure {
  override name = 'ImportFailure'
}
