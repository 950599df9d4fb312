import * as v from 'valibot'
import { Channel, Purpose } from '../consents/wording.ts'
import { Limit } from '../endpoint.ts'
import { Actor } from '../events/event.ts'
import { FieldType } from '../fields/field.ts'
import { Id } from '../id.ts'
import { Job } from '../jobs/job.ts'
import { isCountry } from '../leads/phone.ts'
import { TagName } from '../tags/tag.ts'

/** By what a row says who it is about; `id` is the lead's own, so that nobody new comes by it. */
export const ImportKey = v.picklist(['externalId', 'email', 'phone', 'id'], 'Use externalId, email, phone or id.')

/**
 * What becomes of who is known already, and of who is not: `create` refuses the known, `update` the unknown; `upsert` writes both,
 * `skip` leaves the known as they are, `fill` only fills what they have blank. The deleted are known: `create` and `skip` leave them
 * deleted, the others bring them back.
 */
export const ImportMode = v.picklist(
  ['create', 'update', 'upsert', 'skip', 'fill'],
  'Use create, update, upsert, skip or fill.',
)

/** Where a column goes: a column of a lead, one of the workspace's own fields, or what hangs on a lead. */
export const TargetName = v.pipe(
  v.string(),
  v.regex(
    /^(id|email|phone|name|firstName|lastName|company|externalId|stage|owner|tags|note|consent|optOut|ignore|fields\.[a-z][a-zA-Z0-9_]{0,62})$/,
    'Use a column of a lead, id, fields.<key>, tags, note, stage, owner, consent, optOut or ignore. A field is made by {"to": "fields.<key>", "create": {}}.',
  ),
)

/** A column's place, and what is done to its values before they are read. */
export const Target = v.union(
  [
    TargetName,
    v.strictObject({
      to: TargetName,
      /** White space around a value goes, unless told. */
      trim: v.optional(v.boolean()),
      lower: v.optional(v.boolean()),
      /** Put before each value that is there, as in `hubspot:`. */
      prefix: v.optional(v.pipe(v.string(), v.maxLength(50, 'At most 50 characters.'))),
      /** A full name is parted into first and last name. */
      parts: v.optional(v.boolean()),
      /** What stands before the decimals of numbers; the other of the two parts thousands. */
      decimal: v.optional(v.picklist(['.', ','], 'Use . or a comma.')),
      /** What stands between several. Unless told: of tags a comma, `;` or `|`, of fields of several choices `;`. */
      split: v.optional(v.pipe(v.string(), v.minLength(1, 'Write what stands between, as in ;'), v.maxLength(10))),
      /** How days are written, as in 31.12.2026: `2026-12-31` is read in any case. */
      date: v.optional(v.picklist(['ymd', 'dmy', 'mdy'], 'Use ymd, dmy or mdy.')),
      /** Of phone numbers without a country code, as in GB; the workspace's own unless told. */
      country: v.optional(v.pipe(v.string(), v.check(isCountry, 'Two capital letters of a country, as in GB.'))),
      /** What a blank stands for. */
      default: v.optional(v.pipe(v.string(), v.maxLength(500, 'At most 500 characters.'))),
      /** A field of the workspace that is not there yet is made so; text unless told. */
      create: v.optional(
        v.strictObject(
          {
            label: v.optional(
              v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a label.'), v.maxLength(200, 'At most 200 characters.')),
            ),
            type: v.optional(FieldType, 'text'),
          },
          'Send an object with label or type, as in "create": {}, which makes a text.',
        ),
      ),
      /** Of a consent: to what somebody said yes or no, and in which words. Of an opt-out the channel alone: a yes in it is a no to all. */
      channel: v.optional(Channel),
      purpose: v.optional(Purpose),
      wording: v.optional(
        v.pipe(
          v.string(),
          v.trim(),
          v.nonEmpty('Write what people agreed to.'),
          v.maxLength(5000, 'At most 5000 characters.'),
        ),
      ),
    }),
  ],
  'Write a place such as email, or an object: {"to": "fields.budget", "create": {"type": "number"}} makes a field.',
)

const ByName = v.record(v.string(), Target, 'Send an object with the names of columns, as in {"E-Mail": "email"}.')

/**
 * Where columns go, by their names. A column may have any name: also `constructor` and `__proto__`, which a record of valibot drops. A
 * list is none.
 */
export const Mapping: typeof ByName = {
  ...ByName,
  '~run'(dataset, config) {
    const given = dataset.value
    if (typeof given !== 'object' || given === null || Array.isArray(given))
      return ByName['~run']({ typed: false, value: null }, config)
    const marked = Object.entries(given).map(([name, target]) => [`=${name}`, target])
    const read = ByName['~run']({ typed: false, value: Object.fromEntries(marked) }, config)
    for (const { path } of read.issues ?? []) Object.assign(path![0], { key: String(path![0].key).slice(1) })
    if (!read.typed) return read
    return { ...read, value: Object.fromEntries(Object.entries(read.value).map(([name, to]) => [name.slice(1), to])) }
  },
}

export const ImportOptions = v.strictObject({
  mode: v.optional(ImportMode, 'upsert'),
  key: v.optional(ImportKey, 'email'),
  /** By the name of the column. What is not named goes by itself where the format knows how, as CSV does, and else is not imported; with none at all, columns go where their name says. */
  mapping: v.optional(Mapping),
  /** What an empty cell says of a known lead: nothing, or that there is nothing. */
  blanks: v.optional(v.picklist(['keep', 'clear'], 'Use keep or clear.'), 'keep'),
  /** What becomes of a row with a cell that cannot be read: it is refused, or goes in without that cell. Who it is about and what somebody agreed to is never left out. */
  faulty: v.optional(v.picklist(['refuse', 'leave'], 'Use refuse or leave.'), 'refuse'),
  /** Put on every lead that the import creates or finds. */
  tags: v.optional(v.pipe(v.array(TagName), v.maxLength(50, 'At most 50 tags.')), []),
  /** Says what would become of each row, and changes nothing. */
  dryRun: v.optional(v.boolean(), false),
})

/** What is imported, and how. */
export const ImportInput = v.strictObject({
  /** Of a file that was stored for an import. */
  fileId: Id,
  /** Found by looking at the file, unless told. */
  format: v.optional(v.string()),
  /** Of the format itself, as `encoding` is for CSV. */
  options: v.optional(v.record(v.string(), v.unknown()), {}),
  ...ImportOptions.entries,
})

export const ImportQuery = v.strictObject({ limit: Limit, cursor: v.optional(v.string()) })

export const ImportError = v.object({
  row: v.number(),
  line: v.number(),
  column: v.optional(v.string()),
  code: v.string(),
  detail: v.string(),
  /** The row went in, without this cell. */
  leftOut: v.optional(v.boolean()),
})

/** An import as it stands: its id is that of its job. `total` is null until the rows are counted. */
export const Import = v.object({
  id: Id,
  jobId: Id,
  /** The file's name. */
  name: v.string(),
  format: v.string(),
  status: Job.entries.status,
  mode: ImportMode,
  key: ImportKey,
  dryRun: v.boolean(),
  total: v.nullable(v.number()),
  created: v.number(),
  updated: v.number(),
  skipped: v.number(),
  failed: v.number(),
  /** Rows of those created or updated that went in without a cell that could not be read. */
  warnings: v.number(),
  ignoredColumns: v.array(v.string()),
  /** The first 100: refused rows before those that went in without a cell. Empty in a list. */
  errors: v.array(ImportError),
  /** Why all of it failed. */
  error: v.nullable(v.object({ code: v.string(), detail: v.string(), row: v.optional(v.number()) })),
  /** Who began it. */
  actor: Actor,
  createdAt: v.string(),
  finishedAt: v.nullable(v.string()),
  /** Null where it cannot be undone, or was; not where some were left alone, as they can be tried again. */
  undoUntil: v.nullable(v.string()),
  /** How its undo stands, the last one where there were several, with all that they restored; null where nobody asked for it. `leftAlone` says how many leads somebody changed since, `leads` who they are: the first 100, and nobody in a list. A yes that the file brought to those restored is voided, a no stays. */
  undo: v.nullable(
    v.object({
      jobId: Id,
      status: Job.entries.status,
      restored: v.number(),
      leftAlone: v.number(),
      leads: v.array(Id),
    }),
  ),
})

/** What will happen to a row, and who it was found to be. */
export const PreviewRow = v.object({
  row: v.number(),
  line: v.number(),
  values: v.array(v.string()),
  outcome: v.picklist(['created', 'updated', 'skipped', 'failed']),
  leadId: v.nullable(Id),
  /** What would be written: of a known lead before and after; of tags, notes and consents what is added. */
  changes: v.record(v.string(), v.tuple([v.unknown(), v.unknown()])),
  /** Whether it brings back a lead that is deleted. */
  restores: v.boolean(),
  error: v.nullable(ImportError),
})

/** A file before it is imported: its columns, and the first rows. */
export const ImportPreview = v.object({
  format: v.string(),
  /** Of the format, as they were given or found. */
  options: v.record(v.string(), v.unknown()),
  columns: v.array(v.string()),
  /** Where each column would go, as it was said or found. */
  mapping: Mapping,
  ignoredColumns: v.array(v.string()),
  rows: v.array(PreviewRow),
  error: v.nullable(v.object({ code: v.string(), detail: v.string(), row: v.optional(v.number()) })),
})

export type ImportKey = v.InferOutput<typeof ImportKey>
export type ImportMode = v.InferOutput<typeof ImportMode>
export type Target = v.InferOutput<typeof Target>
export type Mapping = v.InferOutput<typeof Mapping>
export type ImportOptions = v.InferOutput<typeof ImportOptions>
export type ImportInput = v.InferOutput<typeof ImportInput>
export type ImportQuery = v.InferOutput<typeof ImportQuery>
export type ImportError = v.InferOutput<typeof ImportError>
export type Import = v.InferOutput<typeof Import>
export type PreviewRow = v.InferOutput<typeof PreviewRow>
export type ImportPreview = v.InferOutput<typeof ImportPreview>
