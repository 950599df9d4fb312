import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Core, firstWorkspace, importPowersOf } from '@leadnest/core'
import type { Import, ImportPowers } from '@leadnest/core/plugin'
import type { Command } from 'commander'
import { ConfigError } from '../config.ts'
import { byCommand } from './key-commands.ts'
import { showProgress } from './progress.ts'
import { demandSuccess, runHere } from './run-here.ts'
import { loadPlugins, withCore } from './session.ts'

interface Options {
  map: string[]
  mode?: string
  key?: string
  encoding?: string
  format?: string
  dryRun?: boolean
  workspace?: string
}

/** `leadnest import`. */
export function importCommand(program: Command): void {
  program
    .command('import <file>')
    .description('import leads from a file; ends with 1 where it cannot be read')
    .option(
      '--map <column=target>',
      'where a column goes, as in "Wer=name"; also JSON, or a file with JSON',
      collect,
      [],
    )
    .option('--mode <mode>', 'create, update, upsert, skip or fill; upsert unless told')
    .option('--key <key>', 'email, phone or externalId; email unless told')
    .option('--encoding <name>', 'as in windows-1252, where it is not UTF-8')
    .option('--format <name>', 'found by looking at the file unless told')
    .option('--dry-run', 'say what would become of the rows, and change nothing')
    .option('--workspace <id>', 'the first workspace unless told')
    .action(async (file: string, options: Options) => {
      const plugins = await loadPlugins()
      return withCore((core) => importFile(core, file, options), { plugins, poolSize: 5 })
    })
}

const collect = (value: string, all: string[]) => [...all, value]

async function importFile(core: Core, file: string, options: Options): Promise<void> {
  const { mode, key, encoding, format, dryRun = false, workspace } = options
  await stat(file).catch(() => {
    throw new ConfigError(`There is no file ${file}.`)
  })
  const workspaceId = workspace ?? (await firstWorkspace(core))
  const imports = importPowersOf(core, workspaceId, () => undefined)
  const mapping = await mappingIn(options.map)
  const stored = await imports.store(createReadStream(file), { name: basename(file) })
  const begun = await imports.begin(
    {
      fileId: stored.id,
      dryRun,
      options: encoding ? { encoding } : {},
      ...(mapping && { mapping }),
      ...(format && { format }),
      ...(mode && { mode: mode as Import['mode'] }),
      ...(key && { key: key as Import['key'] }),
    },
    byCommand,
  )
  tell(await finished(core, workspaceId, imports, begun))
}

async function finished(core: Core, workspaceId: string, imports: ImportPowers, begun: Import): Promise<Import> {
  if (begun.finishedAt) return begun
  const progress = showProgress(begun.dryRun ? 'Trying' : 'Importing')
  const done = await runHere(core, workspaceId, begun, {
    look: () => imports.get(begun.id),
    tell: (now) => progress.at(now.created + now.updated + now.skipped + now.failed, now.total),
  })
  progress.end(`${done.total} rows`)
  return done
}

function tell(done: Import): void {
  demandSuccess(done)
  console.log(
    `${done.dryRun ? 'Would be: ' : ''}${done.created} created, ${done.updated} updated, ${done.skipped} skipped, ${done.failed} failed`,
  )
  if (done.ignoredColumns.length > 0) console.log(`Left out: ${done.ignoredColumns.join(', ')}`)
  for (const { row, line, column, detail } of done.errors.slice(0, 20))
    console.log(`  row ${row} (line ${line})${column ? `, ${column}` : ''}: ${detail}`)
  if (done.failed > 20) console.log(`  and ${done.failed - 20} more: /v1/imports/${done.id}/rejects.csv`)
}

/** Throws `ConfigError` for what is no object of places. */
export async function mappingIn(given: string[]): Promise<Record<string, string> | undefined> {
  if (given.length === 0) return undefined
  const parts = await Promise.all(
    given.map(async (text) => {
      if (text.startsWith('{')) return jsonIn(text, '--map')
      const at = text.lastIndexOf('=')
      return at > 0 ? { [text.slice(0, at)]: text.slice(at + 1) } : jsonIn(await contentOf(text), text)
    }),
  )
  return Object.assign({}, ...parts)
}

function jsonIn(text: string, where: string): Record<string, string> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {}
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, string>
  throw new ConfigError(`${where}: expected an object of JSON, like {"Wer":"name"}.`)
}

const contentOf = (file: string) =>
  readFile(file, 'utf8').catch(() => {
    throw new ConfigError(`--map ${file}: write <column>=<target>, or name a file with JSON.`)
  })
