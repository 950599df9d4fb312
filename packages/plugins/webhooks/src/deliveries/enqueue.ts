import { type Event, type Lead, newId, type PluginContext, type PluginTx, sql } from '@leadnest/core/plugin'
import { messageOf, tellsLead } from '../message.ts'

/** What one endpoint is to be told of. */
export interface Wanted {
  endpointId: string
  events: Event[]
}

/** Writes down what is to be sent, and wakes whoever sends it. Twice is as once; `again` also asks for what was settled before. */
export async function enqueue(
  context: PluginContext,
  wanted: Wanted[],
  leads: Map<string, Lead>,
  { again = false } = {},
): Promise<void> {
  const { workspaceId, now, db } = context
  const at = now()
  if (wanted.length === 0) return
  const bodyOf = (event: Event) =>
    event.leadId === null ? null : messageOf(event, tellsLead(event) ? (leads.get(event.leadId) ?? null) : undefined)
  await db.transaction(async (query, tx) => {
    // Held until the end, so that whoever disables one of them ends what is written here too.
    const enabled = await query<{ id: string }>(sql`
      select id from plugin_webhooks_endpoints
      where workspace_id = ${workspaceId} and id = any(${wanted.map(({ endpointId }) => endpointId)}::uuid[]) and enabled
      order by id for share`)
    const ids = enabled.map(({ id }) => id)
    const told = wanted.filter(({ endpointId }) => ids.includes(endpointId))
    const events = [...new Map(told.flatMap(({ events }) => events.map((event) => [event.id, event]))).values()]
    const rows = told.flatMap(({ endpointId, events }) => events.map((event) => ({ endpointId, event })))
    if (rows.length === 0) return
    await query(sql`
      insert into plugin_webhooks_messages (workspace_id, event_id, lead_id, body, created_at)
      select ${workspaceId}::uuid, event_id, lead_id, body, ${at}::timestamptz
      from unnest(${events.map(({ id }) => id)}::uuid[], ${events.map(({ leadId }) => leadId)}::uuid[], ${events.map(bodyOf)}::text[])
        as m (event_id, lead_id, body)
      on conflict do nothing`)
    await query(sql`
      insert into plugin_webhooks_deliveries as known (workspace_id, id, endpoint_id, event_id, lead_id, type, status, next_at, created_at)
      select ${workspaceId}::uuid, d.id, d.endpoint_id, d.event_id, d.lead_id, d.type, 'pending', ${at}::timestamptz, ${at}::timestamptz
      from unnest(${rows.map(() => newId(at.getTime()))}::uuid[], ${rows.map(({ endpointId }) => endpointId)}::uuid[],
        ${rows.map(({ event }) => event.id)}::uuid[], ${rows.map(({ event }) => event.leadId)}::uuid[], ${rows.map(({ event }) => event.type)}::text[])
        as d (id, endpoint_id, event_id, lead_id, type)
      on conflict (workspace_id, endpoint_id, event_id) ${
        again
          ? sql`do update set status = 'pending', tries = 0, next_at = excluded.next_at, finished_at = null where known.next_at is null`
          : sql`do nothing`
      }`)
    await wake(tx, workspaceId, ids, at)
  })
}

interface Sleeper {
  id: string
  busyUntil: string | null
  pausedUntil: string | null
  suspect: boolean
}

/**
 * Adds the job that sends for each endpoint that has something to send. Whoever sends at this moment looks again before it ends: the
 * lock lets that look wait for this transaction, or this one see that it has ended.
 */
export async function wake(
  { query, addJob }: PluginTx,
  workspaceId: string,
  endpointIds: string[],
  now: Date,
): Promise<void> {
  const endpoints = await query<Sleeper>(sql`
    select id, busy_until, paused_until, failures > 0 or slow as suspect from plugin_webhooks_endpoints
    where workspace_id = ${workspaceId} and id = any(${endpointIds}::uuid[]) and enabled
    order by id for share`)
  for (const { id, busyUntil, pausedUntil, suspect } of endpoints) {
    if (busyUntil && Date.parse(busyUntil) > now.getTime()) continue
    const [due] = await query<{ at: string | null }>(sql`
      select min(next_at) as at from plugin_webhooks_deliveries
      where workspace_id = ${workspaceId} and endpoint_id = ${id} and next_at is not null`)
    if (!due?.at) continue
    const at = new Date(Math.max(Date.parse(due.at), pausedUntil ? Date.parse(pausedUntil) : 0))
    await addJob(
      'send',
      { endpointId: id },
      { key: id, ...(at > now && { at }), ...(suspect && { queue: 'suspects' }) },
    )
  }
}
