import type { Core } from '../core.ts'
import { parse } from '../parse.ts'
import { beginExport } from './begin-export.ts'
import { listExportColumns } from './columns.ts'
import { ExportInput, ExportQuery, ExportScheduleInput } from './export.ts'
import type { ExportPowers } from './export-powers.ts'
import { getExport, listExports, openExport } from './get-export.ts'
import { createExportSchedule, deleteExportSchedule, listExportSchedules } from './schedules.ts'

/** The use cases of exports in a workspace; `check` refuses who may not use them. */
export function exportPowersOf(core: Core, workspaceId: string, check: () => void): ExportPowers {
  return {
    async columns() {
      check()
      return listExportColumns(core, workspaceId)
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
