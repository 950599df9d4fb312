import type { Channel } from '../channels/channel.ts'
import type { ChannelSettings } from '../channels/channel-settings.ts'
import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { MessageRow } from './statements.ts'

/**
 * When a message's turn comes at the pace of its sender, which all workers share: each takes the next place in the row. Null where it
 * is now, or where there is no pace.
 */
export async function takeSlot(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { id, channel, sender, slot }: MessageRow,
  { limits }: Pick<Channel, 'limits'>,
  { perSecond }: Pick<ChannelSettings, 'perSecond'>,
): Promise<Date | null> {
  const pace = Math.min(limits?.perSecond ?? Number.POSITIVE_INFINITY, perSecond ?? Number.POSITIVE_INFINITY)
  if (slot !== null || !Number.isFinite(pace)) return null
  const now = core.now()
  const step = `${1000 / pace} milliseconds`
  const [row] = await tx.query<{ at: string }>(sql`
    insert into sender_paces as known (workspace_id, channel, sender, next_at)
    values (${workspaceId}, ${channel}, ${sender ?? ''}, ${now}::timestamptz + ${step}::interval)
    on conflict (workspace_id, channel, sender)
      do update set next_at = greatest(known.next_at, ${now}::timestamptz) + ${step}::interval
    returning next_at - ${step}::interval as at`)
  const at = new Date(row!.at)
  await tx.query(sql`update messages set slot = ${at} where workspace_id = ${workspaceId} and id = ${id}`)
  return at > now ? at : null
}
