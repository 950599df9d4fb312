import type { ChannelSettings } from '../channels/channel-settings.ts'
import type { ReadyChannel } from '../channels/find-channel.ts'
import { readChannelSettings } from '../channels/read-settings.ts'
import type { Core } from '../core.ts'
import { firstIdAt } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { takeSlot } from './pace.ts'
import { opensAt, zonesOf } from './quiet-hours.ts'
import type { MessageRow } from './statements.ts'

/** How long after somebody wrote an answer is no disturbance, in ms. */
const answering = 3_600_000

/** Null where it may leave now: it is not quiet where the lead lives, and the sender's turn has come. */
export async function waitsUntil(
  core: Core,
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
  { channel }: ReadyChannel,
): Promise<Date | null> {
  const now = core.now()
  const settings = await readChannelSettings(tx, workspaceId, channel.id)
  const { quietHours } = settings
  if (quietHours && !(await isAnswer(tx, workspaceId, message, new Date(now.getTime() - answering)))) {
    const opens = opensAt(quietHours, await zonesFor(tx, workspaceId, message, quietHours), now)
    if (opens) return opens
  }
  return takeSlot(core, tx, workspaceId, message, channel, settings)
}

async function isAnswer(tx: Tx, workspaceId: string, { conversationId }: MessageRow, since: Date): Promise<boolean> {
  const [wrote] = await tx.query(sql`
    select 1 as present from messages
    where workspace_id = ${workspaceId} and conversation_id = ${conversationId} and id >= ${firstIdAt(since)} and direction = 'in'
    limit 1`)
  return wrote !== undefined
}

async function zonesFor(
  tx: Tx,
  workspaceId: string,
  { leadId, address }: MessageRow,
  quietHours: NonNullable<ChannelSettings['quietHours']>,
): Promise<string[]> {
  const [workspace] = await tx.query<{ timeZone: string }>(
    sql`select time_zone from workspaces where id = ${workspaceId}`,
  )
  const [lead] = await tx.query<{ phone: string | null; fields: Record<string, unknown> }>(
    sql`select phone, fields from leads where workspace_id = ${workspaceId} and id = ${leadId}::uuid`,
  )
  const phone = address.startsWith('+') ? address : (lead?.phone ?? null)
  return zonesOf({ phone, fields: lead?.fields ?? {} }, quietHours, workspace!.timeZone)
}
