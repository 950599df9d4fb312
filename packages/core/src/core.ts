import type pg from 'pg'
import { createObjectStore, type ObjectStore, type ObjectStoreOptions } from './files/object-store.ts'
import { createForeground, type Foreground } from './foreground.ts'
import { type CaptureQueue, createCaptureQueue } from './leads/capture-queue.ts'
import { type Log, silent } from './log.ts'
import { createOutbound, type Outbound } from './outbound/outbound.ts'
import { checkPlugins } from './plugins/check-plugins.ts'
import type { Plugin } from './plugins/define-plugin.ts'
import { createPool } from './postgres/pool.ts'
import { type Scope, type Tx, transaction } from './postgres/transaction.ts'
import { createRecent, type Recent } from './recent.ts'
import { createKeyring, type Keyring } from './secrets.ts'

export interface CoreOptions {
  /** Any Postgres 15 or newer, migrated (see `migrate`). */
  databaseUrl: string
  /** LEADNEST_SECRET_KEY, newest first; each at least 32 characters. */
  secretKeys: string[]
  plugins?: Plugin[]
  /** Where people reach it, as in `https://leads.example.com`: what links in messages begin with. */
  publicBaseUrl?: string
  /** What a variable of the environment says: plugins take defaults of their settings from it. Nothing unless told. */
  environment?: (name: string) => string | undefined
  /** Connections for requests. */
  poolSize?: number
  log?: Log
  /** How long an answer to an Idempotency-Key can be replayed. */
  idempotencyTtlHours?: number
  /** How many log-ins may fail in a quarter of an hour, by account and by address; 0 for no limit. */
  loginFailures?: number
  /** How long a refresh token is good for. */
  refreshTtlDays?: number
  /** Networks (CIDR) that plugins may send to although they are not public. */
  outboundAllow?: string[]
  /** Whether plugins may only send to https, as in production; not where networks are let through. */
  httpsOnly?: boolean
  /** Sends for plugins; tests bring their own. */
  outbound?: Outbound
  /** Where files are kept, in place of the database. */
  objects?: ObjectStoreOptions | undefined
  /** The clock; tests bring their own. */
  now?: () => Date
}

/** What every use case is handed: the database, the keys, the plugins and the clock. */
export interface Core {
  pool: pg.Pool
  keyring: Keyring
  plugins: Plugin[]
  publicBaseUrl: string
  environment(name: string): string | undefined
  log: Log
  now(): Date
  idempotencyTtlHours: number
  loginFailures: number
  refreshTtlDays: number
  captures: CaptureQueue
  outbound: Outbound
  /** The same without its guard, for addresses that whoever runs LeadNest wrote down. */
  ownOutbound: Outbound
  /** Undefined: files are kept in the database. */
  objects: ObjectStore | undefined
  recent: Recent
  foreground: Foreground
  /** One transaction that sees only this workspace; see `postgres/transaction.ts`. */
  inWorkspace<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** The same for work that nobody waits for: each statement has a minute. */
  patiently<T>(workspaceId: string, work: (tx: Tx) => Promise<T>, scope?: Pick<Scope, 'relaxed'>): Promise<T>
  /** One transaction that sees what belongs to a user in all workspaces. */
  asUser<T>(userId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** One transaction that reads this submission, whatever its workspace, and nothing else. */
  forSubmission<T>(submissionId: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** One transaction outside of all workspaces: `users` and `directory` only. */
  outside<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Ends the connections; call it after the last use case. */
  close(): Promise<void>
}

export function createCore({
  databaseUrl,
  secretKeys,
  plugins = [],
  publicBaseUrl = 'http://localhost:3000',
  environment = () => undefined,
  poolSize = 10,
  log = silent,
  idempotencyTtlHours = 24,
  loginFailures = 10,
  refreshTtlDays = 30,
  outboundAllow = [],
  objects,
  httpsOnly = false,
  outbound: given,
  now = () => new Date(),
}: CoreOptions): Core {
  checkPlugins(plugins)
  const outbound = given ?? createOutbound({ allow: outboundAllow, httpsOnly: httpsOnly && outboundAllow.length === 0 })
  const pool = createPool(databaseUrl, { max: poolSize, log, pipeline: true })
  const core: Core = {
    pool,
    keyring: createKeyring(secretKeys),
    plugins,
    publicBaseUrl,
    environment,
    log,
    now,
    idempotencyTtlHours,
    loginFailures,
    refreshTtlDays,
    captures: undefined as never,
    outbound,
    ownOutbound: given ?? createOutbound({ allow: ['0.0.0.0/0', '::/0'] }),
    objects: objects && createObjectStore(objects),
    recent: createRecent(),
    foreground: createForeground(),
    inWorkspace: (workspaceId, work) => transaction(pool, { workspaceId }, work),
    patiently: (workspaceId, work, scope) => transaction(pool, { workspaceId, patience: 60_000, ...scope }, work),
    asUser: (userId, work) => transaction(pool, { userId }, work),
    forSubmission: (submissionId, work) => transaction(pool, { submissionId }, work),
    outside: (work) => transaction(pool, {}, work),
    close: () => pool.end(),
  }
  core.captures = createCaptureQueue(core)
  return core
}
