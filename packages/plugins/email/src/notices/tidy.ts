import { type PluginContext, sql } from '@leadnest/core/plugin'
import type { Settings } from '../settings.ts'

/** How long it is remembered what somebody heard, in ms. */
const kept = 30 * 86_400_000

/** Forgets what is old, and begins again what waits though its time is past, as where its job was given up. */
export async function tidy(context: PluginContext<Settings>): Promise<void> {
  const { workspaceId, db, now } = context
  const limit = new Date(now().getTime() - kept)
  await db.query(sql`delete from plugin_email_notices where workspace_id = ${workspaceId} and created_at <= ${limit}`)
  await db.query(sql`delete from plugin_email_replies where workspace_id = ${workspaceId} and day <= ${limit}::date`)
  await sendLate(context)
  await escalateLate(context)
}

async function sendLate({ workspaceId, db, now, jobs }: PluginContext<Settings>): Promise<void> {
  const late = await db.query<{ userId: string }>(sql`
    select distinct user_id from plugin_email_notices
    where workspace_id = ${workspaceId} and sent_at is null and due_at <= ${now()}`)
  for (const { userId } of late) await jobs.add('notices', { userId }, { key: `${userId} late` })
}

async function escalateLate({ workspaceId, db, now, settings, jobs }: PluginContext<Settings>): Promise<void> {
  const { escalateAfterMinutes } = settings
  if (escalateAfterMinutes === undefined) {
    await db.query(sql`delete from plugin_email_unanswered where workspace_id = ${workspaceId}`)
    return
  }
  const limit = new Date(now().getTime() - escalateAfterMinutes * 60_000)
  const late = await db.query<{ leadId: string }>(sql`
    select lead_id from plugin_email_unanswered where workspace_id = ${workspaceId} and since <= ${limit}`)
  for (const { leadId } of late) await jobs.add('escalate', { leadId }, { key: leadId })
}
