import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Conversation, ConversationQuery } from './conversation.ts'

const columns = sql`
  c.id, c.lead_id, l.name as lead_name, c.channel, c.address, c.sender, c.status, c.owner_id, c.snoozed_until, c.unread,
  case when m.id is not null then
    json_build_object('id', m.id, 'direction', m.direction, 'status', m.status, 'body', left(m.body, 200))
  end as last_message,
  c.last_message_at, c.created_at`

const from = sql`
  conversations c
  left join leads l on l.workspace_id = c.workspace_id and l.id = c.lead_id
  left join messages m on m.workspace_id = c.workspace_id and m.id = c.last_message_id`

/** Throws `not_found`; what is no id is answered like an unknown one. */
export async function readConversation(tx: Tx, workspaceId: string, id: string): Promise<Conversation> {
  const [conversation] = isId(id)
    ? await tx.query<Conversation>(sql`
        select ${columns} from ${from} where c.workspace_id = ${workspaceId} and c.id = ${id}`)
    : []
  if (!conversation) throw notFound('conversation')
  return conversation
}

/** Throws `not_found`. */
export function getConversation(core: Core, workspaceId: string, id: string): Promise<Conversation> {
  return core.inWorkspace(workspaceId, (tx) => readConversation(tx, workspaceId, id))
}

/**
 * The last message first. Open ones are those that are not put off. Throws `invalid_cursor`, and `unknown_reference` for a lead or
 * an owner that is not there.
 */
export async function listConversations(
  core: Core,
  workspaceId: string,
  { limit = 50, cursor, ...query }: Partial<ConversationQuery> = {},
) {
  const list = `${workspaceId} conversations ${JSON.stringify(query)}`
  const position = cursor ? readCursor(core.keyring, list, cursor) : undefined
  return core.inWorkspace(workspaceId, async (tx) => {
    const condition = await conditionOf(core, tx, workspaceId, query)
    const rows = await tx.query<Conversation>(sql`
      select ${columns} from ${from}
      where c.workspace_id = ${workspaceId} ${condition}
        ${position ? sql`and (c.last_message_at, c.id) < (${position[0]}::timestamptz, ${position[1]}::uuid)` : sql``}
      order by c.last_message_at desc, c.id desc limit ${limit + 1}`)
    return toPage(rows, limit, ({ id, lastMessageAt }) => writeCursor(core.keyring, list, [lastMessageAt, id]))
  })
}

type Filters = Omit<Partial<ConversationQuery>, 'limit' | 'cursor'>

async function conditionOf(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, lead, owner, status, unread }: Filters,
): Promise<Sql> {
  if (lead !== undefined && !(await isThere(tx, sql`leads where workspace_id = ${workspaceId}`, lead)))
    throw unknownReference('lead', 'There is no such lead.')
  const anybody = owner === undefined || owner === 'none'
  if (!anybody && !(await isThere(tx, sql`memberships where workspace_id = ${workspaceId}`, owner, sql`user_id`)))
    throw unknownReference('owner', 'There is no such member.')
  const now = core.now()
  const snoozed = sql`c.snoozed_until > ${now}`
  const parts = [
    channel !== undefined && sql`and c.channel = ${channel}`,
    lead !== undefined && sql`and c.lead_id = ${lead}`,
    owner !== undefined && (anybody ? sql`and c.owner_id is null` : sql`and c.owner_id = ${owner}`),
    status === 'closed' && sql`and c.status = 'closed'`,
    status === 'open' && sql`and c.status = 'open' and (c.snoozed_until is null or not ${snoozed})`,
    status === 'snoozed' && sql`and c.status = 'open' and ${snoozed}`,
    unread !== undefined && (unread === 'true' ? sql`and c.unread > 0` : sql`and c.unread = 0`),
  ]
  return parts.reduce<Sql>((all, part) => (part ? sql`${all} ${part}` : all), sql``)
}

async function isThere(tx: Tx, where: Sql, id: string, column = sql`id`): Promise<boolean> {
  if (!isId(id)) return false
  const [found] = await tx.query(sql`select 1 as present from ${where} and ${column} = ${id}`)
  return found !== undefined
}

/** How many people wait for an answer: open conversations with something unread. */
export async function countUnread(core: Core, workspaceId: string): Promise<number> {
  const [row] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ count: number }>(sql`
      select count(*)::integer as count from conversations where workspace_id = ${workspaceId} and unread > 0 and status = 'open'`),
  )
  return row!.count
}
