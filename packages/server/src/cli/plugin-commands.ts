import type { Command } from 'commander'
import { newPlugin } from './plugin-new.ts'
import { loadPlugins } from './session.ts'

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
}
