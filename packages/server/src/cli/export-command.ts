import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Core, exportPowersOf, firstWorkspace } from '@leadnest/core'
import type { Command } from 'commander'
import { byCommand } from './key-commands.ts'
import { showProgress } from './progress.ts'
import { demandSuccess, runHere } from './run-here.ts'
import { loadPlugins, withCore } from './session.ts'

interface Options {
  out?: string
  filter?: string
  segment?: string
  columns?: string
  format: string
  workspace?: string
}

/** `leadnest export`. */
export function exportCommand(program: Command): void {
  program
    .command('export')
    .description('write leads into a file, or to standard output')
    .option('--out <file>', 'standard output unless told')
    .option('--filter <filter>', 'as in "stage = won"; all leads unless told')
    .option('--segment <id>', 'those of a segment')
    .option('--columns <columns>', 'with commas between, as in email,name,fields.plan')
    .option('--format <name>', 'of a plugin', 'csv')
    .option('--workspace <id>', 'the first workspace unless told')
    .action(async (options: Options) => {
      const plugins = await loadPlugins()
      return withCore((core) => exportLeads(core, options), { plugins, poolSize: 5 })
    })
}

async function exportLeads(core: Core, { out, filter, segment, columns, format, workspace }: Options): Promise<void> {
  const workspaceId = workspace ?? (await firstWorkspace(core))
  const exports = exportPowersOf(core, workspaceId, () => undefined)
  const which = { ...(filter && { filter }), ...(segment && { segment }) }
  const begun = await exports.begin(
    {
      format,
      ...(Object.keys(which).length > 0 ? which : { all: true as const }),
      ...(columns && { columns: columns.split(',').map((name) => name.trim()) }),
    },
    byCommand,
  )
  const progress = showProgress('Exporting')
  const done = await runHere(core, workspaceId, begun, {
    look: () => exports.get(begun.id),
    tell: ({ rows }) => progress.at(rows, null),
  })
  demandSuccess(done)
  const file = await exports.open(done.id)
  const target = out ? createWriteStream(out) : process.stdout
  await pipeline(Readable.from(file.read()), target, { end: out !== undefined })
  progress.end(`${done.rows} leads${out ? ` in ${out}` : ''}`)
}
