import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { checkLead } from '../leads/find-leads.ts'
import { sql } from '../postgres/sql.ts'
import type { Event } from './event.ts'

/** What happened to a lead, newest first. Throws `not_found`. */
export async function listTimeline(
  core: Core,
  workspaceId: string,
  leadId: string,
  { limit = 50, cursor }: { limit?: number; cursor?: string | undefined } = {},
) {
  const list = `${workspaceId} timeline ${leadId}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null

  return core.inWorkspace(workspaceId, async (tx) => {
    await checkLead(tx, workspaceId, leadId)
    const events = await tx.query<Event>(sql`
      select id, type, lead_id, actor, source, data, created_at from events
      where workspace_id = ${workspaceId} and lead_id = ${leadId} and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc
      limit ${limit + 1}`)
    return toPage(events, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
  })
}
