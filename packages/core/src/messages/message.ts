import * as v from 'valibot'
import { Channel, Purpose } from '../consents/wording.ts'
import { Actor } from '../events/event.ts'
import { Id } from '../id.ts'
import { Time } from '../time.ts'

/**
 * How far a message is. `queued` leaves as soon as it can, `scheduled` when its time comes, `sending` is with the provider,
 * `unknown` may be: the answer was lost, and it is never sent again by itself.
 */
export const MessageStatus = v.picklist([
  'received',
  'queued',
  'scheduled',
  'sending',
  'unknown',
  'sent',
  'failed',
  'undelivered',
  'delivered',
  'cancelled',
])

/** Something that was written, by us or by them. */
export const Message = v.object({
  id: Id,
  conversationId: Id,
  leadId: v.nullable(Id),
  channel: v.string(),
  direction: v.picklist(['in', 'out']),
  status: MessageStatus,
  /** Theirs. */
  address: v.string(),
  /** Our own number or account; null while the provider chooses one. */
  sender: v.nullable(v.string()),
  subject: v.nullable(v.string()),
  body: v.string(),
  /** Of a file that came in, `fileId` says that it is kept here (`/v1/messages/:id/media/:index`), and `problem` why it is not. */
  media: v.array(
    v.object({
      url: v.string(),
      type: v.nullable(v.string()),
      name: v.nullable(v.string()),
      fileId: v.optional(Id),
      problem: v.optional(v.string()),
    }),
  ),
  purpose: v.nullable(v.string()),
  templateId: v.nullable(Id),
  /** Why it did not arrive: a code of ours, as `suppressed`, or of the provider, as `21211`. */
  error: v.nullable(v.object({ code: v.string(), detail: v.nullable(v.string()) })),
  /** What it was taken for. */
  optOut: v.nullable(v.picklist(['stop', 'start', 'help'])),
  segments: v.nullable(v.number()),
  encoding: v.nullable(v.string()),
  cost: v.nullable(v.object({ amount: v.number(), currency: v.string() })),
  sendAt: v.nullable(v.string()),
  /** When it will leave, while it waits. */
  dueAt: v.nullable(v.string()),
  actor: Actor,
  source: v.string(),
  createdAt: v.string(),
  sentAt: v.nullable(v.string()),
  deliveredAt: v.nullable(v.string()),
  failedAt: v.nullable(v.string()),
})

const Url = v.pipe(
  v.string(),
  v.maxLength(2000, 'At most 2,000 characters.'),
  v.check((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'Write an http or https address.'),
)

export const MessageBody = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Write something.'),
  v.maxLength(50_000, 'At most 50,000 characters.'),
)

export const messageEntries = {
  channel: Channel,
  /** Sent as it is. */
  body: v.optional(MessageBody),
  /** The id of a template, in the place of a body: it is filled in when the message leaves. */
  template: v.optional(Id),
  subject: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty('Write a subject.'), v.maxLength(500))),
  mediaUrls: v.optional(v.pipe(v.array(Url), v.maxLength(50, 'At most 50 files.')), []),
  /** At once unless told; a year ahead at most. */
  sendAt: v.optional(Time),
  /** One of the channel's senders; the one that they last wrote to unless told. */
  sender: v.optional(v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(320))),
  /** For what it is: a no to this purpose stops it. Where nobody says, any no on the channel does. */
  purpose: v.optional(Purpose),
}

export const MessageInput = v.pipe(
  v.strictObject({
    ...messageEntries,
    /** One of the lead's conversations: it goes to the address that is spoken to there, else to the lead's own. */
    conversationId: v.optional(Id),
  }),
  v.forward(
    v.partialCheck(
      [['body'], ['template']],
      ({ body, template }) => (body === undefined) !== (template === undefined),
      'Write a body, or name a template.',
    ),
    ['body'],
  ),
)

export type Message = v.InferOutput<typeof Message>
export type MessageStatus = Message['status']
/** What a caller writes. */
export type MessageInput = v.InferInput<typeof MessageInput>
export type CheckedMessage = v.InferOutput<typeof MessageInput>
