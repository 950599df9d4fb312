import type { Media } from '../channels/channel.ts'
import { notFound } from '../errors.ts'
import type { By, EventType } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Message, MessageStatus } from './message.ts'

/** Of `messages m join conversations c`. */
export const messageColumns = sql`
  m.id, m.conversation_id, c.lead_id, m.channel, m.direction, m.status, m.address, m.sender, m.subject, m.body, m.media, m.purpose,
  m.template_id, m.error, m.opt_out, m.segments, m.encoding, m.cost, m.send_at,
  case when m.status in ('queued', 'scheduled') then m.due_at end as due_at,
  m.actor, m.source, m.created_at, m.sent_at, m.delivered_at, m.failed_at`

export const ofMessages = sql`messages m join conversations c on c.workspace_id = m.workspace_id and c.id = m.conversation_id`

/** A message with what only sending needs. */
export interface MessageRow extends Message {
  providerId: string | null
  attempts: number
  claimedAt: string | null
  slot: string | null
}

/** Undefined where there is none; what is no id is answered like an unknown one. */
export async function readMessage(tx: Tx, workspaceId: string, id: string): Promise<MessageRow | undefined> {
  const [message] = isId(id)
    ? await tx.query<MessageRow>(sql`
        select ${messageColumns}, m.provider_id, m.attempts, m.claimed_at, m.slot from ${ofMessages}
        where m.workspace_id = ${workspaceId} and m.id = ${id}`)
    : []
  return message
}

/** Holds it until the end of the transaction. */
export async function lockMessage(tx: Tx, workspaceId: string, id: string): Promise<MessageRow | undefined> {
  if (!isId(id)) return undefined
  await tx.query(sql`select 1 as held from messages where workspace_id = ${workspaceId} and id = ${id} for update`)
  return readMessage(tx, workspaceId, id)
}

export function orNotFound<Row>(message: Row | undefined): Row {
  if (!message) throw notFound('message')
  return message
}

/** What a route shows: no more than the contract says. */
export function shown({ providerId: _, attempts: __, claimedAt: ___, slot: ____, ...message }: MessageRow): Message {
  return message
}

export const mediaOf = (media: readonly Media[] = []): Message['media'] =>
  media.map(({ url, type = null, name = null }) => ({ url, type, name }))

/** Sends it at its time, at once unless told. */
export function scheduleSend(
  tx: Tx,
  workspaceId: string,
  messageId: string,
  { at }: { at?: Date | string } = {},
): Promise<void> {
  return addJob(tx, 'send_message', { workspaceId, messageId }, { key: `send ${messageId}`, ...(at && { at }) })
}

const types: Partial<Record<MessageStatus, EventType>> = {
  received: 'message.received',
  queued: 'message.queued',
  scheduled: 'message.queued',
  unknown: 'message.unknown',
  sent: 'message.sent',
  delivered: 'message.delivered',
  undelivered: 'message.failed',
  failed: 'message.failed',
  cancelled: 'message.cancelled',
}

/** Tells what a message came to. The event does not repeat its words, so that what is erased is gone. */
export async function tellOfMessage(
  tx: Tx,
  workspaceId: string,
  message: Pick<Message, 'id' | 'conversationId' | 'leadId' | 'channel' | 'status' | 'error'> & { more?: object },
  by: By,
  at: Date,
): Promise<void> {
  const { id, conversationId, leadId, channel, status, error, more } = message
  const type = types[status]
  if (!type) return
  const data = { messageId: id, conversationId, channel, status, ...(error && { code: error.code }), ...more }
  await recordEvents(tx, workspaceId, [newEvent({ type, leadId, ...by, data, at })])
}
