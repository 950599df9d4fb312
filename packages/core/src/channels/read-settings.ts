import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { ChannelSettings } from './channel-settings.ts'

const usual: ChannelSettings = {
  quietHours: null,
  perSecond: null,
  unknownSenders: 'lead',
  optOutScope: 'workspace',
  keywords: { stop: [], start: [], help: [] },
  helpText: null,
  autoReply: null,
  confirmations: false,
  confirmationText: null,
}

export async function readChannelSettings(
  tx: Tx,
  workspaceId: string,
  channel: string,
  lock = sql``,
): Promise<ChannelSettings> {
  const [row] = await tx.query<{ settings: Partial<ChannelSettings> }>(sql`
    select settings from channel_settings where workspace_id = ${workspaceId} and channel = ${channel} ${lock}`)
  return { ...usual, ...row?.settings }
}

/** May be a second old. */
export const recentChannelSettings = (core: Core, workspaceId: string, channel: string): Promise<ChannelSettings> =>
  core.recent.get(`channel ${workspaceId} ${channel}`, () =>
    core.inWorkspace(workspaceId, (tx) => readChannelSettings(tx, workspaceId, channel)),
  )
