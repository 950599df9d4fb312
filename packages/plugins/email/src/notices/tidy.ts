import { type PluginContext, sql } from '@leadnest/core/plugin'

/** How long it is remembered what somebody heard, in ms. */
const kept = 30 * 86_400_000

export async function tidy({ workspaceId, db, now }: PluginContext<never>): Promise<void> {
  const limit = new Date(now().getTime() - kept)
  await db.query(sql`delete from plugin_email_notices where workspace_id = ${workspaceId} and created_at <= ${limit}`)
  await db.query(sql`delete from plugin_email_replies where workspace_id = ${workspaceId} and day <= ${limit}::date`)
}
