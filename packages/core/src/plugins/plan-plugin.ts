import * as v from 'valibot'
import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import type { Plugin } from './define-plugin.ts'
import { listInstalled } from './installed.ts'
import { type TriedMigrations, tryMigrations } from './migrate-plugins.ts'
import { missingIn, type Parts, partsOf } from './parts.ts'
import { readState, type State } from './states.ts'

/** What a plugin, or another version of it, would change in this installation. */
export interface PluginPlan {
  id: string
  name: string
  version: string | null
  /** What is installed now; null where nothing is. */
  installed: { version: string | null } | null
  /** What it would make of the database, which was tried and taken back. */
  database: TriedMigrations
  gained: Parts
  lost: Parts
  workspaces: WorkspaceFit[]
}

/** How the settings of one workspace fit a plugin. */
export interface WorkspaceFit {
  workspaceId: string
  enabled: boolean
  /** Settings that it needs, or that it takes no more as they are, each with why. */
  problems: { setting: string; message: string }[]
  /** Whether anything was set: a plugin that nobody uses is no problem. */
  isSet: boolean
}

export async function planPlugin(core: Core, plugin: Plugin): Promise<PluginPlan> {
  const installed = (await listInstalled(core)).find(({ id }) => id === plugin.id)
  const parts = partsOf(plugin)
  return {
    id: plugin.id,
    name: plugin.name,
    version: plugin.version ?? null,
    installed: installed ? { version: installed.version } : null,
    database: await tryMigrations(core.pool, plugin),
    gained: missingIn(parts, installed?.parts ?? {}),
    lost: missingIn(installed?.parts ?? {}, parts),
    workspaces: await fitOfWorkspaces(core, plugin),
  }
}

/** How the settings of each workspace fit a plugin. */
export async function fitOfWorkspaces(core: Core, plugin: Plugin): Promise<WorkspaceFit[]> {
  const fits: WorkspaceFit[] = []
  for (const workspaceId of await everyWorkspace(core)) {
    const state = await core.inWorkspace(workspaceId, (tx) =>
      readState({ ...core, plugins: [plugin] }, tx, workspaceId, plugin.id),
    )
    fits.push(fitOf(workspaceId, plugin, state))
  }
  return fits
}

function fitOf(workspaceId: string, { settings }: Plugin, { enabled, values }: State): WorkspaceFit {
  const parsed = settings && v.safeParse(settings, values)
  const problems = (parsed?.issues ?? []).map((issue) => ({
    setting: v.getDotPath(issue) ?? '',
    message: issue.message,
  }))
  return { workspaceId, enabled, problems, isSet: Object.keys(values).length > 0 }
}
