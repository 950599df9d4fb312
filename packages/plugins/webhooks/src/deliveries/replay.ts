import { type Event, type EventType, invalid, type PluginContext, sql, EventType as Types } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { getEndpoint, lockEndpoint } from '../endpoints/find-endpoints.ts'
import type { WebhookDelivery } from './delivery.ts'
import { enqueue, wake } from './enqueue.ts'
import { choose } from './fan-out.ts'
import { findDelivery } from './list-deliveries.ts'

/** How many events one job looks at before the next goes on, and how long the time may be that is told again. */
const batch = 500
const longest = 31 * 86_400_000

const Moment = v.pipe(
  v.string(),
  v.isoTimestamp('Use a time such as 2027-01-31T09:00:00Z.'),
  v.transform((text) => new Date(text).toISOString()),
)

export const ReplayInput = v.pipe(
  v.strictObject({
    from: Moment,
    to: Moment,
    /** Of those that the endpoint is told of; all unless told. */
    types: v.optional(v.pipe(v.array(Types), v.minLength(1, 'Name at least one.'), v.maxLength(100, 'At most 100.'))),
  }),
  v.forward(
    v.check(({ from, to }) => from < to, 'It must be later than from.'),
    ['to'],
  ),
  v.forward(
    v.check(({ from, to }) => Date.parse(to) - Date.parse(from) <= longest, 'At most 31 days at once.'),
    ['to'],
  ),
)

/** What is told again; it is done by a job. */
export const Replay = v.object({
  endpointId: v.string(),
  from: v.string(),
  to: v.string(),
  types: v.nullable(v.array(v.string())),
})

export type ReplayInput = v.InferOutput<typeof ReplayInput>
export type Replay = v.InferOutput<typeof Replay>

/** Tells an endpoint again of what happened between two moments, whether it was told before or not. Throws `not_found`, `invalid_input`. */
export async function replay(
  context: PluginContext,
  endpointId: string,
  { from, to, types }: ReplayInput,
): Promise<Replay> {
  const { enabled } = await getEndpoint(context, endpointId)
  if (!enabled) throw notEnabled()
  // What happens from now on is told anyway.
  const until = new Date(Math.min(Date.parse(to), context.now().getTime() + 1)).toISOString()
  const asked = { endpointId, from, to: until, types: types ?? null }
  if (from < until) await context.jobs.add('replay', asked)
  return { ...asked, to }
}

/** One page of a replay; the next is a job of its own. */
export async function replayNext(job: Replay & { after?: string }, context: PluginContext): Promise<void> {
  const { workspaceId, db, events, jobs } = context
  const [endpoint] = await db.query<{ id: string; types: string[]; changed: string[]; filter: string }>(sql`
    select id, types, changed, filter from plugin_webhooks_endpoints
    where workspace_id = ${workspaceId} and id = ${job.endpointId} and enabled`)
  if (!endpoint) return
  const found: Event[] = await events.list({
    from: new Date(job.from),
    to: new Date(job.to),
    limit: batch,
    ...(job.types && { types: job.types as EventType[] }),
    ...(job.after && { after: job.after }),
  })
  const { wanted, leads } = await choose(context, [endpoint], found)
  await enqueue(context, wanted, leads, { again: true })
  if (found.length === batch) await jobs.add('replay', { ...job, after: found.at(-1)!.id })
}

/** Tries a delivery again now, with all its tries before it. Throws `not_found`, `invalid_input`. */
export async function retry(context: PluginContext, id: string): Promise<WebhookDelivery> {
  const { workspaceId, db, now } = context
  const { endpointId, test } = await findDelivery(context, id)
  if (test) throw invalid('id', 'This was a test. Send another one.')
  const at = now()
  await db.transaction(async (query, tx) => {
    if (!(await lockEndpoint(tx, workspaceId, endpointId)).enabled) throw notEnabled()
    await query(sql`
      update plugin_webhooks_deliveries set status = 'pending', tries = 0, next_at = ${at}, finished_at = null
      where workspace_id = ${workspaceId} and id = ${id}`)
    // Somebody asks for it: it does not wait for the endpoint's rest to end.
    await query(sql`
      update plugin_webhooks_endpoints set paused_until = null where workspace_id = ${workspaceId} and id = ${endpointId}`)
    await wake(tx, workspaceId, [endpointId], at)
  })
  return findDelivery(context, id)
}

const notEnabled = () => invalid('id', 'This endpoint is disabled. Enable it first.')
