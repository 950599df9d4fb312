import * as v from 'valibot'
import { Limit } from '../endpoint.ts'
import { Actor } from '../events/event.ts'
import { FormSlug } from '../forms/form.ts'
import { Id } from '../id.ts'

const short = v.pipe(v.string(), v.maxLength(500, 'At most 500 characters.'))
const url = v.pipe(v.string(), v.maxLength(2048, 'At most 2048 characters.'))

/** Where a visitor came from: campaign parameters, click ids of ad networks, and the pages. */
export const Attribution = v.strictObject({
  utmSource: v.optional(short),
  utmMedium: v.optional(short),
  utmCampaign: v.optional(short),
  utmTerm: v.optional(short),
  utmContent: v.optional(short),
  utmId: v.optional(short),
  gclid: v.optional(short),
  dclid: v.optional(short),
  gbraid: v.optional(short),
  wbraid: v.optional(short),
  fbclid: v.optional(short),
  msclkid: v.optional(short),
  ttclid: v.optional(short),
  referrer: v.optional(url),
  landingPage: v.optional(url),
})

const FieldValue = v.nullable(
  v.union(
    [
      v.pipe(
        v.string(),
        v.check((text) => Buffer.byteLength(text) <= 8192, 'At most 8 KiB.'),
      ),
      v.boolean(),
      v.number(),
    ],
    'Send text, a number, true or false.',
  ),
)

const Consents = v.array(
  v.strictObject({
    channel: v.pipe(v.string(), v.nonEmpty(), v.maxLength(50)),
    purpose: v.pipe(v.string(), v.nonEmpty(), v.maxLength(100)),
    wordingId: v.pipe(v.string(), v.nonEmpty(), v.maxLength(100)),
  }),
)

/** What a visitor sends. `trap` is a field people cannot see; `token` came with the form's definition. */
export const SubmissionInput = v.strictObject({
  fields: v.pipe(
    v.record(v.string(), FieldValue),
    v.check((fields) => Object.keys(fields).length <= 100, 'At most 100 fields.'),
  ),
  token: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  trap: v.optional(v.pipe(v.string(), v.maxLength(8192))),
  proof: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  attribution: v.optional(Attribution),
  consents: v.optional(v.pipe(Consents, v.maxLength(20))),
  test: v.optional(v.boolean()),
})

/** `held`: stored, but it waits for a person. `receipt` is a signed token that says so, and of what. */
export const SubmissionResult = v.object({
  id: Id,
  status: v.picklist(['accepted', 'held']),
  receipt: v.string(),
})

/** What a plugin did before a submission was stored. `failed`: it went on without the plugin. */
const Hooked = v.object({
  plugin: v.string(),
  changed: v.optional(v.array(v.string())),
  held: v.optional(v.string()),
  failed: v.optional(v.string()),
})

/** One act of sending a form, as it was stored. */
export const Submission = v.object({
  id: Id,
  formId: Id,
  formName: v.string(),
  leadId: v.nullable(Id),
  verdict: v.picklist(['accepted', 'held', 'spam']),
  reasons: v.array(v.string()),
  fields: v.record(v.string(), FieldValue),
  attribution: v.nullable(Attribution),
  consents: v.nullable(Consents),
  test: v.boolean(),
  createdAt: v.string(),
  releasedAt: v.nullable(v.string()),
  releasedBy: v.nullable(Actor),
  /** What plugins did before it was stored: which fields each changed, why it was held, or how it failed. */
  hooked: v.array(Hooked),
})

/** Which submissions a list has. */
export const SubmissionQuery = v.strictObject({
  limit: Limit,
  cursor: v.optional(v.string()),
  verdict: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(',').map((one) => one.trim())),
      v.array(v.picklist(['accepted', 'held', 'spam'], 'Use accepted, held or spam.')),
    ),
  ),
  form: v.optional(v.union([Id, FormSlug], 'Give the slug or the id of a form.')),
  lead: v.optional(Id),
})

/** Some submissions of a list. */
export const SubmissionIds = v.strictObject({
  ids: v.pipe(v.array(Id), v.minLength(1, 'Name at least one.'), v.maxLength(200, 'At most 200.')),
})

export type Hooked = v.InferOutput<typeof Hooked>
export type Submission = v.InferOutput<typeof Submission>
export type SubmissionQuery = v.InferOutput<typeof SubmissionQuery>
export type Attribution = v.InferOutput<typeof Attribution>
export type SubmissionInput = v.InferOutput<typeof SubmissionInput>
export type SubmissionResult = v.InferOutput<typeof SubmissionResult>
