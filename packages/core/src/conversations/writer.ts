import type { Channel } from '../channels/channel.ts'
import type { Core } from '../core.ts'
import { writeLead } from '../leads/create-lead.ts'
import { byWriter } from '../messages/by-writer.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { leadOfConversation } from './statements.ts'

/**
 * The lead who has an address, or had it: of several with one phone number the oldest, then who was known by it before a merge,
 * then who was last spoken to at it. Held, so that nobody changes them meanwhile. A deleted lead is not there.
 */
export async function findWriter(
  tx: Tx,
  workspaceId: string,
  { id: channel, address: kind }: Channel,
  address: string,
): Promise<string | undefined> {
  const column = kind === 'email' ? sql`email` : sql`phone`
  const [known] = await tx.query<{ id: string }>(sql`
    select id from (
      select id, 1 as rank from leads
      where workspace_id = ${workspaceId} and ${column} = ${address} and deleted_at is null and merged_into is null
      union all
      select l.id, 2 from lead_aliases a join leads l on l.workspace_id = a.workspace_id and l.id = a.lead_id
      where a.workspace_id = ${workspaceId} and a.kind = ${kind} and a.value = ${address} and l.deleted_at is null
    ) known
    order by rank, id limit 1`)
  const id = known?.id ?? (await leadOfConversation(tx, workspaceId, { channel, address }))
  if (!id) return undefined
  const [held] = await tx.query<{ id: string }>(
    sql`select id from leads where workspace_id = ${workspaceId} and id = ${id} for no key update`,
  )
  return held?.id
}

/** A lead of somebody unknown who wrote; who was deleted comes back. */
export async function makeWriter(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { address: kind }: Channel,
  address: string,
): Promise<string | null> {
  const isAddress = kind === 'email' ? address.includes('@') : /^\+[1-9]\d{6,14}$/.test(address)
  if (!isAddress) return null
  const { result } = await writeLead(
    core,
    tx,
    workspaceId,
    kind === 'email' ? { email: address } : { phone: address },
    byWriter,
  )
  return result.id
}
