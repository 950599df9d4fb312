import { EventType, Id, page } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { HeaderName, HeaderValue } from './headers.ts'

const nouns = [...new Set(EventType.options.map((type) => type.split('.')[0]!))]

/** A type of event, all of a noun, or everything. */
const Types = v.pipe(
  v.array(
    v.picklist(
      ['*', ...nouns.map((noun) => `${noun}.*`), ...EventType.options],
      'Name types of events such as lead.created, groups such as lead.*, or * for all.',
    ),
  ),
  v.minLength(1, 'Name at least one type, or * for all.'),
  v.maxLength(100, 'At most 100.'),
)

const text = (max: number) => v.pipe(v.string(), v.trim(), v.maxLength(max, `At most ${max} characters.`))

const Changed = v.pipe(
  v.array(
    v.pipe(
      v.string(),
      v.regex(/^(fields\.)?\w{1,63}$/, 'Name fields of a lead such as stage, or fields.plan for one of your own.'),
    ),
  ),
  v.maxLength(50, 'At most 50.'),
)

const asked = {
  url: text(2000),
  description: text(500),
  types: Types,
  /** Of `lead.updated`, only those where one of these is different. Nothing is every change. */
  changed: Changed,
  /** Only what happened to leads that match, as they are when it is told. */
  filter: text(4000),
  enabled: v.boolean(),
  payloadVersion: v.literal(1, 'There is version 1.'),
}

export const WebhookEndpointInput = v.strictObject({
  url: asked.url,
  description: v.optional(asked.description, ''),
  types: v.optional(asked.types, ['*']),
  changed: v.optional(asked.changed, []),
  filter: v.optional(asked.filter, ''),
  /** Sent along, as for a password of the receiver; they are stored sealed and not shown again. */
  headers: v.optional(v.pipe(v.record(HeaderName, HeaderValue), fewHeaders()), {}),
  enabled: v.optional(asked.enabled, true),
  payloadVersion: v.optional(asked.payloadVersion, 1),
})

/** What is named is changed; of headers, `null` removes one. A `url` of another origin removes all that are not given with it. */
export const WebhookEndpointPatch = v.strictObject({
  ...v.partial(v.strictObject(asked)).entries,
  headers: v.optional(v.pipe(v.record(HeaderName, v.nullable(HeaderValue)), fewHeaders())),
})

function fewHeaders<Headers extends Record<string, string | null>>() {
  return v.check<Headers, string>((headers) => Object.keys(headers).length <= 20, 'At most 20 headers.')
}

export const DisabledReason = v.picklist(['by_hand', 'gone', 'failing'])

/** Where webhooks go. Its secret is shown when it is made, and when it is rotated. */
export const WebhookEndpoint = v.object({
  id: Id,
  url: v.string(),
  description: v.string(),
  types: v.array(v.string()),
  changed: v.array(v.string()),
  filter: v.string(),
  headerNames: v.array(v.string()),
  payloadVersion: v.number(),
  enabled: v.boolean(),
  /** `gone`: it answered 410. `failing`: it took nothing for three days. */
  disabledReason: v.nullable(DisabledReason),
  disabledAt: v.nullable(v.string()),
  /** Nothing was taken since then. */
  failingSince: v.nullable(v.string()),
  /** Nothing is sent until then, for it could not be reached or asked for patience. */
  pausedUntil: v.nullable(v.string()),
  /** Until then everything is also signed with the secret that was replaced last; each one is for 24 hours. */
  previousSecretUntil: v.nullable(v.string()),
  createdAt: v.string(),
  updatedAt: v.string(),
})

export const NewWebhookEndpoint = v.object({ ...WebhookEndpoint.entries, secret: v.string() })
export const WebhookEndpointPage = page(WebhookEndpoint)

export type WebhookEndpoint = v.InferOutput<typeof WebhookEndpoint>
export type NewWebhookEndpoint = v.InferOutput<typeof NewWebhookEndpoint>
export type WebhookEndpointInput = v.InferOutput<typeof WebhookEndpointInput>
export type WebhookEndpointPatch = v.InferOutput<typeof WebhookEndpointPatch>
