import { type Event, type PluginContext, sql } from '@leadnest/core/plugin'
import { opened, openedHeaders, type ReplacedSecret, stillUsed } from '../endpoints/secret.ts'
import { messageOf } from '../message.ts'
import { wake } from './enqueue.ts'
import { type Attempt, note } from './note.ts'
import { type Target, tryDelivery } from './try-delivery.ts'

/** For how long one job sends to one endpoint, and how long nobody else may meanwhile, in ms. A try takes 15 s at most. */
const slice = 10_000
const lease = 40_000

/** Where something is sent, as it is stored. */
export interface Sealed {
  url: string
  headers: string
  secret: string
  replacedSecrets: ReplacedSecret[]
}

/** An endpoint as whoever sends needs it. */
export interface Receiver extends Sealed {
  id: string
  enabled: boolean
  lanes: number
  pausedUntil: string | null
  busyUntil: string | null
}

interface Due {
  id: string
  eventId: string
  leadId: string | null
  tries: number
  body: string | null
}

/**
 * Sends what is due at one endpoint, as many at once as it has lanes. One job at a time does that for an endpoint, so a receiver that
 * hangs holds one of the worker's slots, and all that are in trouble share one (the queue `suspects`).
 */
export async function send({ endpointId }: { endpointId: string }, context: PluginContext): Promise<void> {
  let receiver = await claim(context, endpointId)
  if (!receiver) return
  const end = performance.now() + slice
  try {
    while (receiver && performance.now() < end) {
      const due = await findDue(context, receiver)
      if (due.length === 0) break
      receiver = await note(context, receiver, await tryAll(context, receiver, due), lease)
    }
  } finally {
    await release(context, endpointId)
  }
}

/** Takes the endpoint for this job; undefined where there is nothing to do now. */
async function claim({ workspaceId, now, db }: PluginContext, endpointId: string): Promise<Receiver | undefined> {
  const at = now()
  return db.transaction(async (query, { addJob }) => {
    const [receiver] = await query<Receiver>(sql`
      select id, url, headers, secret, replaced_secrets, enabled, lanes, paused_until, busy_until
      from plugin_webhooks_endpoints where workspace_id = ${workspaceId} and id = ${endpointId} for no key update`)
    if (!receiver?.enabled) return undefined
    // Whoever has it may have died, and has its time; it may also be resting.
    const until = Math.max(...[receiver.busyUntil, receiver.pausedUntil].map((time) => (time ? Date.parse(time) : 0)))
    if (until > at.getTime()) {
      await addJob('send', { endpointId }, { key: endpointId, at: new Date(until), queue: 'suspects' })
      return undefined
    }
    await query(sql`
      update plugin_webhooks_endpoints set busy_until = ${new Date(at.getTime() + lease)}
      where workspace_id = ${workspaceId} and id = ${endpointId}`)
    return receiver
  })
}

const findDue = ({ workspaceId, now, db }: PluginContext, { id, lanes }: Receiver): Promise<Due[]> =>
  db.query<Due>(sql`
    select d.id, d.event_id, d.lead_id, d.tries, m.body from (
      select * from plugin_webhooks_deliveries
      where workspace_id = ${workspaceId} and endpoint_id = ${id} and next_at <= ${now()}
      order by next_at, id limit ${lanes}
    ) d left join plugin_webhooks_messages m on m.workspace_id = ${workspaceId} and m.event_id = d.event_id
    order by d.next_at, d.id`)

async function tryAll(context: PluginContext, receiver: Receiver, due: Due[]): Promise<Attempt[]> {
  const target = targetOf(context, receiver)
  const bodies = await bodiesOf(context, due)
  return Promise.all(
    due.map(async (delivery) => {
      const body = bodies.get(delivery.eventId)
      const { eventId } = delivery
      // What was erased is told to nobody.
      const outcome = body === undefined ? undefined : await tryDelivery(context, target, { eventId, body })
      return { ...delivery, outcome }
    }),
  )
}

/** What was replaced within a day signs as well, the newest first. */
export function targetOf(
  context: Pick<PluginContext, 'secrets' | 'now'>,
  { url, headers, secret, replacedSecrets }: Sealed,
): Target {
  const replaced = stillUsed(replacedSecrets, context.now()).map(({ secret }) => secret)
  return {
    url,
    headers: () => openedHeaders(context, headers),
    secrets: () => [secret, ...replaced].map((sealed) => opened(context, sealed)),
  }
}

/** By the id of the event. What is about no lead is made of the event, as far as it was not erased. */
export async function bodiesOf(
  { events }: Pick<PluginContext, 'events'>,
  rows: { eventId: string; body: string | null }[],
): Promise<Map<string, string>> {
  const missing = rows.filter(({ body }) => body === null).map(({ eventId }) => eventId)
  const found: Event[] = missing.length > 0 ? await events.many(missing) : []
  return new Map([
    ...rows.flatMap(({ eventId, body }): [string, string][] => (body === null ? [] : [[eventId, body]])),
    ...found.filter(({ leadId }) => leadId === null).map((event): [string, string] => [event.id, messageOf(event)]),
  ])
}

async function release({ workspaceId, now, db }: PluginContext, endpointId: string): Promise<void> {
  await db.transaction(async (query, tx) => {
    await query(sql`
      update plugin_webhooks_endpoints set busy_until = null where workspace_id = ${workspaceId} and id = ${endpointId}`)
    await wake(tx, workspaceId, [endpointId], now())
  })
}
