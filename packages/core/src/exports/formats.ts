import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
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
