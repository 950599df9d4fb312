import { type PluginTx, sql } from '@leadnest/core/plugin'
import type { WebhookEndpoint } from './endpoint.ts'

/** Stops an endpoint by itself, ends what waits for it, and tells of it. */
export async function disable(
  tx: PluginTx,
  workspaceId: string,
  id: string,
  reason: NonNullable<WebhookEndpoint['disabledReason']>,
  at: Date,
): Promise<void> {
  const [endpoint] = await tx.query<{ url: string }>(sql`
    update plugin_webhooks_endpoints set enabled = false, disabled_reason = ${reason}, disabled_at = ${at}, updated_at = ${at}
    where workspace_id = ${workspaceId} and id = ${id} and enabled returning url`)
  if (!endpoint) return
  await cancelPending(tx, workspaceId, id, at)
  await tx.record('endpoint.disabled', { endpointId: id, host: new URL(endpoint.url).host, reason })
}

export async function cancelPending({ query }: PluginTx, workspaceId: string, id: string, at: Date): Promise<void> {
  await query(sql`
    update plugin_webhooks_deliveries set status = 'cancelled', next_at = null, finished_at = ${at}
    where workspace_id = ${workspaceId} and endpoint_id = ${id} and next_at is not null`)
}
