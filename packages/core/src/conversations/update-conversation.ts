import type { Core } from '../core.ts'
import { changesIn } from '../events/changes.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import { checkMember } from '../leads/place-lead.ts'
import { sql } from '../postgres/sql.ts'
import type { Conversation, ConversationPatch } from './conversation.ts'
import { readConversation } from './list-conversations.ts'

/**
 * Hands a conversation to a member, puts it off, closes or opens it, marks it as read. What changes nothing writes nothing. Throws
 * `not_found`, `unknown_reference` at `ownerId`.
 */
export function updateConversation(
  core: Core,
  workspaceId: string,
  id: string,
  { read, ...patch }: ConversationPatch,
  by: By,
): Promise<Conversation> {
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    if (isId(id))
      await tx.query(
        sql`select 1 as held from conversations where workspace_id = ${workspaceId} and id = ${id} for update`,
      )
    const before = await readConversation(tx, workspaceId, id)
    if (patch.ownerId && patch.ownerId !== before.ownerId) await checkMember(tx, workspaceId, patch.ownerId)
    const unread = read === undefined ? before.unread : read ? 0 : Math.max(1, before.unread)
    const after = { ...before, ...patch, unread }
    const changes = changesIn(before, after, ['status', 'ownerId', 'snoozedUntil', 'unread'])
    if (Object.keys(changes).length === 0) return before
    await tx.query(sql`
      update conversations set status = ${after.status}, owner_id = ${after.ownerId}, snoozed_until = ${after.snoozedUntil}, unread = ${unread}
      where workspace_id = ${workspaceId} and id = ${before.id}`)
    const data = { conversationId: before.id, channel: before.channel, changes }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'conversation.updated', leadId: before.leadId, ...by, data, at }),
    ])
    return after
  })
}
