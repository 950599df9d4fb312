import * as v from 'valibot'
import { Limit } from '../endpoint.ts'
import { Id } from '../id.ts'
import { MessageStatus } from '../messages/message.ts'
import { Time } from '../time.ts'

/** What is said between the workspace and one person on one channel. */
export const Conversation = v.object({
  id: Id,
  /** Null while nobody knows who it is. */
  leadId: v.nullable(Id),
  leadName: v.nullable(v.string()),
  channel: v.string(),
  /** Theirs. */
  address: v.string(),
  /** Our own number or account, that they last wrote to. */
  sender: v.nullable(v.string()),
  status: v.picklist(['open', 'closed']),
  ownerId: v.nullable(Id),
  snoozedUntil: v.nullable(v.string()),
  unread: v.number(),
  lastMessage: v.nullable(
    v.object({ id: Id, direction: v.picklist(['in', 'out']), status: MessageStatus, body: v.string() }),
  ),
  lastMessageAt: v.string(),
  createdAt: v.string(),
})

export const ConversationQuery = v.strictObject({
  limit: Limit,
  cursor: v.optional(v.string()),
  channel: v.optional(v.string()),
  /** The id of a lead. */
  lead: v.optional(v.string()),
  /** The id of a member, or `none`. */
  owner: v.optional(v.string()),
  /** `open` has no snoozed ones. */
  status: v.optional(v.picklist(['open', 'closed', 'snoozed'], 'Use open, closed or snoozed.')),
  unread: v.optional(v.picklist(['true', 'false'], 'Use true or false.')),
})

export const ConversationPatch = v.strictObject({
  status: v.optional(v.picklist(['open', 'closed'], 'Use open or closed.')),
  ownerId: v.optional(v.nullable(Id)),
  /** Out of the list of open ones until then, or until they write. */
  snoozedUntil: v.optional(v.nullable(Time)),
  read: v.optional(v.boolean()),
})

export type Conversation = v.InferOutput<typeof Conversation>
export type ConversationQuery = v.InferOutput<typeof ConversationQuery>
export type ConversationPatch = v.InferOutput<typeof ConversationPatch>
