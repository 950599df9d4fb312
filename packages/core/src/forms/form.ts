import * as v from 'valibot'
import { FieldKey } from '../fields/field.ts'
import { Id } from '../id.ts'

export const FieldType = v.picklist(['text', 'email', 'tel', 'textarea', 'select', 'checkbox'])

/** One field of a form. `options` belong to a select; `autocomplete` is the HTML attribute's value. */
export const Field = v.strictObject({
  name: FieldKey,
  type: FieldType,
  label: v.pipe(v.string(), v.nonEmpty(), v.maxLength(200)),
  required: v.optional(v.boolean(), false),
  placeholder: v.optional(v.pipe(v.string(), v.maxLength(200))),
  help: v.optional(v.pipe(v.string(), v.maxLength(500))),
  autocomplete: v.optional(v.pipe(v.string(), v.maxLength(100))),
  options: v.optional(
    v.array(
      v.strictObject({ value: v.pipe(v.string(), v.maxLength(200)), label: v.pipe(v.string(), v.maxLength(200)) }),
    ),
  ),
})

export const FormSlug = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'Use small letters, digits and hyphens.'),
)

/** What a widget needs to draw a form, and what anybody may read of it. */
export const PublishedForm = v.object({
  id: Id,
  slug: FormSlug,
  name: v.string(),
  version: v.number(),
  language: v.string(),
  fields: v.array(Field),
  submitLabel: v.string(),
  successMessage: v.string(),
})

/** A form as its workspace keeps it. `minFillSeconds` counts from the issue of the form token. */
export const Form = v.object({
  ...PublishedForm.entries,
  minFillSeconds: v.number(),
  origins: v.array(v.string()),
  createdAt: v.string(),
  updatedAt: v.string(),
})

export type Field = v.InferOutput<typeof Field>
export type PublishedForm = v.InferOutput<typeof PublishedForm>
export type Form = v.InferOutput<typeof Form>
