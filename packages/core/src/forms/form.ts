import * as v from 'valibot'
import { PublishedWording, WordingInputs } from '../consents/wording.ts'
import { FieldKey } from '../fields/field.ts'
import { Id } from '../id.ts'
import { Language } from '../language.ts'
import { Retention } from '../privacy/retention.ts'
import { SpamSettings } from '../spam/settings.ts'

export const OwnFieldType = v.pipe(
  v.string(),
  v.regex(
    /^plugin:[a-z][a-z0-9-]{0,49}\/[a-z][a-z0-9_-]{0,49}$/,
    'Name a type of field, or one of a plugin: plugin:<id>/<name>.',
  ),
) as unknown as v.GenericSchema<`plugin:${string}`>

/** One of ours, or of a plugin, as in `plugin:acme/rating`. */
export const FieldType = v.union(
  [v.picklist(['text', 'email', 'tel', 'textarea', 'select', 'checkbox']), OwnFieldType],
  'Name a type of field, or one of a plugin: plugin:<id>/<name>.',
)

const Label = v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a label.'), v.maxLength(200, 'At most 200 characters.'))

const Option = v.strictObject({
  value: v.pipe(v.string(), v.nonEmpty('Give it a value.'), v.maxLength(200, 'At most 200 characters.')),
  label: Label,
})

/** One field of a form. `options` belong to a select; `autocomplete` is the HTML attribute's value. */
export const Field = v.strictObject({
  name: FieldKey,
  type: FieldType,
  label: Label,
  required: v.optional(v.boolean(), false),
  placeholder: v.optional(v.pipe(v.string(), v.maxLength(200, 'At most 200 characters.'))),
  help: v.optional(v.pipe(v.string(), v.maxLength(500, 'At most 500 characters.'))),
  autocomplete: v.optional(v.pipe(v.string(), v.maxLength(100, 'At most 100 characters.'))),
  options: v.optional(v.pipe(v.array(Option), v.maxLength(500, 'At most 500 options.'))),
  /** Of a field of a plugin: what that takes. */
  settings: v.optional(
    v.record(
      v.pipe(v.string(), v.maxLength(50)),
      v.union([v.pipe(v.string(), v.maxLength(500)), v.number(), v.boolean()]),
    ),
  ),
})

/** A field as a page is told of it. One of a plugin names the element that draws it, and the script (on this server) that defines that. */
export const PublishedField = v.strictObject({
  ...Field.entries,
  element: v.optional(v.string()),
  script: v.optional(v.string()),
  integrity: v.optional(v.string()),
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
  fields: v.array(PublishedField),
  /** Boxes that people tick, or not; those that are `required` have to be. */
  consents: v.array(PublishedWording),
  submitLabel: v.string(),
  successMessage: v.string(),
  /** How many zero bits a proof of work begins with, where the form asks for one. */
  proof: v.optional(v.number()),
})

/** A form as its workspace keeps it. `version` counts what visitors see; `minFillSeconds` is from the issue of the form token. */
export const Form = v.object({
  ...v.omit(PublishedForm, ['proof']).entries,
  fields: v.array(Field),
  minFillSeconds: v.number(),
  origins: v.array(v.string()),
  doubleOptIn: v.boolean(),
  spam: SpamSettings,
  retention: Retention,
  createdAt: v.string(),
  updatedAt: v.string(),
})

const Text = v.pipe(v.string(), v.trim(), v.nonEmpty('Write something.'), v.maxLength(500, 'At most 500 characters.'))

const settings = {
  name: Label,
  fields: v.pipe(
    v.array(Field),
    v.minLength(1, 'Ask at least one thing.'),
    v.maxLength(100, 'At most 100 fields.'),
    v.check((fields) => new Set(fields.map(({ name }) => name)).size === fields.length, 'Each name stands once.'),
    v.check(
      (fields) =>
        fields.every(({ type, options }) => (type === 'select') === (options !== undefined && options.length > 0)),
      'A select has options, and nothing else has any.',
    ),
  ),
  language: Language,
  /** Boxes that people tick, or not. Other words are another consent, under another id. */
  consents: WordingInputs,
  submitLabel: Label,
  successMessage: Text,
  minFillSeconds: v.pipe(
    v.number('Use whole seconds.'),
    v.integer('Use whole seconds.'),
    v.minValue(0, 'At least 0.'),
    v.maxValue(60, 'At most 60.'),
  ),
  /** Pages that may show and send it without a key, as in `https://www.example.com`. */
  origins: v.pipe(
    v.array(v.pipe(v.string(), v.maxLength(2048, 'At most 2048 characters.'))),
    v.maxLength(100, 'At most 100 sites.'),
  ),
  /** What visitors send waits until they follow a link that is sent to them. Needs an e-mail or a phone field. */
  doubleOptIn: v.boolean(),
  /** Of these too, what is named is changed. */
  spam: v.partial(SpamSettings),
  retention: v.partial(Retention),
}

const { name, fields, ...optional } = settings

/** A form to be: what it asks, under a slug that stays. */
export const NewForm = v.strictObject({ slug: FormSlug, name, fields, ...v.partial(v.object(optional)).entries })

/** What is named is changed; a form keeps its slug. */
export const FormPatch = v.partial(v.strictObject(settings))

export type OwnFieldType = v.InferOutput<typeof OwnFieldType>
export type PublishedField = v.InferOutput<typeof PublishedField>
export type Field = v.InferOutput<typeof Field>
export type PublishedForm = v.InferOutput<typeof PublishedForm>
export type Form = v.InferOutput<typeof Form>
export type NewForm = v.InferOutput<typeof NewForm>
export type FormPatch = v.InferOutput<typeof FormPatch>
