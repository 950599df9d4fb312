import { type NewImport, parse } from '@leadnest/core/plugin'
import { ImportQuery } from '../contract.ts'
import { CsvOptions } from '../file/options.ts'
import type { Upload } from '../upload/read-upload.ts'

/** Of CSV, by the names that they have in a query. */
const ofCsv = Object.keys(CsvOptions.entries)

/** What an import takes: what came beside the file, over what stood in the query. Throws `invalid_input`. */
export function inputOf({ file, said, charset }: Upload, query: ImportQuery): NewImport {
  const { name: _, ...all } = { ...(charset && { encoding: charset }), ...query, ...read(said) }
  const entries = Object.entries(all).filter(([, value]) => value !== undefined)
  const options = Object.fromEntries(entries.filter(([key]) => ofCsv.includes(key)))
  const rest = Object.fromEntries(entries.filter(([key]) => !ofCsv.includes(key)))
  return { ...rest, fileId: file.id, options }
}

/** Options as text, as fields of a form have them; in JSON they may be what they are. */
const read = (said: Record<string, unknown>): ImportQuery =>
  parse(ImportQuery, Object.fromEntries(Object.entries(said).map(([key, value]) => [key, textOf(value)])))

function textOf(value: unknown): unknown {
  if (typeof value === 'boolean') return String(value)
  if (Array.isArray(value) && value.every((part) => typeof part === 'string')) return value.join(',')
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}
