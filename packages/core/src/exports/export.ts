import * as v from 'valibot'
import { Limit } from '../endpoint.ts'
import { Id } from '../id.ts'
import { Job } from '../jobs/job.ts'
import { FilterText, SearchText } from '../leads/lead.ts'

/** What a column is called: one of a lead, as `email`; one of the workspace's own fields, as `fields.size`; or one that is long or of use to few, as `timeline`, `allNotes`, `gclid`, `lastUtmSource` or `consent.email`. */
const ColumnKey = v.pipe(v.string(), v.maxLength(100))

/** Which leads, in exactly one way, which of their columns, and how they are written. */
export const ExportInput = v.strictObject({
  /** Of those that plugins bring, as `csv`. */
  format: v.optional(v.string(), 'csv'),
  filter: v.optional(FilterText),
  q: v.optional(SearchText),
  segment: v.optional(v.string()),
  ids: v.optional(
    v.pipe(v.array(Id), v.minLength(1, 'Name at least one lead.'), v.maxLength(1000, 'At most 1,000 ids.')),
  ),
  /** Every lead of the workspace. */
  all: v.optional(v.literal(true)),
  /** In their order; all but those that are long or of use to few unless told. */
  columns: v.optional(v.pipe(v.array(ColumnKey), v.minLength(1, 'Name a column.'), v.maxLength(300))),
  /** Of the format itself, as `delimiter` is for CSV. */
  options: v.optional(v.record(v.string(), v.unknown()), {}),
})

/** An export as it stands: its id is that of its job. `fileId` is null until it is written, once its time (`expiresAt`) is over, and when somebody was erased since. */
export const Export = v.object({
  id: Id,
  jobId: Id,
  format: v.string(),
  /** Whose leads: what was searched for, a segment's filter too; null where they were named by their ids, or all. */
  filter: v.nullable(v.string()),
  /** How many ids were named; null where none was. */
  ids: v.nullable(v.number()),
  status: Job.entries.status,
  /** How many leads are in it. */
  rows: v.number(),
  fileId: v.nullable(Id),
  name: v.nullable(v.string()),
  /** In bytes. */
  size: v.nullable(v.number()),
  expiresAt: v.nullable(v.string()),
  error: Job.entries.error,
  createdAt: v.string(),
  finishedAt: v.nullable(v.string()),
})

export const ExportQuery = v.strictObject({ limit: Limit, cursor: v.optional(v.string()) })

/** Five places of a crontab (UTC): minute, hour, day, month, day of the week. */
const Cron = v.pipe(v.string(), v.trim(), v.maxLength(100), v.regex(/^\S+( \S+){4}$/, 'Five places, as in 0 7 * * 1.'))

/** An export that is made again and again. */
export const ExportScheduleInput = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(200, 'At most 200 characters.')),
  cron: Cron,
  export: ExportInput,
})

export const ExportSchedule = v.object({
  id: Id,
  name: v.string(),
  cron: v.string(),
  export: ExportInput,
  /** False once it has stopped. */
  enabled: v.boolean(),
  /** The export that it made last; null before the first. */
  lastExportId: v.nullable(Id),
  nextAt: v.string(),
  createdAt: v.string(),
})

export type ExportInput = v.InferOutput<typeof ExportInput>
export type Export = v.InferOutput<typeof Export>
export type ExportQuery = v.InferOutput<typeof ExportQuery>
export type ExportScheduleInput = v.InferOutput<typeof ExportScheduleInput>
export type ExportSchedule = v.InferOutput<typeof ExportSchedule>
