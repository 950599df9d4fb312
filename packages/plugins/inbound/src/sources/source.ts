import { Id, page } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { Mapping } from '../payloads/mapping.ts'

/** `json` is Zapier, and whatever else can send JSON. */
export const kinds = ['typeform', 'meta', 'json'] as const
export const Kind = v.picklist(kinds, 'Use typeform, meta or json.')

export const SourceName = v.pipe(
  v.string('Give it a name.'),
  v.trim(),
  v.nonEmpty('Give it a name.'),
  v.maxLength(100, 'At most 100 characters.'),
  v.title('Name'),
)

export const Secret = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{16,500}$/, 'Use 16 to 500 characters, without spaces.'),
  v.title('Secret'),
  v.description('Of Meta: the app’s secret. Of Typeform and JSON: made for you where you leave it empty.'),
  v.metadata({ secret: true }),
)

export const AccessToken = v.pipe(
  v.string(),
  v.regex(/^[\x21-\x7e]{16,1000}$/, 'Use 16 to 1,000 characters, without spaces.'),
  v.title('Page token'),
  v.description('Meta only: a page access token that may read leads (leads_retrieval).'),
  v.metadata({ secret: true }),
)

export const InboundSourceInput = v.strictObject({
  name: SourceName,
  kind: Kind,
  /** By its slug or id. */
  form: v.pipe(v.string(), v.maxLength(64)),
  mapping: v.optional(Mapping, {}),
  secret: v.optional(Secret),
  accessToken: v.optional(AccessToken),
  enabled: v.optional(v.boolean(), true),
})

export const InboundSourcePatch = v.strictObject({
  name: v.optional(SourceName),
  form: v.optional(v.pipe(v.string(), v.maxLength(64))),
  mapping: v.optional(Mapping),
  secret: v.optional(Secret),
  accessToken: v.optional(AccessToken),
  enabled: v.optional(v.boolean()),
})

/** Somewhere that calls, and what its calls become. */
export const InboundSource = v.object({
  id: Id,
  name: v.string(),
  kind: Kind,
  formId: Id,
  /** Where it calls. */
  url: v.string(),
  /** By fields of the form, and `attribution.…`: what of a call they are. Empty: they are found by their names. */
  mapping: Mapping,
  enabled: v.boolean(),
  lastSeenAt: v.nullable(v.string()),
  /** Why the last call became nothing; null where it did. */
  lastError: v.nullable(v.string()),
  createdAt: v.string(),
  updatedAt: v.string(),
})

/** `verifyToken` is what Meta is told when the hook is set up. */
export const NewInboundSource = v.object({
  ...InboundSource.entries,
  secret: v.string(),
  verifyToken: v.nullable(v.string()),
})
export const InboundSourcePage = page(InboundSource)

export type Kind = v.InferOutput<typeof Kind>
export type InboundSource = v.InferOutput<typeof InboundSource>
export type NewInboundSource = v.InferOutput<typeof NewInboundSource>
export type InboundSourceInput = v.InferOutput<typeof InboundSourceInput>
export type InboundSourcePatch = v.InferOutput<typeof InboundSourcePatch>
