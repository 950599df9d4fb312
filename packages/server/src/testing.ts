import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type TestNest, type TestNestOptions, testNest } from '@leadnest/core/testing'
import { type Logger, pino } from 'pino'
import { type AppOptions, createApp } from './app.ts'
import { createFeed, type Feed } from './feed.ts'
import { createHealth } from './health.ts'
import { createAccessTokens } from './http/access-token.ts'
import { noLimits } from './http/rate-limits.ts'
import { checkAnswer } from './testing/check-answer.ts'

export const origin = 'http://localhost:3000'

/** The whole app on a database of its own: `request` is its front door, `listen` a real HTTP server for it. */
export async function testServer({
  production = false,
  trustedProxyHops = 0,
  limits = noLimits,
  log = pino({ level: 'silent' }),
  ...options
}: Omit<TestNestOptions, 'log'> &
  Pick<AppOptions, 'trustedProxyHops' | 'limits'> & { production?: boolean; log?: Logger } = {}) {
  const nest: TestNest = await testNest({ ...options, log })
  const feed: Feed = createFeed(nest.databaseUrl, log)
  const accessTokens = createAccessTokens(nest, {
    jwtSecrets: ['a JWT secret of tests, 32 bytes long'],
    ttlMinutes: 15,
  })
  const health = createHealth(nest)
  const app = createApp({
    core: nest,
    log,
    health,
    feed,
    accessTokens,
    publicBaseUrl: origin,
    production,
    corsAllowedOrigins: ['https://app.example.com'],
    trustedProxyHops,
    limits,
  })
  const closing: (() => Promise<unknown>)[] = []
  await feed.ready

  /** Sends JSON and reads the answer, whatever it is; one of the API has to be as the contract says. */
  async function request(
    route: string,
    init: {
      body?: unknown
      raw?: string | Uint8Array<ArrayBuffer>
      headers?: Record<string, string>
      key?: string
      /** The address that the connection comes from. */
      from?: string
    } = {},
  ) {
    const [method, path] = route.split(' ') as [string, string]
    const headers = new Headers({ ...(init.key && { authorization: `Bearer ${init.key}` }) })
    if (init.body !== undefined || init.raw !== undefined) headers.set('content-type', 'application/json')
    for (const [name, value] of Object.entries(init.headers ?? {})) headers.set(name, value)
    const body = init.raw ?? (init.body === undefined ? null : JSON.stringify(init.body))
    const response = await app.request(
      `${origin}${path}`,
      { method, headers, body },
      {
        incoming: { socket: { remoteAddress: init.from ?? '127.0.0.1' } },
      },
    )
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
    const json: any = /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined
    const answer = { status: response.status, headers: response.headers, text, json }
    checkAnswer(method, path, answer, options.plugins)
    return answer
  }

  return {
    nest,
    app,
    feed,
    request,
    async listen(): Promise<string> {
      const server = createServer(getRequestListener(app.fetch))
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      closing.push(async () => {
        server.closeAllConnections()
        server.close()
      })
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    },
    async close() {
      await Promise.all(closing.map((close) => close()))
      await feed.close()
      await nest.close()
    },
  }
}

export type TestServer = Awaited<ReturnType<typeof testServer>>
