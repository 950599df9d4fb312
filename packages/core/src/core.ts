import pg from 'pg'
import { type CaptureQueue, createCaptureQueue } from './leads/capture-queue.ts'
import type { Plugin } from './plugin.ts'
import { applicationName } from './postgres/embedded.ts'
import { types } from './postgres/sql.ts'
import { inWorkspace, type Tx, transaction } from './postgres/transaction.ts'
import { createKeyring, type Keyring } from './secrets.ts'

export interface Log {
  info(data: object, message: string): void
  warn(data: object, message: string): void
  error(data: object, message: string): void
}

export interface CoreOptions {
  /** Any Postgres 15 or newer, migrated (see `migrate`). */
  databaseUrl: string
  /** LEADNEST_SECRET_KEY, newest first; each at least 32 characters. */
  secretKeys: string[]
  plugins?: Plugin[]
  /** Connections for requests. */
  poolSize?: number
  log?: Log
  /** The clock; tests bring their own. */
  now?: () => Date
}

/** What every use case is handed: the database, the keys, the plugins and the clock. */
export interface Core {
  pool: pg.Pool
  keyring: Keyring
  plugins: Plugin[]
  log: Log
  now(): Date
  captures: CaptureQueue
  /** One transaction that sees only this workspace; see `postgres/transaction.ts`. */
  inWorkspace<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** One transaction that sees what belongs to a user in all workspaces. */
  asUser<T>(userId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** One transaction outside of all workspaces: `users` and `directory` only. */
  outside<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Ends the connections; call it after the last use case. */
  close(): Promise<void>
}

const silent: Log = { info() {}, warn() {}, error() {} }

export function createCore({
  databaseUrl,
  secretKeys,
  plugins = [],
  poolSize = 10,
  log = silent,
  now = () => new Date(),
}: CoreOptions): Core {
  const pool = createPool(databaseUrl, { max: poolSize, log })
  const core: Core = {
    pool,
    keyring: createKeyring(secretKeys),
    plugins,
    log,
    now,
    captures: undefined as never,
    inWorkspace: (workspaceId, work) => inWorkspace(pool, workspaceId, work),
    asUser: (userId, work) => transaction(pool, { userId }, work),
    outside: (work) => transaction(pool, {}, work),
    close: () => pool.end(),
  }
  core.captures = createCaptureQueue(core)
  return core
}

/** A pool whose requests fail rather than wait for ever: 3 s for a connection, 4.5 s for an answer. */
export function createPool(
  connectionString: string,
  { max = 10, log = silent, queryTimeout = 4500 }: { max?: number; log?: Log; queryTimeout?: number } = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    types,
    application_name: applicationName,
    connectionTimeoutMillis: 3000,
    query_timeout: queryTimeout,
    keepAlive: true,
  })
  // A connection that breaks is replaced by the pool; unheard, these events would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
