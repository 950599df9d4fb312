import type { By } from '../events/event.ts'
import type { ByteRange, Bytes, StoredFile } from '../files/file.ts'
import type { Export, ExportInput, ExportSchedule, ExportScheduleInput } from './export.ts'
import type { ExportColumn } from './exporter.ts'

/** What a plugin with the capability `exports` may do: write leads into files. `by` is whoever asked for it. */
export interface ExportPowers {
  /** What an export of this workspace may have, in its order. */
  columns(): Promise<ExportColumn[]>
  /**
   * Writes leads into a file: at once where they are at most 1,000, else in a job, and `finishedAt` is null. The file is kept for a
   * day. Throws `invalid_input`, `unknown_reference`.
   */
  begin(input: Partial<ExportInput>, by: By): Promise<Export>
  /** Newest first. Throws `invalid_cursor`. */
  list(query?: { limit?: number; cursor?: string }): Promise<{ data: Export[]; nextCursor: string | null }>
  /** Throws `not_found`. */
  get(id: string): Promise<Export>
  /** Its file. Throws `not_found`, also before its end and after its time. */
  open(id: string): Promise<StoredFile & { read(range?: ByteRange): Bytes }>
  schedules: {
    list(): Promise<ExportSchedule[]>
    /** Throws `invalid_input`, `unknown_reference`. */
    create(
      input: Omit<ExportScheduleInput, 'export'> & { export: Partial<ExportInput> },
      by: By,
    ): Promise<ExportSchedule>
    /** Throws `not_found`. */
    delete(id: string, by: By): Promise<void>
  }
}
