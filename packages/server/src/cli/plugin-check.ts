import {
  checkPlugin,
  createCore,
  fitOfWorkspaces,
  type Plugin,
  pendingPluginMigrations,
  problemsOf,
} from '@leadnest/core'
import { definePlugin } from '@leadnest/core/plugin'
import { readVariable } from '../config.ts'
import { migrateDatabase } from '../database.ts'
import { loadPlugins, withDatabase } from './session.ts'

/** Prints a line for each plugin and each workspace where something is wrong; returns how many things are. */
export async function checkInstallation(): Promise<number> {
  const plugins = await loadPlugins()
  const problems = [...plugins.flatMap(malformed), ...problemsOf(plugins)]
  for (const problem of problems) console.log(`✗ ${problem}`)
  // What cannot run together cannot be asked how it fares.
  if (problems.length > 0) return problems.length
  let count = 0
  const wrong = (line: string) => {
    count++
    console.log(`✗ ${line}`)
  }
  await withDatabase(async (database, config) => {
    await migrateDatabase(database, config)
    const { secretKeys, outboundAllow } = config
    const core = createCore({
      databaseUrl: database.url,
      secretKeys,
      outboundAllow,
      plugins,
      environment: readVariable,
      poolSize: 2,
    })
    try {
      const pending = await pendingPluginMigrations(core.pool, plugins)
      for (const plugin of plugins) {
        const before = count
        let asked = 0
        for (const name of pending.filter((name) => name.startsWith(`${plugin.id} `)))
          wrong(`${name} is not applied yet. Start LeadNest, or run \`leadnest migrate\`.`)
        for (const { workspaceId, enabled, isSet, problems } of await fitOfWorkspaces(core, plugin)) {
          if (!enabled) continue
          for (const { setting, message } of isSet ? problems : [])
            wrong(`${plugin.id}, workspace ${workspaceId}: the setting ${setting} does not fit: ${message}`)
          if (problems.length > 0 || !plugin.health) continue
          asked++
          const { ok, detail } = await checkPlugin(core, workspaceId, plugin.id)
          if (!ok) wrong(`${plugin.id}, workspace ${workspaceId}: ${detail}`)
        }
        if (count === before)
          console.log(
            `✓ ${plugin.id}${asked > 0 ? `, well in ${asked === 1 ? '1 workspace' : `${asked} workspaces`}` : ''}`,
          )
      }
    } finally {
      await core.close()
    }
  })
  return count
}

/** A configuration in plain JavaScript may list what definePlugin has never seen. */
function malformed(plugin: Plugin): string[] {
  try {
    definePlugin(plugin)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}
