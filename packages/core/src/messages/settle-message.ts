import type { Accepted, StatusReport } from '../channels/channel.ts'
import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Message, MessageStatus } from './message.ts'
import { type MessageRow, tellOfMessage } from './statements.ts'
import { forward } from './status.ts'

/** Moves a message that is held to where it stands now, with its event. */
export async function settle(
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
  status: MessageStatus,
  { error = null, by, at }: { error?: Message['error']; by: By; at: Date },
): Promise<MessageRow> {
  const reached = (...statuses: MessageStatus[]) => (statuses.includes(status) ? at : null)
  await tx.query(sql`
    update messages set status = ${status},
      error = ${status === 'failed' || status === 'undelivered' || status === 'unknown' ? error && JSON.stringify(error) : null},
      sent_at = coalesce(sent_at, ${reached('sent', 'delivered', 'undelivered')}::timestamptz),
      delivered_at = coalesce(delivered_at, ${reached('delivered')}::timestamptz),
      failed_at = ${reached('failed', 'undelivered')}::timestamptz
    where workspace_id = ${workspaceId} and id = ${message.id}`)
  const after = { ...message, status, error }
  await tellOfMessage(tx, workspaceId, after, by, at)
  return after
}

type Told = Pick<StatusReport, 'status' | 'error'> &
  Partial<Pick<Accepted, 'providerId' | 'sender' | 'segments' | 'cost'>>

/** What a provider said of a message that is held: its status moves forward, or stays. */
export async function moveForward(
  core: Core,
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
  { providerId, status, error, sender, segments, cost }: Told,
  by: By,
): Promise<MessageRow> {
  await tx.query(sql`
    update messages set provider_id = coalesce(provider_id, ${providerId ?? null}), sender = coalesce(${sender ?? null}, sender),
      segments = coalesce(${segments ?? null}, segments), cost = coalesce(${cost ? JSON.stringify(cost) : null}::jsonb, cost)
    where workspace_id = ${workspaceId} and id = ${message.id}`)
  const next = forward(message.status, status)
  if (!next) return message
  const said = error ? { code: error.code.slice(0, 100), detail: error.detail?.slice(0, 500) ?? null } : null
  return settle(tx, workspaceId, message, next, { error: said, by, at: core.now() })
}
