import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import { firstIdAt, isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Message } from './message.ts'
import { messageColumns, ofMessages, orNotFound, readMessage, shown } from './statements.ts'

/** Throws `not_found`. */
export function getMessage(core: Core, workspaceId: string, id: string): Promise<Message> {
  return core.inWorkspace(workspaceId, async (tx) => shown(orNotFound(await readMessage(tx, workspaceId, id))))
}

/** What a lead wrote and was written since then, newest first, a hundred at most. */
export async function listMessagesOf(core: Core, workspaceId: string, leadId: string, since: Date): Promise<Message[]> {
  if (!isId(leadId)) return []
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<Message>(sql`
      select ${messageColumns} from ${ofMessages}
      where m.workspace_id = ${workspaceId} and c.workspace_id = ${workspaceId} and c.lead_id = ${leadId} and m.id >= ${firstIdAt(since)}
      order by m.id desc limit 100`),
  )
}

/** The messages of a conversation, newest first. Throws `not_found`, `invalid_cursor`. */
export async function listMessages(
  core: Core,
  workspaceId: string,
  conversationId: string,
  { limit = 50, cursor }: { limit?: number; cursor?: string | undefined } = {},
) {
  const list = `${workspaceId} messages ${conversationId}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  return core.inWorkspace(workspaceId, async (tx) => {
    const [there] = isId(conversationId)
      ? await tx.query(
          sql`select 1 as present from conversations where workspace_id = ${workspaceId} and id = ${conversationId}`,
        )
      : []
    if (!there) throw notFound('conversation')
    const messages = await tx.query<Message>(sql`
      select ${messageColumns} from ${ofMessages}
      where m.workspace_id = ${workspaceId} and m.conversation_id = ${conversationId} ${before ? sql`and m.id < ${before}` : sql``}
      order by m.id desc limit ${limit + 1}`)
    return toPage(messages, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
  })
}
