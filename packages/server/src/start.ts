import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings, RequestError } from '@hono/node-server'
import {
  type Core,
  createCore,
  createUser,
  firstWorkspace,
  isBoundByRowSecurity,
  LeadNestError,
  needsSetup,
  type Plugin,
  setupToken,
} from '@leadnest/core'
import type { Logger } from 'pino'
import { createApp } from './app.ts'
import { type Config, ConfigError, readVariable } from './config.ts'
import { claimEmbedded, type Database, migrateDatabase, openDatabase } from './database.ts'
import { createFeed } from './feed.ts'
import { createHealth } from './health.ts'
import { createAccessTokens } from './http/access-token.ts'
import { answerClientError, bareProblem } from './http/client-error.ts'
import { presentable } from './http/problem.ts'
import { startWorker, type Worker } from './jobs/worker.ts'

export interface Running {
  /** Where it listens. */
  url: string
  publicBaseUrl: string
  database: Database
  /** The one-time link that makes the owner; undefined once there is one. */
  setupLink: string | undefined
  /** Answers what is in flight, lets jobs end, and stops the embedded Postgres last. */
  stop(): Promise<void>
}

export interface StartOptions {
  config: Config
  log: Logger
  plugins?: Plugin[]
  /** False where `leadnest worker` runs the jobs. */
  withWorker?: boolean
  /** False where `leadnest worker --plugins-only` runs the jobs of plugins. */
  pluginJobs?: boolean
}

export async function start({
  config,
  log,
  plugins = [],
  withWorker = true,
  pluginJobs = true,
}: StartOptions): Promise<Running> {
  // First of all, so that a taken port is told before anything is made or changed.
  const http = await listen(config)
  const undo: (() => Promise<unknown>)[] = []
  let worker: Worker | undefined
  const stop = async () => {
    // Side by side: each takes up to 7 s, and both together must stay below the 10 s that a supervisor waits.
    await Promise.all([http.close(), worker?.stop()])
    for (const step of undo.splice(0).reverse())
      await step().catch((error: unknown) =>
        log.error({ err: error }, 'a part of the server did not stop as it should'),
      )
  }

  try {
    const database = await openDatabase(config)
    undo.push(() => database.close())
    if (database.embedded) undo.push(await claimEmbedded(database.directUrl, config.dataDir))
    const applied = await migrateDatabase(database, config, plugins)
    if (applied.length > 0) log.info({ migrations: applied }, 'the database was brought up to date')

    // PORT=0 is any free port: only now is it known.
    const publicBaseUrl = config.publicBaseUrl.replace(/:0$/, `:${http.port}`)
    const core = createCore({
      databaseUrl: database.url,
      secretKeys: config.secretKeys,
      plugins,
      publicBaseUrl,
      poolSize: config.databasePoolSize,
      idempotencyTtlHours: config.idempotencyTtlHours,
      loginFailures: config.loginFailures,
      refreshTtlDays: config.jwtRefreshTtlDays,
      environment: readVariable,
      outboundAllow: config.outboundAllow,
      objects: config.objects,
      httpsOnly: config.production,
      log,
    })
    undo.push(() => core.close())
    await warnWhereUnbound(core, log)
    await firstWorkspace(core)
    await makeOwner(core, config)

    if (withWorker)
      worker = await startWorker(core, { databaseUrl: database.directUrl, log, plugins: pluginJobs ? 'all' : 'none' })
    const feed = createFeed(database.directUrl, log)
    undo.push(() => feed.close())
    await feed.ready

    const health = createHealth(core, worker && { workerAlive: worker.alive })
    const accessTokens = createAccessTokens(core, {
      jwtSecrets: config.jwtSecrets,
      ttlMinutes: config.jwtAccessTtlMinutes,
    })
    const { production, corsAllowedOrigins } = config
    const app = createApp({
      core,
      log,
      health,
      feed,
      accessTokens,
      publicBaseUrl,
      production,
      corsAllowedOrigins,
      trustedProxyHops: config.trustedProxyHops,
      limits: config.limits,
    })
    http.serve(app.fetch)

    return {
      url: http.url,
      publicBaseUrl,
      database,
      setupLink: await setupLinkFor(core, publicBaseUrl),
      stop() {
        health.drain()
        // Streams end themselves, so that their connections do not hold the server up.
        feed.end()
        return stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Row security does not bind a superuser, so a slip in a query would reach into another workspace. */
async function warnWhereUnbound(core: Core, log: Logger): Promise<void> {
  if (await isBoundByRowSecurity(core)) return
  log.error(
    {},
    'DATABASE_URL names a superuser, or a role with BYPASSRLS: row security does not hold it. Use a plain owner.',
  )
}

async function makeOwner(core: Core, { adminEmail: email, adminPassword: password }: Config): Promise<void> {
  if (!email || !password || !(await needsSetup(core))) return
  try {
    await createUser(core, { email, password, role: 'owner', workspaceId: await firstWorkspace(core) })
  } catch (error) {
    if (!(error instanceof LeadNestError)) throw error
    // Another process that starts at the same time has made it.
    if (error.code === 'identity_taken') return
    const variable = error.issues[0]?.path === 'password' ? 'LEADNEST_ADMIN_PASSWORD' : 'LEADNEST_ADMIN_EMAIL'
    throw new ConfigError(`${variable}: ${error.issues[0]?.message ?? error.message}`)
  }
}

async function setupLinkFor(core: Core, publicBaseUrl: string): Promise<string | undefined> {
  return (await needsSetup(core)) ? `${publicBaseUrl}/admin/setup?token=${await setupToken(core)}` : undefined
}

const bodyTimeout = 30_000
const isFile = /^(multipart\/form-data|text\/|application\/(octet-stream|x-ndjson))/i

/** Ends a request whose body does not come, as Node does by itself where all have the same time. */
function cutWhenSlow(request: IncomingMessage, publicBaseUrl: string): void {
  if (request.complete) return
  const file = isFile.test(request.headers['content-type'] ?? '')
  let seen = request.socket.bytesRead
  const timer = setInterval(() => {
    const { bytesRead } = request.socket
    if (request.complete) return clearInterval(timer)
    if (file && bytesRead > seen) {
      seen = bytesRead
      return
    }
    clearInterval(timer)
    answerClientError(Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), request.socket, publicBaseUrl)
  }, bodyTimeout)
  timer.unref()
  request.once('close', () => clearInterval(timer))
}

type Fetch = (request: Request, env: HttpBindings) => Response | Promise<Response>

/** Until the server is ready, as during a long migration: the process lives, and that is all. */
function starting(request: Request, publicBaseUrl: string): Response {
  const { pathname } = new URL(request.url)
  if (pathname === '/healthz') return Response.json({ status: 'ok' })
  if (pathname === '/readyz')
    return Response.json(
      { status: 'not ready', problems: ['starting'] },
      { status: 503, headers: { 'retry-after': '1' } },
    )
  return bareProblem(publicBaseUrl, new LeadNestError('unavailable', 'The server is starting.', { retryAfter: 1 }))
}

/** Slow senders are cut: 15 s for the headers, 30 s for a request, and of a file 30 s without a byte, an hour for all of it. */
async function listen({ host, port, publicBaseUrl }: Config) {
  let fetch: Fetch = (request) => starting(request, publicBaseUrl)
  const limits = {
    headersTimeout: 15_000,
    requestTimeout: 3_600_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 2_000,
  }
  const answer = getRequestListener((request, env) => fetch(request, env as HttpBindings), {
    errorHandler: (error) => bareProblem(publicBaseUrl, error instanceof RequestError ? undefined : presentable(error)),
  })
  const underWay = new Set<ServerResponse>()
  let closing = false
  const server = createServer(limits, (request, response) => {
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    response.shouldKeepAlive &&= !closing
    cutWhenSlow(request, publicBaseUrl)
    return answer(request, response)
  })
  server.on('clientError', (error, socket) => answerClientError(error, socket, publicBaseUrl))
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'EADDRINUSE'
          ? new ConfigError(
              `PORT: ${port} is taken on ${host}. Stop what listens there, or choose another, as in PORT=${port + 1} npm start.`,
            )
          : error,
      ),
    )
    server.listen(port, host, done)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    port: bound,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    serve: (next: Fetch) => void (fetch = next),
    /** What is in flight is answered, for 7 s at most, and its connections end with the answer. */
    close: () =>
      new Promise<void>((done) => {
        closing = true
        for (const response of underWay) response.shouldKeepAlive = false
        server.close(() => done())
        // Streams were begun with keep-alive: they end, but their connections would stay for 5 s.
        setInterval(() => server.closeIdleConnections(), 100).unref()
        setTimeout(() => server.closeAllConnections(), 7_000).unref()
      }),
  }
}
