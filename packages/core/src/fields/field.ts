import * as v from 'valibot'
import { plain } from '../text.ts'

export const FieldType = v.picklist([
  'text',
  'long_text',
  'number',
  'date',
  'boolean',
  'select',
  'multi_select',
  'email',
  'phone',
  'url',
  'json',
])

/** What a key of a lead's `fields`, and a field of a form, may be called. */
export const FieldKey = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-zA-Z0-9_]{0,62}$/, 'Begin with a small letter; letters, digits and _ follow.'),
)

const Label = v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a label.'), v.maxLength(200, 'At most 200 characters.'))

const Options = v.pipe(
  v.array(
    v.strictObject({
      value: v.pipe(
        v.string(),
        v.transform(plain),
        v.nonEmpty('Give it a value.'),
        v.maxLength(200, 'At most 200 characters.'),
      ),
      label: Label,
    }),
  ),
  v.maxLength(500, 'At most 500 options.'),
  v.check((options) => new Set(options.map(({ value }) => value)).size === options.length, 'Each value stands once.'),
)

/** One of the workspace's own fields of a lead. `options` belong to select and multi_select. */
export const LeadField = v.object({
  key: FieldKey,
  label: v.string(),
  type: FieldType,
  options: v.array(v.object({ value: v.string(), label: v.string() })),
  archivedAt: v.nullable(v.string()),
  createdAt: v.string(),
})

export const LeadFieldInput = v.strictObject({
  key: FieldKey,
  label: Label,
  type: FieldType,
  options: v.optional(Options, []),
})

/** A field keeps its key and its type. An option that goes stays with the leads that have it. */
export const LeadFieldPatch = v.strictObject({
  label: v.optional(Label),
  options: v.optional(Options),
  archived: v.optional(v.boolean()),
})

export type LeadField = v.InferOutput<typeof LeadField>
export type LeadFieldInput = v.InferOutput<typeof LeadFieldInput>
export type LeadFieldPatch = v.InferOutput<typeof LeadFieldPatch>

/** The columns of a lead that a form's field may fill; no field of the workspace has such a name. */
export const leadColumnNames = ['email', 'phone', 'name', 'firstName', 'lastName', 'company', 'externalId'] as const
