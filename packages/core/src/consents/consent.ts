import * as v from 'valibot'
import { Actor } from '../events/event.ts'
import { Id } from '../id.ts'
import { Language } from '../language.ts'
import { ReasonText } from '../suppressions/suppression.ts'
import { Time } from '../time.ts'
import { Channel, Purpose, WordingText } from './wording.ts'

/** An entry of the ledger, as it was written. */
export const Consent = v.object({
  id: Id,
  leadId: Id,
  /** `lifted`: an act of the person by which an earlier no does not stand any more. `voided`: a yes that was written down by mistake. */
  kind: v.picklist(['granted', 'revoked', 'lifted', 'voided', 'erased']),
  channel: v.nullable(v.string()),
  /** Null is every purpose of the channel. */
  purpose: v.nullable(v.string()),
  wording: v.nullable(v.object({ id: v.nullable(Id), text: v.string(), hash: v.string(), language: v.string() })),
  /** `double`: the person followed a link that was sent to the address. */
  step: v.nullable(v.picklist(['single', 'double'])),
  address: v.nullable(v.string()),
  page: v.nullable(v.string()),
  formId: v.nullable(Id),
  submissionId: v.nullable(Id),
  reason: v.nullable(v.string()),
  actor: Actor,
  source: v.string(),
  /** When the person said it; `recordedAt` is when it was written down. */
  at: v.string(),
  recordedAt: v.string(),
  /** SHA-256 of salt and payload, in hex; the chain is made of these. */
  commitment: v.string(),
  /** The row of the chain; null for the seconds until it is sealed. */
  seq: v.nullable(v.number()),
  /** Of a yes that never counted, as the import that brought it was taken back: since when that is known. */
  voidedAt: v.nullable(v.string()),
})

/** How things stand for one purpose of one channel. */
export const ConsentState = v.object({
  channel: v.string(),
  purpose: v.nullable(v.string()),
  status: v.picklist(['granted', 'revoked', 'none']),
  /** Whether nothing may be sent: a no stands, whatever was granted since. */
  suppressed: v.boolean(),
  since: v.nullable(v.string()),
})

export const ConsentPage = v.object({
  data: v.array(Consent),
  state: v.array(ConsentState),
  nextCursor: v.nullable(v.string()),
})

/** What somebody writes down that a person said. A grant names the words; a revocation without a purpose is for all. */
export const ConsentInput = v.pipe(
  v.strictObject({
    action: v.picklist(['grant', 'revoke'], 'Use grant or revoke.'),
    channel: Channel,
    purpose: v.optional(v.nullable(Purpose), null),
    wordingId: v.optional(v.pipe(v.string(), v.maxLength(100))),
    wording: v.optional(v.strictObject({ text: WordingText, language: v.optional(Language, 'en') })),
    page: v.optional(v.pipe(v.string(), v.maxLength(2048, 'At most 2048 characters.'))),
    reason: v.optional(v.nullable(ReasonText), null),
    at: v.optional(Time),
  }),
  v.forward(
    v.partialCheck(
      [['action'], ['purpose']],
      ({ action, purpose }) => action === 'revoke' || purpose !== null,
      'Say for what it was granted.',
    ),
    ['purpose'],
  ),
  v.forward(
    v.partialCheck(
      [['action'], ['wordingId'], ['wording']],
      ({ action, wordingId, wording }) => action === 'revoke' || wordingId !== undefined || wording !== undefined,
      'Send the words that were agreed to, or the wordingId of a form’s.',
    ),
    ['wording'],
  ),
  v.forward(
    v.partialCheck(
      [['wordingId'], ['wording']],
      ({ wordingId, wording }) => wordingId === undefined || wording === undefined,
      'Send one of wordingId and wording.',
    ),
    ['wordingId'],
  ),
)

export type Consent = v.InferOutput<typeof Consent>
export type ConsentState = v.InferOutput<typeof ConsentState>
export type ConsentPage = v.InferOutput<typeof ConsentPage>
export type ConsentInput = v.InferOutput<typeof ConsentInput>
