import {
  firstWorkspace,
  listInstalled,
  listPlugins,
  planPlugin,
  shadowRun,
  uninstallPlugin,
  updatePlugin,
} from '@leadnest/core'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { byCommand } from './key-commands.ts'
import { checkInstallation } from './plugin-check.ts'
import { loadPluginFile, problemsWith } from './plugin-file.ts'
import { newPlugin } from './plugin-new.ts'
import { tellData, tellPlan, tellShadow } from './plugin-words.ts'
import { loadPlugins, withCore } from './session.ts'

interface InWorkspace {
  workspace?: string
}

/** `leadnest plugin`. */
export function pluginCommands(program: Command): void {
  const plugin = program.command('plugin').description('plugins: begin one, look at what is installed, try what is new')
  plugin
    .command('new <name>')
    .description('begin a package with a plugin, its tests and its build')
    .option('--folder <folder>', 'where; a folder of its name unless told')
    .option('--core <spec>', 'what npm installs @leadnest/core from, as in file:../core.tgz')
    .action(async (name: string, options: { folder?: string; core?: string }) =>
      console.log(newPlugin(name, options, await loadPlugins())),
    )

  plugin
    .command('list')
    .description('the plugins of the installation, as a workspace has them')
    .option('--workspace <id>', 'the first workspace unless told')
    .action(async ({ workspace }: InWorkspace) => {
      const plugins = await loadPlugins()
      return withCore(
        async (core) => {
          for (const view of await listPlugins(core, workspace ?? (await firstWorkspace(core)))) {
            const state = !view.enabled
              ? 'off'
              : view.needsSettings
                ? 'needs settings'
                : view.restingUntil
                  ? 'rests'
                  : 'on'
            console.log([view.id, view.version ?? '-', state, view.name].join('  '))
          }
          for (const { id, version, name } of await listInstalled(core))
            if (!plugins.some((listed) => listed.id === id))
              console.log([id, version ?? '-', 'not in the configuration', name].join('  '))
        },
        { plugins },
      )
    })

  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const)
    plugin
      .command(`${verb} <id>`)
      .description(`turn a plugin ${enabled ? 'on' : 'off'} in a workspace; running servers see it within a second`)
      .option('--workspace <id>', 'the first workspace unless told')
      .action(async (id: string, { workspace }: InWorkspace) => {
        const plugins = await loadPlugins()
        return withCore(
          async (core) => {
            const view = await updatePlugin(core, workspace ?? (await firstWorkspace(core)), id, { enabled }, byCommand)
            console.log(
              `${id} is ${enabled ? 'on' : 'off'}.${enabled && view.needsSettings ? ' It waits for its settings.' : ''}`,
            )
          },
          { plugins },
        )
      })

  plugin
    .command('plan [file]')
    .description('what the plugins of the configuration, or of a file, would change here; it changes nothing')
    .action(async (file: string | undefined) => {
      const listed = await loadPlugins()
      const planned = file === undefined ? listed : await loadPluginFile(file)
      return withCore(async (core) => {
        if (planned.length === 0) console.log('leadnest.config.ts lists no plugin.')
        for (const [i, one] of planned.entries()) {
          const plan = await planPlugin(core, one)
          const problems = i === 0 ? problemsWith(listed, planned) : []
          if (plan.database.failure !== null || problems.length > 0) process.exitCode = 1
          console.log(tellPlan(plan, problems))
        }
      })
    })

  plugin
    .command('check')
    .description(
      'whether the plugins of the configuration fit this LeadNest, each other and their settings, and reach what they work with',
    )
    .action(async () => {
      const problems = await checkInstallation()
      if (problems > 0) process.exitCode = 1
    })

  plugin
    .command('shadow <file>')
    .description(
      'show the last submissions to `beforeCapture` of a new version, and what it would have made of them; it changes nothing',
    )
    .option('--last <number>', 'how many submissions, the newest first', '200')
    .option('--workspace <id>', 'the first workspace unless told')
    .action(async (file: string, { last, workspace }: InWorkspace & { last: string }) => {
      const count = /^\d{1,5}$/.test(last) ? Number(last) : 0
      if (count < 1) throw new ConfigError(`--last: got “${last}”; expected a whole number from 1 to 99999.`)
      const tried = (await loadPluginFile(file)).filter(({ beforeCapture }) => beforeCapture)
      if (tried.length === 0) throw new ConfigError(`${file} has no plugin with beforeCapture.`)
      return withCore(async (core) => {
        for (const one of tried)
          console.log(
            tellShadow(await shadowRun(core, workspace ?? (await firstWorkspace(core)), one, { last: count })),
          )
      })
    })

  plugin
    .command('uninstall <id>')
    .description('end that a plugin is told of events; what it kept stays, and is listed')
    .option('--drop-data', 'remove what it kept too: its tables, its settings in every workspace, its jobs')
    .option('--force', 'also while leadnest.config.ts lists it')
    .action(async (id: string, { dropData = false, force = false }: { dropData?: boolean; force?: boolean }) => {
      if (!force && (await loadPlugins()).some((listed) => listed.id === id))
        throw new ConfigError(`leadnest.config.ts lists ${id}. Take it out, and start LeadNest again; or add --force.`)
      return withCore(async (core) => {
        const data = await uninstallPlugin(core, id, { dropData }, byCommand)
        const kept = tellData(data).map((line) => `  ${line}`)
        console.log(`${id} is uninstalled.`)
        if (kept.length > 0)
          console.log([dropData ? 'This is gone:' : 'This stays (--drop-data removes it):', ...kept].join('\n'))
      })
    })
}
