import * as v from 'valibot'
import { ExportInput } from '../exports/export.ts'
import { Id } from '../id.ts'
import { FilterText, Lead, LeadPatch, SearchText } from '../leads/lead.ts'
import { messageEntries } from '../messages/message.ts'
import { ErasureInput } from '../privacy/erasure.ts'
import { TagName } from '../tags/tag.ts'

const Names = v.optional(v.pipe(v.array(TagName), v.maxLength(50, 'At most 50 tags.')), [])

const Action = v.variant('type', [
  v.strictObject({ type: v.literal('tag'), add: Names, remove: Names }),
  v.strictObject({ type: v.literal('assign'), ownerId: v.nullable(Id) }),
  v.strictObject({ type: v.literal('move'), stage: v.string(), lostReason: LeadPatch.entries.lostReason }),
  v.strictObject({ type: v.literal('delete') }),
  v.strictObject({ type: v.literal('merge') }),
  /** To each who can be reached; who opted out is passed over. */
  v.strictObject({
    type: v.literal('message'),
    ...v.omit(v.strictObject(messageEntries), ['mediaUrls']).entries,
  }),
  /** Into a file, as an export; whoever asks needs privacy:read. */
  v.strictObject({ type: v.literal('export'), ...v.pick(ExportInput, ['format', 'columns', 'options']).entries }),
  /** For ever; whoever asks needs privacy:write. */
  v.strictObject({ type: v.literal('erase'), ...ErasureInput.entries }),
  /** An action of a plugin, by its id and the action's name; it may ask for another scope. */
  v.strictObject({
    type: v.literal('plugin'),
    plugin: v.string(),
    action: v.string(),
    input: v.optional(v.record(v.string(), v.unknown()), {}),
  }),
])

/** Which leads, in exactly one way, and what is done to each. */
export const BulkInput = v.strictObject({
  /** These hold together where there are several, as in a list. */
  filter: v.optional(FilterText),
  q: v.optional(SearchText),
  segment: v.optional(v.string()),
  ids: v.optional(
    v.pipe(v.array(Id), v.minLength(1, 'Name at least one lead.'), v.maxLength(1000, 'At most 1,000 ids.')),
  ),
  /** Every lead of the workspace. */
  all: v.optional(v.literal(true)),
  action: Action,
  /** Says how many leads it would be, and changes nothing. */
  dryRun: v.optional(v.boolean(), false),
})

/** What a bulk change would be about: how many leads, and up to five of them. */
export const BulkPreview = v.object({ matched: v.number(), sample: v.array(Lead) })

export type BulkInput = v.InferOutput<typeof BulkInput>
export type BulkAction = BulkInput['action']
export type BulkPreview = v.InferOutput<typeof BulkPreview>
