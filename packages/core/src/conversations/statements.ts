import { newId } from '../id.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

/** Lets nobody else write to, or hear from, this address until the end of the transaction: one person is one conversation. */
export async function holdAddress(tx: Tx, workspaceId: string, channel: string, address: string): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} ${channel} ${address}`}, 0))`)
}

interface With {
  /** The one that is meant, where there are several. */
  id?: string | undefined
  channel: string
  address: string
  leadId: string | null
}

/**
 * The conversation with an address that is held, made where there is none. One with somebody unknown becomes the lead's.
 */
export async function conversationWith(
  tx: Tx,
  workspaceId: string,
  { id: wanted, channel, address, leadId }: With,
  at: Date,
): Promise<{ id: string; sender: string | null }> {
  const [found] = await tx.query<{ id: string; leadId: string | null; sender: string | null }>(sql`
    select id, lead_id, sender from conversations
    where workspace_id = ${workspaceId} and channel = ${channel} and address = ${address}
      and (lead_id is null or lead_id = ${leadId}::uuid)
    order by id is distinct from ${wanted}::uuid, lead_id nulls last, last_message_at desc limit 1`)
  if (found) {
    if (leadId && !found.leadId)
      await tx.query(sql`
        update conversations set lead_id = ${leadId} where workspace_id = ${workspaceId} and id = ${found.id}`)
    return found
  }
  const id = newId(at.getTime())
  await tx.query(sql`
    insert into conversations (workspace_id, id, lead_id, channel, address, last_message_at, created_at)
    values (${workspaceId}, ${id}, ${leadId}, ${channel}, ${address}, ${at}, ${at})`)
  return { id, sender: null }
}

/** Whom a conversation of a lead is with. Throws `unknown_reference` at `conversationId`. */
export async function addressOfConversation(
  tx: Tx,
  workspaceId: string,
  { id, channel, leadId }: { id: string; channel: string; leadId: string },
): Promise<string> {
  const [found] = await tx.query<{ address: string }>(sql`
    select address from conversations
    where workspace_id = ${workspaceId} and id = ${id} and lead_id = ${leadId} and channel = ${channel}`)
  if (!found) throw unknownReference('conversationId', 'This lead has no such conversation on this channel.')
  return found.address
}

/** The lead that was last spoken to at an address, where nobody has it any more. */
export async function leadOfConversation(
  tx: Tx,
  workspaceId: string,
  { channel, address }: { channel: string; address: string },
): Promise<string | undefined> {
  const [found] = await tx.query<{ leadId: string }>(sql`
    select c.lead_id from conversations c
    join leads l on l.workspace_id = c.workspace_id and l.id = c.lead_id and l.deleted_at is null
    where c.workspace_id = ${workspaceId} and c.channel = ${channel} and c.address = ${address}
    order by c.last_message_at desc limit 1`)
  return found?.leadId
}
