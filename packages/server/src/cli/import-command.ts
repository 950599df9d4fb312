import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { addAbortSignal, type Readable } from 'node:stream'
import { type Core, firstWorkspace, importPowersOf } from '@leadnest/core'
import type { ImportPowers, NewImport, StoredFile } from '@leadnest/core/plugin'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { importControls } from './import-controls.ts'
import { mappingIn, savedMapping } from './import-mapping.ts'
import { finishImport } from './import-run.ts'
import { byCommand } from './key-commands.ts'
import { type OutFile, withOutFile } from './out-file.ts'
import { interruptedCode, loadPluginsThat, withCore } from './session.ts'

interface Options {
  map?: string[]
  mapping?: string
  mode?: string
  key?: string
  blanks?: string
  faulty?: string
  tags?: string
  encoding?: string
  delimiter?: string
  quote?: string
  header?: boolean
  format?: string
  name?: string
  dryRun?: boolean
  rejects?: string
  workspace?: string
}

const help = `
It ends with 0 where every row was taken, 2 where some were refused (or an undo left some alone), 1 where it was not done,
and 130 after Ctrl-C: an import is paused then, and "leadnest import resume <id>" goes on.

  leadnest import people.csv --map Wer=name --dry-run
  leadnest import people.csv --mapping "HubSpot people" --tags "HubSpot, 2026" --rejects rejects.csv
  unzip -p export.zip people.csv | leadnest import - --delimiter ";" --mode fill`

/** `leadnest import`. */
export function importCommand(program: Command): void {
  const command = program
    .command('import')
    .description('import leads from a file, or from standard input by -')
    .argument('<file>')
    .enablePositionalOptions()
    .option(
      '--map <column=target>',
      'where a column goes, as in "Wer=name" or \'Wer={"to":"name","parts":true}\'; also JSON of all, or a file with it',
      (value: string, all: string[] = []) => [...all, value],
    )
    .option('--mapping <name>', 'a mapping that was saved, by its name; --map says more, or otherwise')
    .option('--mode <mode>', 'create, update, upsert, skip or fill; upsert unless told')
    .option('--key <key>', 'email, phone, externalId or id; email unless told')
    .option('--blanks <what>', 'keep, or clear: an empty cell takes away what is there; keep unless told')
    .option('--faulty <what>', 'refuse, or leave: rows go in without cells that cannot be read; refuse unless told')
    .option('--tags <tags>', 'put on every lead of the file, with commas between')
    .option('--encoding <name>', 'as in windows-1252, where it is not UTF-8')
    .option('--delimiter <character>', 'what stands between cells, as ";" or tab; found unless told')
    .option('--quote <character>', 'what cells are quoted by; found unless told')
    .option('--header', 'the first row names the columns; found unless told')
    .option('--no-header', 'the first row is a lead; columns are called "Column 1" and so on')
    .option('--format <name>', 'found by looking at the file unless told')
    .option('--name <name>', 'what the import is called; the name of the file unless told')
    .option('--rejects <file>', 'where refused rows go as CSV, with why: mend it and import it again')
    .option('--dry-run', 'say what would become of the rows, and change nothing')
    .option('--workspace <id>', 'the first workspace unless told')
    .addHelpText('after', help)
    .action(async (file: string, options: Options) => {
      const { rejects } = options
      if (rejects !== undefined && resolve(rejects) === resolve(file))
        throw new ConfigError('--rejects: this is the file that is imported. Name another one.')
      const plugins = await loadPluginsThat('imports')
      return withOutFile('--rejects', rejects, (out) =>
        withCore((core, _, interrupted) => importFile(core, file, options, out, interrupted), { plugins, poolSize: 5 }),
      )
    })
  importControls(command)
}

async function importFile(
  core: Core,
  file: string,
  given: Options,
  rejects: OutFile | undefined,
  interrupted: AbortSignal,
): Promise<void> {
  const { mode, key, blanks, faulty, tags, format, dryRun = false } = given
  const workspaceId = given.workspace ?? (await firstWorkspace(core))
  const mapping = {
    ...(given.mapping !== undefined && (await savedMapping(core, workspaceId, given.mapping))),
    ...(await mappingIn(given.map ?? [])),
  }
  const imports = importPowersOf(core, workspaceId, () => undefined)
  const source = await openSource(file)
  const stored = await store(
    imports,
    source,
    given.name ?? (file === '-' ? 'standard input' : basename(file)),
    interrupted,
  )
  if (!stored) {
    process.exitCode = interruptedCode
    return console.error('Nothing was imported.')
  }
  const input = {
    fileId: stored.id,
    dryRun,
    options: optionsOf(given),
    ...(Object.keys(mapping).length > 0 && { mapping }),
    ...(tags !== undefined && { tags: listed(tags) }),
    // Words that are none are refused by what takes them, each with those that there are.
    ...({ format, mode, key, blanks, faulty } as Partial<NewImport>),
  }
  const begun = await imports.begin(input, byCommand)
  await finishImport({ core, workspaceId, imports, interrupted }, begun, rejects)
}

/** How a file is written, as its format takes it. */
function optionsOf({ encoding, delimiter, quote, header }: Options): Record<string, unknown> {
  const said = { encoding, delimiter: /^(tab|\\t)$/i.test(delimiter ?? '') ? '\t' : delimiter, quote, header }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

async function openSource(file: string): Promise<Readable> {
  if (file === '-') return process.stdin
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new ConfigError(`There is no file ${file}.`)
  if (found.isDirectory()) throw new ConfigError(`${file} is a folder. Name a file.`)
  return createReadStream(file)
}

/** Undefined where it was interrupted: what came of standard input then may be half of it. */
async function store(
  imports: ImportPowers,
  source: Readable,
  name: string,
  interrupted: AbortSignal,
): Promise<StoredFile | undefined> {
  try {
    const stored = await imports.store(addAbortSignal(interrupted, source), { name })
    return interrupted.aborted ? undefined : stored
  } catch (error) {
    if (interrupted.aborted) return undefined
    throw error
  }
}

const listed = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
