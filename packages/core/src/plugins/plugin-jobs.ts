import type { JobHelpers, TaskList } from 'graphile-worker'
import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import { addJob } from '../jobs/add-job.ts'
import type { Plugin } from './define-plugin.ts'
import { postpone, turnOf, watched } from './run-plugin.ts'

interface Payload {
  workspaceId: string
  payload: object
  /** The id of the job that began it, where that was put off. */
  run?: string
}

/** How long a job of a plugin may take, in ms. */
const patience = 60_000

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
  const { workspaceId, payload, run = String(job.id) } = sent
  const turn = await turnOf(core, workspaceId, plugin)
  if (!turn) return
  if (turn.restsFor > 0) {
    // Another job by then, and the same run: its idempotency key stays.
    const later = { workspaceId, payload, run }
    return postpone(core, workspaceId, turn, { task: jobTask(plugin.id, name), payload: later, key: job.key })
  }
  await watched(core, workspaceId, plugin, patience, (signal) =>
    plugin.jobs![name]!.run(payload, { ...turn.context, idempotencyKey: `${plugin.id}:${run}`, signal }),
  )
}

async function everywhere(core: Core, plugin: Plugin, name: string): Promise<void> {
  for (const workspaceId of await everyWorkspace(core))
    await core.inWorkspace(workspaceId, (tx) =>
      addJob(
        tx,
        jobTask(plugin.id, name),
        { workspaceId, payload: {} },
        { key: `cron ${plugin.id} ${name} ${workspaceId}` },
      ),
    )
}
