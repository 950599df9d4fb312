import { type PluginContext, sql } from '@leadnest/core/plugin'
import { wake } from './enqueue.ts'

/** How long a delivery stays in the log, in ms, and how many rows one transaction removes. */
const kept = 30 * 86_400_000
const batch = 2000

/** Removes what is past its time, and wakes what waits though nobody is to send it, as after the plugin was off. */
export async function tidy(context: PluginContext): Promise<void> {
  const { workspaceId, db, now } = context
  const limit = new Date(now().getTime() - kept)
  for (const table of ['deliveries', 'messages'] as const) while ((await removeOld(context, table, limit)) === batch);
  await db.transaction(async (query, tx) => {
    const waiting = await query<{ id: string }>(sql`
      select id from plugin_webhooks_endpoints e where workspace_id = ${workspaceId} and enabled and exists (
        select from plugin_webhooks_deliveries where workspace_id = ${workspaceId} and endpoint_id = e.id and next_at is not null)`)
    await wake(
      tx,
      workspaceId,
      waiting.map(({ id }) => id),
      now(),
    )
  })
}

async function removeOld(
  { workspaceId, db }: PluginContext,
  table: 'deliveries' | 'messages',
  limit: Date,
): Promise<number> {
  const gone = await db.query(
    table === 'deliveries'
      ? sql`
        delete from plugin_webhooks_deliveries where workspace_id = ${workspaceId} and id in (
          select id from plugin_webhooks_deliveries
          where workspace_id = ${workspaceId} and created_at <= ${limit} and next_at is null
            and coalesce(finished_at, created_at) <= ${limit} limit ${batch}
        ) returning 1 as gone`
      : sql`
        delete from plugin_webhooks_messages where workspace_id = ${workspaceId} and event_id in (
          select event_id from plugin_webhooks_messages m
          where workspace_id = ${workspaceId} and created_at <= ${limit} and not exists (
            select from plugin_webhooks_deliveries where workspace_id = ${workspaceId} and event_id = m.event_id
          ) limit ${batch}
        ) returning 1 as gone`,
  )
  return gone.length
}
