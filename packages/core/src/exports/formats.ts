import * as v from 'valibot'
import type { Core } from '../core.ts'
import { invalid, under } from '../errors.ts'
import { parse } from '../parse.ts'
import { turnOf } from '../plugins/run-plugin.ts'
import type { Exporter } from './exporter.ts'

/** Throws `invalid_input` for a format that no plugin brings. */
export function exporterOf({ plugins }: Core, format: string): Exporter {
  const formats = plugins.flatMap(({ exporters = {} }) => Object.entries(exporters))
  const found = formats.find(([name]) => name === format)
  if (found) return found[1]
  const names = formats.map(([name]) => name)
  throw invalid(
    'format',
    names.length > 0 ? `Use one of ${names.join(', ')}.` : 'No plugin of this installation exports anything.',
  )
}

/** A format that leads can be exported in, and what it is called. */
export interface ExportFormat {
  format: string
  label: string
}

/** Those of plugins that are on in the workspace. */
export async function exportFormats(core: Core, workspaceId: string): Promise<ExportFormat[]> {
  const formats = core.plugins.map(async (plugin) => {
    const theirs = Object.entries(plugin.exporters ?? {})
    const works = theirs.length > 0 && (await turnOf(core, workspaceId, plugin).catch(() => undefined))
    return works ? theirs.map(([format, { label }]) => ({ format, label })) : []
  })
  return (await Promise.all(formats)).flat()
}

const none = v.strictObject({})

/** What a format makes of its options. Throws `invalid_input`, as at `options.delimiter`. */
export async function exportOptions(core: Core, format: string, given: object): Promise<Record<string, unknown>> {
  const { options = none } = exporterOf(core, format)
  return under('options', async () => parse(options, given))
}
