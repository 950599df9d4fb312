import {
  type Endpoint,
  Export,
  ExportInput,
  ExportSchedule,
  ExportScheduleInput,
  Id,
  Import,
  ImportKey,
  ImportMode,
  ImportPreview,
  Limit,
  Mapping,
  page,
} from '@leadnest/core/plugin'
import * as v from 'valibot'

const Flag = v.pipe(
  v.picklist(['true', 'false'], 'Use true or false.'),
  v.transform((text) => text === 'true'),
)

/** A query is text. The SDK takes the value itself too, and writes it. */
const written = <Text extends v.GenericSchema, Value>(schema: Text) =>
  schema as unknown as v.GenericSchema<string | Value, v.InferOutput<Text>>

const MappingText = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    try {
      return JSON.parse(dataset.value) as unknown
    } catch {
      addIssue({ message: 'Write it as JSON, like {"E-Mail":"email"}.' })
      return NEVER
    }
  }),
  Mapping,
)

const TagsText = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
)

/** What is said of an import beside its file: in the query, as fields of the form, or as JSON. */
export const ImportQuery = v.strictObject({
  /** The file's name, where the upload does not say. */
  name: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** Where columns go, as JSON by their names; what is not named goes by itself, `ignore` leaves it out. */
  mapping: v.optional(written<typeof MappingText, v.InferInput<typeof Mapping>>(MappingText)),
  mode: v.optional(ImportMode),
  key: v.optional(ImportKey),
  /** As in windows-1252, where the file is not UTF-8. */
  encoding: v.optional(v.string()),
  delimiter: v.optional(v.string()),
  quote: v.optional(v.string()),
  header: v.optional(Flag),
  dryRun: v.optional(Flag),
  /** `clear`: an empty cell takes away what a known lead has. */
  blanks: v.optional(v.picklist(['keep', 'clear'], 'Use keep or clear.')),
  /** `leave`: a row goes in without the cells that cannot be read. */
  faulty: v.optional(v.picklist(['refuse', 'leave'], 'Use refuse or leave.')),
  /** Put on each lead of the file, with commas between. */
  tags: v.optional(written<typeof TagsText, string[]>(TagsText)),
  /** Found by looking at the file, unless told. */
  format: v.optional(v.string()),
})

/** An import with the address of what it refused. */
export const ImportResult = v.object({ ...Import.entries, rejects: v.nullable(v.string()) })

/** A mapping that is used again for files with the same columns. */
export const SavedMapping = v.object({
  id: Id,
  name: v.string(),
  columns: v.array(v.string()),
  mapping: Mapping,
  createdAt: v.string(),
})

export const NewMapping = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(100, 'At most 100 characters.')),
  columns: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(200))),
    v.minLength(1, 'Name its columns.'),
    v.maxLength(1000),
  ),
  mapping: Mapping,
})

const uploads = [
  'multipart/form-data',
  'text/csv',
  'text/tab-separated-values',
  'application/x-ndjson',
  'application/octet-stream',
  'application/json',
] as const
const example = { text: 'E-mail\tFirst name\nada@example.com\tAda', mode: 'upsert' }
const onImports = ['job_finished', 'undo_not_possible'] as const

export const csvEndpoints = {
  'POST /v1/imports': {
    summary:
      'Import a file: at most 1,000 rows are done with the answer (200), more are a job (202); with dryRun nothing is written',
    access: 'leads:write',
    uploads,
    query: ImportQuery,
    returns: ImportResult,
    status: 202,
    otherStatuses: [200],
    errors: ['empty_file'],
    limit: 'import',
    example,
  },
  'POST /v1/imports/preview': {
    summary: 'Look at a file: its columns, where they would go, and what would become of the first 50 rows',
    access: 'leads:write',
    uploads,
    query: ImportQuery,
    returns: ImportPreview,
    errors: ['empty_file'],
    limit: 'import',
    example,
  },
  'GET /v1/imports': {
    summary: 'The imports of the last 30 days, newest first; the `errors` of one are at its own address',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: page(ImportResult),
  },
  'GET /v1/imports/:id': { summary: 'One import, as far as it is', access: 'leads:read', returns: ImportResult },
  'GET /v1/imports/:id/rejects.csv': {
    summary: 'The rows that were refused, each with why: mend it and import it again',
    access: 'leads:read',
    returns: v.string(),
    answers: 'text/csv',
  },
  'POST /v1/imports/:id/pause': {
    summary: 'Pause an import; the rows that it is at are done when it goes on',
    access: 'leads:write',
    returns: ImportResult,
    errors: onImports,
  },
  'POST /v1/imports/:id/resume': {
    summary: 'Go on with an import that was paused',
    access: 'leads:write',
    returns: ImportResult,
    errors: onImports,
  },
  'POST /v1/imports/:id/cancel': {
    summary: 'End an import; what it has done stays, and can be undone',
    access: 'leads:write',
    returns: ImportResult,
    errors: onImports,
  },
  'POST /v1/imports/:id/undo': {
    summary:
      'Take back an import, updates too, but for what somebody changed since; asked again, what it left alone is tried again; for 30 days',
    access: 'leads:write',
    returns: ImportResult,
    status: 202,
    errors: onImports,
  },
  'POST /v1/exports': {
    summary:
      'Write leads into a file: all of them, or those of a filter, a segment, a search or a list of ids; at most 1,000 at once (200), more in a job (202)',
    access: 'privacy:read',
    body: ExportInput,
    returns: Export,
    status: 202,
    otherStatuses: [200],
    errors: ['unknown_reference'],
    limit: 'import',
    example: { filter: 'stage = new', columns: ['email', 'name', 'company', 'tags'] },
  },
  'GET /v1/exports': {
    summary: 'The exports of the last 30 days, newest first',
    access: 'leads:read',
    query: v.strictObject({ limit: Limit, cursor: v.optional(v.string()) }),
    returns: page(Export),
  },
  'GET /v1/exports/:id': { summary: 'One export, as far as it is', access: 'leads:read', returns: Export },
  'GET /v1/exports/:id/file': {
    summary: 'The file of an export, for a day',
    access: 'privacy:read',
    returns: v.string(),
    answers: 'text/csv',
  },
  'GET /v1/export-schedules': {
    summary: 'The exports that are made by the clock',
    access: 'leads:read',
    returns: page(ExportSchedule),
  },
  'POST /v1/export-schedules': {
    summary: 'Make an export again and again; cron has five places, in UTC',
    access: 'privacy:read',
    body: ExportScheduleInput,
    returns: ExportSchedule,
    status: 201,
    errors: ['unknown_reference'],
    example: { name: 'Mondays', cron: '0 7 * * 1', export: { all: true } },
  },
  'DELETE /v1/export-schedules/:id': {
    summary: 'Make an export no more; what it has made stays',
    access: 'privacy:read',
    returns: v.null(),
    status: 204,
  },
  'GET /v1/import-mappings': {
    summary: 'The mappings that were saved, newest first',
    access: 'leads:read',
    returns: page(SavedMapping),
  },
  'POST /v1/import-mappings': {
    summary: 'Save where columns go, for files that have the same columns',
    access: 'leads:write',
    body: NewMapping,
    anyNamesIn: 'mapping',
    returns: SavedMapping,
    status: 201,
    errors: ['name_taken'],
  },
  'DELETE /v1/import-mappings/:id': {
    summary: 'Forget a saved mapping',
    access: 'leads:write',
    returns: v.null(),
    status: 204,
  },
} as const satisfies Record<string, Endpoint>

export type ImportQuery = v.InferOutput<typeof ImportQuery>
export type ImportResult = v.InferOutput<typeof ImportResult>
export type NewMapping = v.InferOutput<typeof NewMapping>
export type SavedMapping = v.InferOutput<typeof SavedMapping>
