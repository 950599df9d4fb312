import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Core, createCore, LeadNestError, type Plugin } from '@leadnest/core'
import { type Logger, pino } from 'pino'
import { type Config, ConfigError, readConfig, readVariable } from '../config.ts'
import { type Database, migrateDatabase, openDatabase } from '../database.ts'
import type { LeadNestConfig } from '../index.ts'
import { logOptions } from '../log.ts'

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** What a command ends with that Ctrl-C kept from its end; one that had come to it tells what became of it. */
export const interruptedCode = 130

/** Runs one command against the database, which it attaches to, or starts for as long as the command takes. */
export async function withDatabase(
  work: (database: Database, config: Config, interrupted: AbortSignal) => Promise<void>,
): Promise<void> {
  const config = readConfig()
  const interruption = new AbortController()
  // A first signal waits for the end of what is begun, or the Postgres that was started for it would stay.
  for (const signal of signals) process.once(signal, () => interruption.abort())
  const database = await openDatabase(config)
  try {
    await work(database, config, interruption.signal)
  } finally {
    await database.close()
  }
}

/** The same with a core on the migrated database. Tables of plugins are made by a start, not here. */
export function withCore(
  work: (core: Core, config: Config, interrupted: AbortSignal) => Promise<void>,
  { plugins = [], poolSize = 2 }: { plugins?: Plugin[]; poolSize?: number } = {},
): Promise<void> {
  return withDatabase(async (database, config, interrupted) => {
    await migrateDatabase(database, config)
    const core = createCore({
      databaseUrl: database.url,
      secretKeys: config.secretKeys,
      plugins,
      environment: readVariable,
      poolSize,
    })
    try {
      await work(core, config, interrupted)
    } finally {
      await core.close()
    }
  })
}

/** JSON lines on standard output. */
export function createLog({ logLevel, production }: Config): Logger {
  return pino({
    level: logLevel,
    base: production ? { pid: process.pid } : null,
    ...logOptions,
  })
}

const configNames = ['leadnest.config.ts', 'leadnest.config.mjs', 'leadnest.config.js']

const findConfig = () => configNames.map((name) => resolve(name)).find((path) => existsSync(path))

/** The plugins that `leadnest.config.ts` (or .js) in this folder lists. */
export async function loadPlugins(): Promise<Plugin[]> {
  const file = findConfig()
  if (!file) return []
  const { default: config } = (await import(pathToFileURL(file).href)) as { default?: LeadNestConfig }
  if (!config || typeof config !== 'object')
    throw new ConfigError(`${file}: expected \`export default defineConfig({ … })\`.`)
  return config.plugins ?? []
}

/** The same for a command that is nothing without a plugin that does this. Throws `ConfigError` where none does. */
export async function loadPluginsThat(does: 'imports' | 'exports'): Promise<Plugin[]> {
  const plugins = await loadPlugins()
  const part = does === 'imports' ? 'importers' : 'exporters'
  if (plugins.some((plugin) => Object.keys(plugin[part] ?? {}).length > 0)) return plugins
  const file = findConfig()
  throw new ConfigError(
    file
      ? `No plugin that ${file} lists ${does} anything. Add one to its plugins, as csv() of @leadnest/plugin-csv.`
      : `No plugin here ${does} anything: there is no ${configNames[0]} (.mjs, .js) in ${resolve()}. Run this in the folder that has it, or write one there whose plugins have csv() of @leadnest/plugin-csv.`,
  )
}

/** Calls `stop` at the first SIGTERM, SIGINT or SIGHUP and ends with 0; at a later one the process ends at once. */
export function stopOnSignal(stop: () => Promise<void>, log: Logger): void {
  let since: number | undefined
  const onSignal = (signal: NodeJS.Signals) => {
    if (since !== undefined) {
      // Under npm one Ctrl-C comes twice: from the terminal, and passed on by npm.
      if (performance.now() - since < 1000) return
      process.exit(1)
    }
    since = performance.now()
    log.info({ signal }, 'stopping')
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the stop failed')
        process.exit(1)
      },
    )
  }
  for (const signal of signals) process.on(signal, onSignal)
}

/** One clear line for what a person can mend; a stack only for what they cannot. */
export function fail(error: unknown): never {
  if (error instanceof ConfigError) console.error(error.message)
  else if (error instanceof LeadNestError)
    console.error([error.message, ...error.issues.map(({ path, message }) => `${path}: ${message}`)].join('\n'))
  else
    console.error(
      process.env.LOG_LEVEL === 'debug'
        ? error
        : `LeadNest could not go on: ${error instanceof Error ? error.message || String(error) : String(error)}`,
    )
  process.exit(1)
}
