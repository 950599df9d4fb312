import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { getLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { sql } from '../postgres/sql.ts'
import type { Event } from './event.ts'

const columns = sql`id, type, lead_id, actor, source, data, created_at`

/** One job for each listener, so that a plugin that fails is tried again alone. */
export async function fanOut(
  core: Core,
  { workspaceId, eventIds }: { workspaceId: string; eventIds: string[] },
): Promise<void> {
  const listeners = core.plugins.filter(({ on }) => on && Object.keys(on).length > 0)
  if (listeners.length === 0) return
  await core.inWorkspace(workspaceId, async (tx) => {
    const events = await tx.query<Event>(
      sql`select ${columns} from events where workspace_id = ${workspaceId} and id = any(${eventIds})`,
    )
    const jobs = events.flatMap((event) =>
      listeners
        .filter(({ on }) => on?.[event.type])
        .map(({ id: plugin }) => ({
          identifier: 'deliver',
          payload: { workspaceId, eventId: event.id, plugin },
          jobKey: `deliver ${plugin} ${event.id}`,
        })),
    )
    if (jobs.length === 0) return
    await tx.query(sql`
      select graphile_worker.add_jobs(array(
        select row(identifier, payload, null, null, null, job_key, null, null)::graphile_worker.job_spec
        from unnest(${jobs.map(({ identifier }) => identifier)}::text[], ${jobs.map(({ payload }) => JSON.stringify(payload))}::json[], ${jobs.map(({ jobKey }) => jobKey)}::text[])
          as v (identifier, payload, job_key)
      ))`)
  })
}

/** Hands one event to one plugin. A throw is a retry, with the same idempotency key. */
export async function deliverEvent(
  core: Core,
  { workspaceId, eventId, plugin: pluginId }: { workspaceId: string; eventId: string; plugin: string },
): Promise<void> {
  const plugin = core.plugins.find(({ id }) => id === pluginId)
  const [event] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Event>(sql`select ${columns} from events where workspace_id = ${workspaceId} and id = ${eventId}`),
  )
  const handle = event && plugin?.on?.[event.type]
  // The plugin was taken out of the configuration since, or the event's workspace is gone.
  if (!handle) return
  await handle(event, {
    workspaceId,
    idempotencyKey: `${pluginId}:${eventId}`,
    lead: event.leadId ? await leadOf(core, workspaceId, event.leadId) : null,
    log: {
      info: (message) => core.log.info({ plugin: pluginId }, message),
      warn: (message) => core.log.warn({ plugin: pluginId }, message),
    },
  })
}

/** Null when the lead is gone since. */
async function leadOf(core: Core, workspaceId: string, id: string): Promise<Lead | null> {
  try {
    return await getLead(core, workspaceId, id)
  } catch (error) {
    if (error instanceof LeadNestError && error.code === 'not_found') return null
    throw error
  }
}
