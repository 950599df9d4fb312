import { type Event, type Lead, type PluginContext, sql } from '@leadnest/core/plugin'
import { enqueue, type Wanted } from './enqueue.ts'

/** What an endpoint wants to be told of. */
export interface Interest {
  id: string
  types: string[]
  changed: string[]
  filter: string
}

/** Writes down, after the commit, which endpoints are to be told of what happened. */
export async function fanOut(events: Event[], context: PluginContext): Promise<void> {
  const interests = await context.db.query<Interest>(sql`
    select id, types, changed, filter from plugin_webhooks_endpoints
    where workspace_id = ${context.workspaceId} and enabled order by id`)
  const { wanted, leads } = await choose(context, interests, events)
  await enqueue(context, wanted, leads)
}

/** Who wants to be told of which of these events, and the leads that they are about. */
export async function choose(
  { leads }: PluginContext,
  interests: Interest[],
  events: Event[],
): Promise<{ wanted: Wanted[]; leads: Map<string, Lead> }> {
  const asked = interests
    .map((interest) => ({ interest, events: events.filter((event) => wants(interest, event)) }))
    .filter(({ events }) => events.length > 0)
  const found = new Map((await leads.many(idsOf(asked.flatMap(({ events }) => events)))).map((lead) => [lead.id, lead]))
  const wanted: Wanted[] = []
  for (const { interest, events } of asked) {
    if (!interest.filter) wanted.push({ endpointId: interest.id, events })
    else {
      const matching = new Set((await leads.many(idsOf(events), { filter: interest.filter })).map(({ id }) => id))
      wanted.push({
        endpointId: interest.id,
        events: events.filter(({ leadId }) => leadId !== null && matching.has(leadId)),
      })
    }
  }
  return { wanted: wanted.filter(({ events }) => events.length > 0), leads: found }
}

const idsOf = (events: Event[]) => [...new Set(events.flatMap(({ leadId }) => leadId ?? []))]

/** By type, and of a lead that was updated by what is different. */
export function wants(
  { types, changed }: Pick<Interest, 'types' | 'changed'>,
  { type, data }: Pick<Event, 'type' | 'data'>,
): boolean {
  const noun = type.split('.')[0]
  if (!types.some((name) => name === '*' || name === type || name === `${noun}.*`)) return false
  if (type !== 'lead.updated' || changed.length === 0) return true
  const changes = Object.keys((data.changes as object | undefined) ?? {})
  return changed.some((field) => changes.includes(field))
}
