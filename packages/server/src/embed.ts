import {
  type Core,
  createCore,
  firstWorkspace,
  LeadNestError,
  type ObjectStoreOptions,
  type Plugin,
} from '@leadnest/core'
import { type Logger, pino } from 'pino'
import { createApp } from './app.ts'
import { readVariable } from './config.ts'
import { applyMigrations } from './database.ts'
import { createFeed } from './feed.ts'
import { createHealth } from './health.ts'
import { createAccessTokens } from './http/access-token.ts'
import { underPath } from './http/base-path.ts'
import { type RateLimits, usualLimits } from './http/rate-limits.ts'
import { startWorker } from './jobs/worker.ts'
import { logOptions } from './log.ts'

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
  /** Networks (CIDR) that plugins may send to although they are not public. */
  outboundAllow?: string[]
  /** Where files are kept, in place of the database: a store that speaks S3. */
  objects?: ObjectStoreOptions
  /** As `leadnest start` has them unless told; where no address is known, only credentials and workspaces are counted. */
  limits?: RateLimits
  /** How many log-ins may fail in a quarter of an hour, by account and by address; 10 unless told, 0 for no limit. */
  loginFailures?: number
  /** How long an answer to an Idempotency-Key can be replayed; 24 unless told. */
  idempotencyTtlHours?: number
  log?: Logger
}

export interface Embedded {
  /** Use cases work on it: `createLead(leadnest.core, …)`. */
  core: Core
  /**
   * Answers a request, whether or not the path of `publicBaseUrl` is still in front of its address. `env` tells limits
   * who asks: what @hono/node-server and Hono's `mount` hand along, or `{ incoming }` with Node's own request.
   */
  fetch(request: Request, env?: object): Promise<Response>
  /** Ends streams, jobs and connections; call it after the last request. */
  close(): Promise<void>
}

/**
 * LeadNest inside a server of your own: no port, no signal handlers, no Postgres of its own. Throws where the database
 * cannot be reached, or `invalid_input` where a secret is too short or the path is one of our own, as `/admin`.
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
  outboundAllow = [],
  objects,
  limits = usualLimits,
  loginFailures = 10,
  idempotencyTtlHours = 24,
  log: given = pino({ level: 'warn' }),
}: EmbedOptions): Promise<Embedded> {
  const log = given.child({}, logOptions)
  if ([secretKeys, jwtSecrets].some((secrets) => secrets.length === 0 || secrets.some(({ length }) => length < 32)))
    throw new LeadNestError('invalid_input', 'secretKeys and jwtSecrets need 32 characters or more each.')
  const publicBaseUrl = base.replace(/\/+$/, '')
  await applyMigrations(databaseDirectUrl, plugins)
  const undo: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of undo.splice(0).reverse())
      await step().catch((error: unknown) => log.error({ err: error }, 'a part of LeadNest did not stop as it should'))
  }
  try {
    const core = createCore({
      databaseUrl,
      secretKeys,
      plugins,
      publicBaseUrl,
      environment: readVariable,
      loginFailures,
      idempotencyTtlHours,
      outboundAllow,
      objects,
      httpsOnly: production,
      log,
    })
    undo.push(() => core.close())
    await firstWorkspace(core)
    const feed = createFeed(databaseDirectUrl, log)
    undo.push(() => feed.close())
    await feed.ready
    const worker = withWorker ? await startWorker(core, { databaseUrl: databaseDirectUrl, log }) : undefined
    undo.push(async () => worker?.stop())
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
      // The server around it speaks for the whole site.
      hsts: false,
    })
    const basePath = new URL(publicBaseUrl).pathname.replace(/\/$/, '')
    refuseOwnPath(app.routes, basePath)
    const fetch = underPath(app.fetch, basePath)
    return {
      core,
      fetch: async (request, env) => fetch(request, env),
      close() {
        feed.end()
        return close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Below a path of its own, nobody could say whether the path in front of an address was taken off already. */
function refuseOwnPath(routes: { path: string }[], basePath: string): void {
  const [, first] = basePath.split('/')
  if (first && routes.some(({ path }) => path.split('/')[1] === first))
    throw new LeadNestError(
      'invalid_input',
      `publicBaseUrl: /${first} is a path of LeadNest's own. Mount it elsewhere.`,
    )
}
