import { resolve } from 'node:path'
import { beginLedgers, createCore, createPool, migrate, migratePlugins, type Plugin } from '@leadnest/core'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@leadnest/core/embedded-postgres'
import pg from 'pg'
import type { Config } from './config.ts'

export interface Database {
  url: string
  /** For what cannot pass a transaction-mode pooler. */
  directUrl: string
  /** Undefined where DATABASE_URL names one. */
  embedded: EmbeddedPostgres | undefined
  /** Stops the embedded Postgres, if no other LeadNest process uses it. */
  close(): Promise<void>
}

/** The database that the configuration names, else the embedded one: attached to where it runs, or started. */
export async function openDatabase({ databaseUrl, databaseDirectUrl, dataDir }: Config): Promise<Database> {
  if (databaseUrl)
    return {
      url: databaseUrl,
      directUrl: databaseDirectUrl ?? databaseUrl,
      embedded: undefined,
      close: async () => undefined,
    }
  const embedded = await startEmbeddedPostgres(dataDir)
  return { url: embedded.url, directUrl: embedded.url, embedded, close: () => embedded.stop() }
}

/** Brings the database up to date, the tables of plugins too; returns what was applied. */
export async function migrateDatabase(
  { directUrl }: Pick<Database, 'directUrl'>,
  { secretKeys }: Pick<Config, 'secretKeys'>,
  plugins: Plugin[] = [],
): Promise<string[]> {
  const applied = await applyMigrations(directUrl, plugins)
  if (applied.includes('0013_consents.sql')) {
    const core = createCore({ databaseUrl: directUrl, secretKeys, poolSize: 1 })
    await beginLedgers(core).finally(() => core.close())
  }
  return applied
}

export async function applyMigrations(directUrl: string, plugins: Plugin[]): Promise<string[]> {
  const pool = createPool(directUrl, { max: 2, queryTimeout: 0 })
  try {
    const applied = await migrate(pool)
    return [...applied, ...(await migratePlugins(pool, plugins))]
  } finally {
    await pool.end()
  }
}

/**
 * Keeps a second server off an embedded database: a session lock in it, which a killed process cannot leave behind.
 * Where that Postgres ends under the running server, it is started again. Throws when another server holds the lock.
 * Returns the way to let go.
 */
export async function claimEmbedded(url: string, dataDir: string): Promise<() => Promise<void>> {
  let released = false
  let client = await lock(url)
  if (!client)
    throw new Error(
      `LeadNest is already running on the data in ${resolve(dataDir)}. Stop it first, or set LEADNEST_DATA_DIR (and PORT) for a second one.`,
    )

  let reclaiming: Promise<void> | undefined
  const soon = () => setTimeout(() => (reclaiming = reclaim()), 500).unref()
  const keep = (held: pg.Client) => held.once('end', soon)
  async function reclaim(): Promise<void> {
    if (released) return
    try {
      await startEmbeddedPostgres(dataDir)
      client = await lock(url)
    } catch {
      client = null
    }
    if (client) keep(client)
    else soon()
  }
  keep(client)
  return async () => {
    released = true
    await reclaiming
    await client?.end().catch(() => undefined)
  }
}

async function lock(url: string): Promise<pg.Client | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000, keepAlive: true })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock(5136473) as held')
  if (rows[0]?.held) return client
  await client.end()
  return null
}
