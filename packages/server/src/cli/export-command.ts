import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Core, cancelJob, exportPowersOf, firstWorkspace, listSegments } from '@leadnest/core'
import type { ExportPowers } from '@leadnest/core/plugin'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { byCommand } from './key-commands.ts'
import { type OutFile, withOutFile } from './out-file.ts'
import { showProgress } from './progress.ts'
import { demandSuccess, orEnded, runHere } from './run-here.ts'
import { interruptedCode, loadPluginsThat, withCore } from './session.ts'

interface Options {
  out?: string
  filter?: string
  q?: string
  segment?: string
  columns?: string
  timeline?: boolean
  delimiter?: string
  bom?: boolean
  format: string
  workspace?: string
}

const help = `
It ends with 0 where the file is written, 1 where it is not, and 130 after Ctrl-C: the export is cancelled then. A file is there
whole, or as it was before.

  leadnest export --filter "stage = won" --columns email,name,fields.plan --out won.csv
  leadnest export --segment "Big companies" --timeline --delimiter ";" --bom --out big.csv`

/** `leadnest export`. */
export function exportCommand(program: Command): void {
  program
    .command('export')
    .description('write leads into a file, or to standard output')
    .option('--out <file>', 'standard output unless told')
    .option('--filter <filter>', 'as in "stage = won"; all leads unless told')
    .option('--q <words>', 'those that a search finds')
    .option('--segment <segment>', 'those of a segment, by its name or its id')
    .option(
      '--columns <columns>',
      'with commas between, as in email,name,gclid,fields.plan; all but the long and the rare unless told',
    )
    .option('--timeline', 'with a column of what happened to each lead')
    .option('--delimiter <character>', 'what stands between cells: , ; | or tab; a comma unless told')
    .option('--bom', 'with a byte order mark, by which Excel knows UTF-8')
    .option('--format <name>', 'of a plugin', 'csv')
    .option('--workspace <id>', 'the first workspace unless told')
    .addHelpText('after', help)
    .action(async (options: Options) => {
      const plugins = await loadPluginsThat('exports')
      return withOutFile('--out', options.out, (out) =>
        withCore((core, _, interrupted) => exportLeads(core, options, out, interrupted), { plugins, poolSize: 5 }),
      )
    })
}

async function exportLeads(
  core: Core,
  given: Options,
  out: OutFile | undefined,
  interrupted: AbortSignal,
): Promise<void> {
  const { filter, q, format } = given
  const workspaceId = given.workspace ?? (await firstWorkspace(core))
  const exports = exportPowersOf(core, workspaceId, () => undefined)
  const segment = given.segment === undefined ? undefined : await segmentOf(core, workspaceId, given.segment)
  const which = Object.entries({ filter, q, segment }).filter(([, value]) => value !== undefined)
  const columns = await columnsOf(exports, given)
  const begun = await exports.begin(
    {
      format,
      ...(which.length > 0 ? Object.fromEntries(which) : { all: true }),
      ...(columns && { columns }),
      options: optionsOf(given),
    },
    byCommand,
  )
  const progress = showProgress('Exporting')
  const done = await runHere(core, workspaceId, begun, {
    look: () => exports.get(begun.id),
    tell: ({ rows }) => progress.at(rows, null),
    interrupted,
  })
  if (!done.finishedAt) {
    // One that has ended in this moment is removed with its file, within a day.
    await cancelJob(core, workspaceId, done.id, byCommand, 'plugin').catch(orEnded)
    process.exitCode = interruptedCode
    return progress.end('The export was cancelled; nothing is written.')
  }
  demandSuccess(done)
  const rows = Readable.from((await exports.open(done.id)).read())
  await (out ? out.write(rows) : pipeline(rows, process.stdout, { end: false }))
  progress.end(`${done.rows} ${done.rows === 1 ? 'lead' : 'leads'}${out ? ` in ${out.path}` : ''}`)
}

/** The id of a segment, by that or its name. Throws `ConfigError` with the names that there are. */
async function segmentOf(core: Core, workspaceId: string, wanted: string): Promise<string> {
  const segments = await listSegments(core, workspaceId)
  const found = segments.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.trim().toLowerCase())
  if (found) return found.id
  const names = segments.map(({ name }) => `“${name}”`).join(', ')
  throw new ConfigError(
    `--segment: none is called “${wanted}”. ${names ? `There are ${names}.` : 'There is none yet.'}`,
  )
}

async function columnsOf(exports: ExportPowers, { columns, timeline }: Options): Promise<string[] | undefined> {
  const named = columns?.split(',').map((name) => name.trim())
  if (!timeline) return named
  const all = named ?? (await exports.columns()).flatMap(({ key, extra }) => (extra ? [] : [key]))
  return [...new Set([...all, 'timeline'])]
}

function optionsOf({ delimiter, bom }: Options): Record<string, unknown> {
  return {
    ...(delimiter !== undefined && { delimiter: /^(tab|\\t)$/i.test(delimiter) ? '\t' : delimiter }),
    ...(bom && { bom }),
  }
}
