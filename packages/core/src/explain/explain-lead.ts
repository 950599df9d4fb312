import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import type { EventType } from '../events/event.ts'
import { checkLead } from '../leads/find-leads.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Decision } from './explanation.ts'
import {
  type DecidingEvent,
  type DuplicateRow,
  type HeldRow,
  readDuplicate,
  readEvent,
  readHeld,
} from './read-decision.ts'

/**
 * Events that hold a decision; `lead.updated` only where somebody was told of, and not edited, `submission.confirmed` only
 * where it waited for that.
 */
const deciding: EventType[] = [
  'submission.released',
  'submission.confirmed',
  'consent.revoked',
  'lead.created',
  'lead.captured',
  'lead.updated',
  'lead.assigned',
  'lead.waiting',
  'lead.scored',
]

/**
 * Every decision about a lead that nobody took by hand, newest first: from what was stored at the time, whatever the rules are
 * now. A survivor has those of the leads that were merged into it. Throws `not_found`, `invalid_cursor`.
 */
export async function explainLead(
  core: Core,
  workspaceId: string,
  leadId: string,
  { limit = 50, cursor }: { limit?: number; cursor?: string | undefined } = {},
) {
  const list = `${workspaceId} explain ${leadId}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const decisions = await core.inWorkspace(workspaceId, async (tx) => {
    await checkLead(tx, workspaceId, leadId)
    // Ids say when they were made, so the newest of each kind are the newest of all.
    const newest = (id: Sql) => sql`
      ${before ? sql`and ${id} < ${before}::uuid` : sql``}
      order by ${id} desc limit ${limit + 1}`
    const [events, held, duplicates] = await Promise.all([
      tx.query<DecidingEvent>(sql`
        select e.id, e.type, e.submission_id, e.actor, e.data, e.created_at as at from events e
        where e.workspace_id = ${workspaceId} and e.lead_id = ${leadId} and e.type = any(${deciding})
          and (e.type <> 'lead.updated' or e.data -> 'match' is not null)
          and (e.type <> 'submission.confirmed' or e.data -> 'waited' is null)
        ${newest(sql`e.id`)}`),
      tx.query<HeldRow>(sql`
        select s.id, s.reasons, s.created_at as at from submissions s
        where s.workspace_id = ${workspaceId} and s.lead_id = ${leadId} and cardinality(s.reasons) > 0
        ${newest(sql`s.id`)}`),
      tx.query<DuplicateRow>(sql`
        select d.id, case when d.lead_id = ${leadId} then d.other_id else d.lead_id end as other_id, d.reasons,
          d.created_at as at, d.dismissed_at
        from duplicates d
        where d.workspace_id = ${workspaceId} and (d.lead_id = ${leadId} or d.other_id = ${leadId})
        ${newest(sql`d.id`)}`),
    ])
    return [...events.map(readEvent), ...held.map(readHeld), ...duplicates.map(readDuplicate)]
  })
  const ordered = decisions.sort((one, other) => (one.id < other.id ? 1 : -1)).slice(0, limit + 1)
  return toPage(ordered, limit, ({ id, at }: Decision) => writeCursor(core.keyring, list, [at, id]))
}
