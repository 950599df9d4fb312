import type { ReadyChannel } from '../channels/find-channel.ts'
import { conversationWith, holdAddress } from '../conversations/statements.ts'
import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { chooseSender, measureOn } from './check-message.ts'
import { assertAllowed } from './sendable.ts'
import { type MessageRow, mediaOf, readMessage, scheduleSend, tellOfMessage } from './statements.ts'

export interface Queued {
  address: string
  leadId: string | null
  /** The one that is answered, where there are several with this address. */
  conversationId?: string | undefined
  body: string
  templateId?: string | null
  subject?: string | null
  mediaUrls?: string[]
  sendAt?: string | undefined
  sender?: string | undefined
  purpose?: string | undefined
}

/**
 * Stores a message that is to leave, in its conversation, with its job and its event. Throws `suppressed`. Whoever calls has
 * checked it against the channel.
 */
export async function queueMessage(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, turn }: ReadyChannel,
  message: Queued,
  by: By,
): Promise<MessageRow> {
  const {
    address,
    leadId,
    conversationId,
    body,
    subject = null,
    mediaUrls = [],
    sendAt = null,
    templateId = null,
  } = message
  const { settings } = turn.context
  const at = core.now()
  await holdAddress(tx, workspaceId, channel.id, address)
  const person = { channel: channel.id, address, leadId }
  const conversation = await conversationWith(tx, workspaceId, { ...person, id: conversationId }, at)
  const sender = chooseSender(channel, settings, { asked: message.sender, last: conversation.sender })
  const purpose = message.purpose ?? channel.purposeDefault ?? null
  await assertAllowed(core, tx, workspaceId, { channel: channel.id, address, leadId, purpose, sender })

  const {
    segments = null,
    encoding = null,
    cost = null,
  } = measureOn(core, channel, body, { media: mediaUrls.length, settings }) ?? {}
  const wait = sendAt ? Date.parse(sendAt) - at.getTime() : 0
  const status = wait > 0 ? 'scheduled' : 'queued'
  const dueAt = wait > 0 ? sendAt : at
  const id = newId(at.getTime())
  const media = mediaOf(mediaUrls.map((url) => ({ url })))
  await tx.query(sql`
    insert into messages (
      workspace_id, id, conversation_id, channel, direction, status, address, sender, subject, body, media, purpose, template_id, segments,
      encoding, cost, send_at, due_at, actor, source, created_at
    ) values (
      ${workspaceId}, ${id}, ${conversation.id}, ${channel.id}, 'out', ${status}, ${address}, ${sender}, ${subject}, ${body},
      ${JSON.stringify(media)}, ${purpose}, ${templateId}, ${segments}, ${encoding}, ${cost && JSON.stringify(cost)}, ${sendAt}, ${dueAt},
      ${JSON.stringify(by.actor)}, ${by.source}, ${at}
    )`)
  await tx.query(sql`
    update conversations set last_message_id = ${id}, last_message_at = ${at}
    where workspace_id = ${workspaceId} and id = ${conversation.id}`)
  await scheduleSend(tx, workspaceId, id, wait > 0 ? { at: sendAt! } : {})
  const stored = (await readMessage(tx, workspaceId, id))!
  await tellOfMessage(tx, workspaceId, stored, by, at)
  return stored
}
