import { automationFor } from '../automation/automate.ts'
import { sealSoon } from '../consents/seal.ts'
import type { Core } from '../core.ts'
import { addJob } from '../jobs/add-job.ts'
import { getLead } from '../leads/find-leads.ts'
import type { Plugin } from '../plugins/define-plugin.ts'
import { listeners } from '../plugins/installed.ts'
import { orNull } from '../plugins/powers.ts'
import { postpone, turnOf, watched } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
import type { Event, EventType } from './event.ts'
import { selectEvents } from './find-events.ts'
import { followers } from './record.ts'

/** A task for each plugin: graphile-worker gives a worker only tasks it knows, so one without the plugin leaves its jobs alone. */
export const deliverTask = (pluginId: string) => `deliver:${pluginId}`
export const deliverAllTask = (pluginId: string) => `deliver_all:${pluginId}`

/**
 * One job for each listener, so that a plugin that fails is tried again alone; and one for the rules of the workspace. They have the
 * `priority` of what they follow from; what a job did goes through the rules one batch after the other, and leaves the rest of the worker to others.
 */
export async function fanOut(
  core: Core,
  { workspaceId, eventIds }: { workspaceId: string; eventIds: string[] },
  priority: number,
): Promise<void> {
  const plugins = await listeners(core)
  await core.inWorkspace(workspaceId, async (tx) => {
    const [events, [rules]] = await Promise.all([
      tx.query<Event>(selectEvents(workspaceId, eventIds)),
      tx.query<{ score: boolean; assign: boolean }>(sql`
        select exists (select from score_rules where workspace_id = ${workspaceId} and enabled) as score,
          exists (select from assignment_rules where workspace_id = ${workspaceId} and enabled) as assign`),
    ])
    const automation = automationFor(workspaceId, events, rules!)
    const deliveries = events.flatMap((event) =>
      plugins
        .filter(({ id, types }) => types.has(event.type) && isForeign(id)(event))
        .map(({ id: plugin }) => ({
          identifier: deliverTask(plugin),
          payload: { workspaceId, eventId: event.id },
          jobKey: `deliver ${plugin} ${event.id}`,
        })),
    )
    const batches = plugins
      .filter(({ types }) => types.has('*'))
      .map(({ id: plugin }) => ({ plugin, ids: events.filter(isForeign(plugin)).map(({ id }) => id) }))
      .filter(({ ids }) => ids.length > 0)
      .map(({ plugin, ids }) => ({
        identifier: deliverAllTask(plugin),
        payload: { workspaceId, eventIds: ids },
        jobKey: `deliver_all ${plugin} ${ids[0]}`,
      }))
    const confirmations = core.plugins.some(({ channels }) => channels?.length)
      ? events.flatMap(({ type, data }) => (type === 'submission.waiting' ? [String(data.submissionId)] : []))
      : []
    for (const submissionId of confirmations)
      await addJob(tx, 'send_confirmation', { workspaceId, submissionId }, { key: `confirm ${submissionId}`, priority })
    if (automation)
      await addJob(tx, 'automate', automation, {
        key: `automate ${eventIds[0]}`,
        priority,
        ...(priority > 0 && { queue: followers(workspaceId) }),
      })
    const jobs = [...deliveries, ...batches]
    if (events.some(({ type }) => type.startsWith('consent.'))) await sealSoon(tx, workspaceId)
    if (jobs.length === 0) return
    await tx.query(sql`
      select graphile_worker.add_jobs(array(
        select row(identifier, payload, null, null, null, job_key, ${priority}::integer, null)::graphile_worker.job_spec
        from unnest(${jobs.map(({ identifier }) => identifier)}::text[], ${jobs.map(({ payload }) => JSON.stringify(payload))}::json[], ${jobs.map(({ jobKey }) => jobKey)}::text[])
          as v (identifier, payload, job_key)
      ))`)
  })
}

/** A plugin is not told of what it did itself. */
const isForeign =
  (pluginId: string) =>
  ({ actor }: Event) =>
    !(actor.type === 'plugin' && actor.id === pluginId)

/** How long a handler may take, in ms. One that hangs must not hold the worker: its job fails, and is tried again. */
const patience = 60_000

/** Hands one event to one plugin. A throw is a retry, with the same idempotency key; a plugin that rests is asked later. */
export async function deliverEvent(
  core: Core,
  plugin: Plugin,
  { workspaceId, eventId }: { workspaceId: string; eventId: string },
): Promise<void> {
  const turn = await turnOf(core, workspaceId, plugin)
  if (!turn) return
  if (turn.restsFor > 0) {
    const key = `deliver ${plugin.id} ${eventId}`
    return postpone(core, workspaceId, turn, { task: deliverTask(plugin.id), payload: { workspaceId, eventId }, key })
  }
  const [event] = await core.inWorkspace(workspaceId, (tx) => tx.query<Event>(selectEvents(workspaceId, [eventId])))
  // Its lead was erased since.
  if (!event) return
  const handle = plugin.on?.[event.type]
  if (!handle) return refuseWanted(core, plugin, event.type)
  const lead = event.leadId ? await orNull(getLead(core, workspaceId, event.leadId)) : null
  const idempotencyKey = `${plugin.id}:${eventId}`
  await watched(core, workspaceId, plugin, patience, (signal) =>
    handle(event, { ...turn.context, idempotencyKey, signal, lead }),
  )
}

/** Throws where a newer version of a plugin listens elsewhere, while an installation is updated: the job is tried again there. */
async function refuseWanted(core: Core, plugin: Plugin, type: EventType | '*'): Promise<void> {
  const wanted = (await listeners(core)).find(({ id }) => id === plugin.id)?.types.has(type)
  const told = type === '*' ? 'everything' : type
  if (wanted) throw new Error(`Another version of the plugin ${plugin.id} listens for ${told}; this one does not.`)
}

/** Hands what happened in one transaction to a plugin that wants to be told of everything. A throw is a retry of all of it. */
export async function deliverEvents(
  core: Core,
  plugin: Plugin,
  { workspaceId, eventIds }: { workspaceId: string; eventIds: string[] },
): Promise<void> {
  const turn = await turnOf(core, workspaceId, plugin)
  if (!turn) return
  if (!plugin.onEvents) return refuseWanted(core, plugin, '*')
  if (turn.restsFor > 0) {
    const key = `deliver_all ${plugin.id} ${eventIds[0]}`
    return postpone(core, workspaceId, turn, {
      task: deliverAllTask(plugin.id),
      payload: { workspaceId, eventIds },
      key,
    })
  }
  const events = await core.inWorkspace(workspaceId, (tx) => tx.query<Event>(selectEvents(workspaceId, eventIds)))
  if (events.length === 0) return
  const idempotencyKey = `${plugin.id}:${eventIds[0]}`
  await watched(core, workspaceId, plugin, patience, (signal) =>
    plugin.onEvents!(events, { ...turn.context, idempotencyKey, signal }),
  )
}
