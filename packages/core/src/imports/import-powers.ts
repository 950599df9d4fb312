import type { By } from '../events/event.ts'
import type { Bytes, StoredFile } from '../files/file.ts'
import type { Import, ImportError, ImportInput, ImportPreview, Mapping } from './import.ts'

/** What is refused of an import: the row as it stood in the file, and why. */
export interface Reject extends ImportError {
  values: string[]
}

/** The names of the columns of a file, how it was written as its importer found it, and the rows that were refused, in their order. */
export interface Rejects {
  columns: string[]
  options: object
  rows: AsyncIterable<Reject[]>
}

/** What a plugin with the capability `imports` may do with files of leads. `by` is whoever asked for it. */
export interface ImportPowers {
  /** Keeps a file for a day, until it is imported. Throws `body_too_large`. */
  store(source: Bytes, file: { name: string; type?: string; limit?: number }): Promise<StoredFile>
  /** Whether a mapping can be meant, whatever the file. Throws `invalid_input`, as at `mapping.Budget`. */
  checkMapping(mapping: Mapping): Promise<void>
  /** The channels that a consent of a mapping can be about here. */
  consentChannels(): Promise<string[]>
  /** What would become of the first 50 rows; nothing is written. Throws `not_found` for the file, `invalid_input`. */
  preview(input: NewImport): Promise<ImportPreview>
  /**
   * Imports a file: one of at most 1,000 rows right away, so the answer has the outcome; a larger one in a job, and `finishedAt`
   * is null. A file that cannot be read is an import that failed. Throws `not_found` for the file, `invalid_input`.
   */
  begin(input: NewImport, by: By): Promise<Import>
  /** Newest first, dry runs too; `errors`, and the `leads` of its undo, are only read with one (`get`). Throws `invalid_cursor`. */
  list(query?: { limit?: number; cursor?: string }): Promise<{ data: Import[]; nextCursor: string | null }>
  /** Each of these throws `not_found`. */
  get(id: string): Promise<Import>
  pause(id: string, by: By): Promise<Import>
  resume(id: string, by: By): Promise<Import>
  cancel(id: string, by: By): Promise<Import>
  /** Takes it back: what it created goes, what it changed is as before, but for what somebody changed since. Asked again, it tries that again. */
  undo(id: string, by: By): Promise<Import>
  /** What was refused; of each cell at most `cut` characters. */
  rejects(id: string, options?: { cut?: number }): Promise<Rejects>
}

/** What is asked of an import, or of its preview. Defaults may be left out. */
export type NewImport = Pick<ImportInput, 'fileId'> & Partial<ImportInput>
