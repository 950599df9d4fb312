import type { JobHelpers, TaskList } from 'graphile-worker'
import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Plugin } from './define-plugin.ts'
import { postpone, turnOf, watched } from './run-plugin.ts'

interface Payload {
  workspaceId: string
  payload: object
  /** The id of the job that began it, where that was put off. */
  run?: string
  /** Kept beside graphile-worker's own, which tells a task no name of it. */
  queue?: string
  /** Since when it waits for a plugin that is off. */
  offSince?: string
  /** It began by the clock. */
  cron?: true
}

/** How long a job of a plugin may take, in ms. */
const patience = 60_000

/** How soon it is looked again whether a plugin that is off was turned on elsewhere, in ms: later and later. */
const soonest = 60_000
const latest = 3_600_000

export const jobTask = (pluginId: string, name: string) => `plugin:${pluginId}:${name}`
const cronTask = (pluginId: string, name: string) => `plugin_cron:${pluginId}:${name}`

/** A task for each job of each plugin, and one for each that runs by the clock. */
export function pluginTasks(core: Core): TaskList {
  return Object.fromEntries(
    core.plugins.flatMap((plugin) =>
      Object.entries(plugin.jobs ?? {}).flatMap(([name, { cron }]) => [
        [
          jobTask(plugin.id, name),
          (payload: unknown, helpers: JobHelpers) => run(core, plugin, name, payload as Payload, helpers),
        ],
        ...(cron ? [[cronTask(plugin.id, name), () => everywhere(core, plugin, name)]] : []),
      ]),
    ),
  )
}

export const pluginCrontab = (plugins: Plugin[]): string =>
  plugins
    .flatMap(({ id, jobs = {} }) =>
      Object.entries(jobs).flatMap(([name, { cron }]) => (cron ? [`${cron} ${cronTask(id, name)}`] : [])),
    )
    .join('\n')

async function run(core: Core, plugin: Plugin, name: string, sent: Payload, { job }: JobHelpers): Promise<void> {
  const { workspaceId, payload, run = String(job.id), offSince, ...kept } = sent
  const turn = await turnOf(core, workspaceId, plugin)
  // Another job by then, and the same run: its idempotency key stays.
  const later = (restsFor: number, more: Pick<Payload, 'offSince'> = {}) =>
    postpone(
      core,
      workspaceId,
      { restsFor },
      {
        task: jobTask(plugin.id, name),
        payload: { ...kept, ...more, workspaceId, payload, run },
        key: job.key,
        priority: job.priority,
        ...(kept.queue && { queue: kept.queue }),
      },
    )
  if (!turn) {
    // The clock brings the next one.
    if (kept.cron) return
    const now = core.now()
    const since = offSince ?? now.toISOString()
    const waited = now.getTime() - Date.parse(since)
    return later(Math.min(Math.max(waited, soonest), latest), { offSince: since })
  }
  if (turn.restsFor > 0) return later(turn.restsFor)
  await watched(core, workspaceId, plugin, patience, (signal) =>
    plugin.jobs![name]!.run(payload, { ...turn.context, idempotencyKey: `${plugin.id}:${run}`, signal }),
  )
}

async function everywhere(core: Core, plugin: Plugin, name: string): Promise<void> {
  for (const workspaceId of await everyWorkspace(core))
    await core.inWorkspace(workspaceId, (tx) =>
      addJob(tx, jobTask(plugin.id, name), { workspaceId, payload: {}, cron: true } satisfies Payload, {
        key: `cron ${plugin.id} ${name} ${workspaceId}`,
      }),
    )
}

/** Jobs that waited while a plugin was off begin as soon as it is on. */
export async function wakeJobs(tx: Tx, workspaceId: string, pluginId: string, at: Date): Promise<void> {
  await tx.query(sql`
    select graphile_worker.reschedule_jobs(array(
      select j.id from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
      where starts_with(t.identifier, ${jobTask(pluginId, '')}) and j.locked_at is null
        and j.payload ->> 'workspaceId' = ${workspaceId} and j.payload ->> 'offSince' is not null
    ), run_at := ${at}::timestamptz)`)
}
