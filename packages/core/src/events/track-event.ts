import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import { lockLead } from '../leads/find-leads.ts'
import { sql } from '../postgres/sql.ts'
import type { By, Event } from './event.ts'
import type { OwnEvent } from './own-event.ts'
import { newEvent, recordEvents } from './record.ts'

/** How far in ms the clock of who tells may be ahead of ours, and how old what they tell may be. */
const ahead = 60_000
const oldest = 366 * 86_400_000

/** Writes an own event on a lead: an activity like any other. Throws `not_found`, `lead_merged`, `invalid_input`. */
export async function trackEvent(
  core: Core,
  workspaceId: string,
  leadId: string,
  { name, data, at: told }: OwnEvent,
  { actor, source }: By,
): Promise<Event> {
  const at = momentOf(told, core.now())
  return core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, leadId)
    await tx.query(sql`
      update leads set last_activity_at = greatest(last_activity_at, ${at}) where workspace_id = ${workspaceId} and id = ${leadId}`)
    const event = newEvent({ type: 'lead.tracked', leadId, actor, source, data: { name, data }, at })
    await recordEvents(tx, workspaceId, [event])
    const { id, type } = event
    return { id, type, leadId, actor, source, data: { name, data }, createdAt: at.toISOString() }
  })
}

function momentOf(told: string | undefined, now: Date): Date {
  const at = told === undefined ? now : new Date(told)
  if (at.getTime() > now.getTime() + ahead) throw invalid('at', 'This has not happened yet.')
  if (at.getTime() < now.getTime() - oldest) throw invalid('at', 'At most a year ago.')
  return at < now ? at : now
}
