import { type Core, createCore, createPool, firstWorkspace, LeadNestError, migrate, type Plugin } from '@leadnest/core'
import { type Logger, pino } from 'pino'
import { createApp } from './app.ts'
import { createFeed } from './feed.ts'
import { createHealth } from './health.ts'
import { createAccessTokens } from './http/access-token.ts'
import { underPath } from './http/base-path.ts'
import { noLimits, type RateLimits } from './http/rate-limits.ts'
import { startWorker } from './jobs/worker.ts'

export interface EmbedOptions {
  /** Any Postgres 15 or newer; it is brought up to date. */
  databaseUrl: string
  /** For what cannot pass a transaction-mode pooler; `databaseUrl` unless told. */
  databaseDirectUrl?: string
  /** 32 characters or more each, newest first. */
  secretKeys: string[]
  /** Sign access tokens: 32 bytes or more each, newest first. */
  jwtSecrets: string[]
  /** Where browsers reach it, with the path that it is mounted under, as in `https://example.com/leadnest`. */
  publicBaseUrl: string
  plugins?: Plugin[]
  /** Whether this process runs the jobs too; else run `leadnest worker` beside it. */
  worker?: boolean
  production?: boolean
  corsAllowedOrigins?: string[]
  trustedProxyHops?: number
  limits?: RateLimits
  log?: Logger
}

export interface Embedded {
  /** Use cases work on it: `createLead(leadnest.core, …)`. */
  core: Core
  /** Answers a request, whether or not the path of `publicBaseUrl` is still in front of its address. */
  fetch(request: Request): Promise<Response>
  /** Ends streams, jobs and connections; call it after the last request. */
  close(): Promise<void>
}

/**
 * LeadNest inside a server of your own: no port, no signal handlers, no Postgres of its own. Throws where the database
 * cannot be reached, or `invalid_input` where a secret is too short.
 *
 * @example
 * const leadnest = await embed({ databaseUrl, secretKeys, jwtSecrets, publicBaseUrl: 'https://example.com/leadnest' })
 * app.mount('/leadnest', leadnest.fetch)
 */
export async function embed({
  databaseUrl,
  databaseDirectUrl = databaseUrl,
  secretKeys,
  jwtSecrets,
  publicBaseUrl: base,
  plugins = [],
  worker: withWorker = true,
  production = process.env.NODE_ENV === 'production',
  corsAllowedOrigins = [],
  trustedProxyHops = 0,
  limits = noLimits,
  log = pino({ level: 'warn' }),
}: EmbedOptions): Promise<Embedded> {
  if ([secretKeys, jwtSecrets].some((secrets) => secrets.length === 0 || secrets.some(({ length }) => length < 32)))
    throw new LeadNestError('invalid_input', 'secretKeys and jwtSecrets need 32 characters or more each.')
  const publicBaseUrl = base.replace(/\/+$/, '')
  await bringUpToDate(databaseDirectUrl)
  const core = createCore({ databaseUrl, secretKeys, plugins, log })
  await firstWorkspace(core)
  const worker = withWorker ? await startWorker(core, { databaseUrl: databaseDirectUrl, log }) : undefined
  const feed = createFeed(databaseDirectUrl, log)
  await feed.ready
  const app = createApp({
    core,
    log,
    health: createHealth(core, worker && { workerAlive: worker.alive }),
    feed,
    accessTokens: createAccessTokens(core, { jwtSecrets, ttlMinutes: 15 }),
    publicBaseUrl,
    production,
    corsAllowedOrigins,
    trustedProxyHops,
    limits,
  })
  const fetch = underPath(app.fetch, new URL(publicBaseUrl).pathname.replace(/\/$/, ''))
  return {
    core,
    fetch: async (request) => fetch(request),
    async close() {
      feed.end()
      await worker?.stop()
      await feed.close()
      await core.close()
    },
  }
}

async function bringUpToDate(databaseUrl: string): Promise<void> {
  const pool = createPool(databaseUrl, { max: 2, queryTimeout: 0 })
  try {
    await migrate(pool)
  } finally {
    await pool.end()
  }
}
