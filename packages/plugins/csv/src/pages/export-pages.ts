import {
  type ExportInput,
  LeadNestError,
  type PageCall,
  type Pages,
  type PluginContext,
  streamOf,
} from '@leadnest/core/plugin'
import { everybodyUnlessTold } from '../export/everybody.ts'
import { cronOf } from './clock.ts'
import { exportPage } from './export-page.ts'

/** Exports are of people's data: who may read privacy, may make them. */
const scope = 'privacy:read' as const

const styles: Record<string, Record<string, unknown>> = {
  excel: { bom: true },
  'excel-semicolon': { bom: true, delimiter: ';' },
}

function inputOf(typed: PageCall['typed']): ExportInput {
  const { segment, filter, column, style = '' } = typed
  return everybodyUnlessTold({
    format: 'csv',
    options: styles[style] ?? {},
    ...(segment && { segment }),
    ...(filter && { filter }),
    columns: column?.split('\n') ?? [],
  })
}

async function make({ typed, by }: PageCall, { exports, leads }: PluginContext) {
  const input = inputOf(typed)
  const cron = cronOf(typed)
  if (cron === undefined) {
    const { finishedAt, rows } = await exports.begin(input, by)
    return {
      to: '/exports',
      notice: finishedAt ? `Done: ${rows === 1 ? '1 lead' : `${rows} leads`}.` : 'It is being written.',
    }
  }
  const segment = (await leads.segments()).find(({ id }) => id === typed.segment)?.name
  const which = [segment, typed.filter].filter(Boolean).join(', ').slice(0, 200) || 'All leads'
  await exports.schedules.create({ name: typed.name?.trim() || which, cron, export: input }, by).catch(atControls)
  return { to: '/exports', notice: 'Scheduled: it stands below, with its next time.' }
}

/** What a schedule calls `export.filter` stands on the page as `filter`. */
function atControls(error: unknown): never {
  if (!(error instanceof LeadNestError)) throw error
  const issues = error.issues.map((issue) => ({ ...issue, path: issue.path.replace(/^export\./, '') }))
  throw new LeadNestError(error.code, error.message, { issues })
}

export const exportPages: Pages<unknown> = {
  'GET /exports': { title: 'Export', scope, draw: exportPage },
  'POST /exports': { scope, run: make },
  'GET /exports/:id/file': {
    title: 'File',
    scope,
    async draw({ params }, { exports }) {
      const file = await exports.open(params.id!)
      return { file: file.name, type: file.type, content: streamOf(file.read()) }
    },
  },
  'POST /schedules/:id/delete': {
    scope,
    async run({ params, by }, { exports }) {
      await exports.schedules.delete(params.id!, by)
      return { to: '/exports', notice: 'The schedule is removed. Files that it made stay for their time.' }
    },
  },
}
