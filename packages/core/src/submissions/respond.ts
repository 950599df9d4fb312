import type { EventType } from '../events/event.ts'
import type { NewEvent } from '../events/record.ts'
import { type Sql, sql } from '../postgres/sql.ts'

/** What brings a lead in is no answer to it, whoever typed it in; nor is what privacy asks for, or what a file says. */
const arrivals = new Set<EventType>([
  'lead.created',
  'lead.captured',
  'submission.released',
  'lead.exported',
  'lead.erased',
])

/** The acts of people on leads among these events: what speed to lead is measured to. */
export const responsesIn = (events: NewEvent[]): NewEvent[] =>
  events.filter(
    ({ actor, leadId, type, data }) =>
      actor.type === 'user' && actor.id && leadId && !arrivals.has(type) && !('importId' in data),
  )

/** Marks what these leads had sent, and nobody had acted on, as answered. */
export const respond = (workspaceId: string, responses: NewEvent[]): Sql => sql`
  update submissions s set responded_at = v.at, responded_by = v.actor_id
  from unnest(
    ${responses.map(({ leadId }) => leadId)}::uuid[],
    ${responses.map(({ actor }) => actor.id)}::uuid[],
    ${responses.map(({ at }) => at)}::timestamptz[]
  ) as v (lead_id, actor_id, at)
  where s.workspace_id = ${workspaceId} and s.lead_id = v.lead_id and s.lead_id = any(${responses.map(({ leadId }) => leadId)}::uuid[])
    and s.responded_at is null and s.verdict = 'accepted' and not s.test and s.created_at <= v.at`
