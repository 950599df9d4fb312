import type { Core } from '../core.ts'
import { readInput } from './begin-import.ts'
import { placeColumns, type Rule, ruleOf } from './columns.ts'
import { faultOf, foldRows, type Reading, type RowOutcome } from './fold-rows.ts'
import { firstRows, importerOf, placesOf, sourceOf } from './formats.ts'
import type { ImportPreview, PreviewRow } from './import.ts'
import type { NewImport } from './import-powers.ts'
import { ImportFailure, type OpenedFile, type ReadRow } from './importer.ts'
import { isRefused, rowReader } from './read-row.ts'
import { readState } from './state.ts'
import { readSurroundings } from './surroundings.ts'

/**
 * What would become of the first 50 rows, as things are; nothing is written. Columns and options are told also where the file cannot be
 * imported as it is. Throws `not_found` for the file, `empty_file`, `invalid_input`.
 */
export async function previewImport(core: Core, workspaceId: string, given: NewImport): Promise<ImportPreview> {
  const { input, file, failure } = await readInput(core, workspaceId, given)
  const nothing = {
    format: input.format,
    options: input.options,
    columns: [],
    mapping: {},
    ignoredColumns: [],
    rows: [],
  }
  if (failure) return { ...nothing, error: told(failure) }
  const importer = importerOf(core, input.format)
  const source = sourceOf(file)
  let opened: OpenedFile
  try {
    opened = await importer.open(source, input.options)
  } catch (error) {
    if (error instanceof ImportFailure) return { ...nothing, error: told(error) }
    throw error
  }
  const { columns } = opened
  const known = { ...nothing, options: opened.options as ImportPreview['options'], columns }
  let rows: ReadRow[]
  try {
    rows = await firstRows(importer, source, opened)
  } catch (error) {
    if (!(error instanceof ImportFailure)) throw error
    return { ...known, ignoredColumns: columns, error: told(error) }
  }
  return core.inWorkspace(workspaceId, async (tx) => {
    const around = await readSurroundings(tx, workspaceId, input.mapping)
    const found = placesOf(importer, opened, { rows, around, mapping: input.mapping })
    try {
      const { placed, ignored } = placeColumns(columns, input, around.shape, found)
      const read = rowReader(columns, placed, input, around)
      const readings = rows.map((row): Reading => ({ row, said: read(row) }))
      const said = readings.flatMap(({ said }) => (isRefused(said) ? [] : [said]))
      const state = await readState(tx, workspaceId, said, { key: input.key, lock: false })
      const { outcomes } = foldRows(readings, state, input, {
        at: core.now(),
        firstStage: around.shape.firstStage,
        placed,
      })
      const knownIds = new Set(state.known.map(({ id }) => id))
      const seen = readings.map((reading, i) => rowOf(reading, outcomes[i]!, knownIds))
      const mapping = rulesOf(placed)
      return { ...known, mapping, ignoredColumns: ignored, rows: seen, error: null }
    } catch (error) {
      if (!(error instanceof ImportFailure)) throw error
      const mapping = rulesOf(
        Object.entries(found ?? input.mapping ?? {}).map(([name, target]) => ({ name, rule: ruleOf(target) })),
      )
      const ignored = columns.filter((name) => !Object.hasOwn(mapping, name))
      return {
        ...known,
        mapping,
        ignoredColumns: ignored,
        rows: rows.map((row) => unread(row, error)),
        error: told(error),
      }
    }
  })
}

const rulesOf = (columns: { name: string; rule: Rule }[]) =>
  Object.fromEntries(columns.flatMap(({ name, rule }) => (rule.to === 'ignore' ? [] : [[name, rule]])))

const told = ({ code, message, row }: ImportFailure) => ({ code, detail: message, ...(row !== undefined && { row }) })

/** A row says what is wrong with it, else what is wrong with all of them. */
const unread = ({ row, line, values, error }: ReadRow, { code, message }: ImportFailure): PreviewRow => ({
  row,
  line,
  values: values.map(short),
  outcome: 'failed',
  leadId: null,
  changes: {},
  restores: false,
  error: { row, line, ...(error ?? { code, detail: message }) },
})

function rowOf(reading: Reading, outcome: RowOutcome, known: Set<string>): PreviewRow {
  const { row, line, values } = reading.row
  const error = faultOf(outcome, reading)
  const leadId = 'leadId' in outcome && outcome.leadId && known.has(outcome.leadId) ? outcome.leadId : null
  return {
    row,
    line,
    values: values.map(short),
    outcome: outcome.outcome,
    leadId,
    changes: 'changes' in outcome ? outcome.changes : {},
    restores: 'restores' in outcome && outcome.restores,
    error: error ? { row, line, ...error, ...(outcome.outcome !== 'failed' && { leftOut: true }) } : null,
  }
}

/** A preview shows what stands there, not all of it. */
const short = (text: string) => text.slice(0, 1000).toWellFormed()
