import { type Event, type HandlerContext, sql } from '@leadnest/core/plugin'

/** What was refused of somebody before they were a lead is theirs from now on, so that it goes when they are erased. */
export async function ownCalls(_: Event, { workspaceId, db, lead }: HandlerContext): Promise<void> {
  const words = [lead?.email, lead?.phone].filter((word) => word != null)
  if (!lead || words.length === 0) return
  await db.query(sql`
    update plugin_inbound_calls set lead_id = ${lead.id}
    where workspace_id = ${workspaceId} and lead_id is null and status = 'refused'
      and exists (select from unnest(${words}::text[]) as word where strpos(lower(body::text), lower(word)) > 0)`)
}
