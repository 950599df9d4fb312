import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { readShape } from '../fields/shape.ts'
import type { OpenFile } from '../files/open-file.ts'
import { parse } from '../parse.ts'
import { beginExport } from './begin-export.ts'
import { exportColumns } from './columns.ts'
import { type Export, ExportInput, ExportQuery, type ExportSchedule, ExportScheduleInput } from './export.ts'
import type { ExportColumn } from './exporter.ts'
import { getExport, listExports, openExport } from './get-export.ts'
import { createExportSchedule, deleteExportSchedule, listExportSchedules } from './schedules.ts'

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
  open(id: string): Promise<OpenFile>
  schedules: {
    list(): Promise<ExportSchedule[]>
    /** Throws `invalid_input`, `unknown_reference`. */
    create(input: Omit<ExportScheduleInput, 'export' | 'enabled'> & { export: Partial<ExportInput>; enabled?: boolean }, by: By): Promise<ExportSchedule>
    /** Throws `not_found`. */
    delete(id: string, by: By): Promise<void>
  }
}

/** The use cases of exports in a workspace; `check` refuses who may not use them. */
export function exportPowersOf(core: Core, workspaceId: string, check: () => void): ExportPowers {
  return {
    async columns() {
      check()
      return exportColumns(await core.inWorkspace(workspaceId, (tx) => readShape(tx, workspaceId)))
    },
    async begin(input, by) {
      check()
      return beginExport(core, workspaceId, parse(ExportInput, input), by)
    },
    async list({ limit = 50, cursor } = {}) {
      check()
      return listExports(core, workspaceId, parse(ExportQuery, { limit: String(limit), cursor }))
    },
    async get(id) {
      check()
      return getExport(core, workspaceId, id)
    },
    async open(id) {
      check()
      return openExport(core, workspaceId, id)
    },
    schedules: {
      async list() {
        check()
        return listExportSchedules(core, workspaceId)
      },
      async create(input, by) {
        check()
        return createExportSchedule(core, workspaceId, parse(ExportScheduleInput, input), by)
      },
      async delete(id, by) {
        check()
        return deleteExportSchedule(core, workspaceId, id, by)
      },
    },
  }
}
