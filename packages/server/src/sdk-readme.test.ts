import { readFileSync } from 'node:fs'
import * as sdk from '@leadnest/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

const readme = readFileSync(new URL('../../sdk/README.md', import.meta.url), 'utf8')
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!)

let server: TestServer
const given: Record<string, unknown> = {}
const ended = new AbortController()
const secret = `whsec_${Buffer.from('a secret of tests').toString('base64')}`

beforeAll(async () => {
  server = await testServer()
  const url = await server.listen()
  const key = await server.nest.key()
  const leadnest = sdk.createLeadNest({ url, key })
  const body = JSON.stringify({ type: 'lead.created', data: { lead: { email: 'ada@example.com' } } })
  const { nextCursor } = await leadnest.events.list({ after: 'now' })
  Object.assign(given, {
    ...sdk,
    leadnest,
    createLeadNest: (options: sdk.ClientOptions) => sdk.createLeadNest({ ...options, url }),
    createRequest: (options: sdk.ClientOptions) => sdk.createRequest({ ...options, url }),
    process: { env: { LEADNEST_KEY: key, WEBHOOK_SECRET: secret } },
    order: { id: '7', email: 'order@example.com' },
    request: new Request(url, { method: 'POST', body, headers: await sdk.webhooks.sign(body, secret) }),
    load: async () => nextCursor,
    // The first page that is worked through is the last one.
    save: () => ended.abort('enough'),
    signal: ended.signal,
  })
})
afterAll(() => server.close())

/** Runs a block as it stands; returns what it printed. */
async function run(code: string): Promise<string[]> {
  const printed: string[] = []
  const names = { ...given, console: { log: (...values: unknown[]) => printed.push(values.map(String).join(' ')) } }
  // What a compiler wants to be told is nothing to run.
  const body = code.replace(/^import .*$/gm, '').replaceAll('SECRET!', 'SECRET')
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor
  // Braces of its own, so that a block may name what it makes as what it is given.
  const work = new AsyncFunction(
    ...Object.keys(names),
    `{ ${body}\nreturn typeof lead === 'undefined' ? {} : { lead } }`,
  )
  const made: object = await work(...Object.values(names)).catch((error: unknown) => {
    if (error !== 'enough') throw error
    return {}
  })
  Object.assign(given, made)
  return printed
}

test('the README shows ten lines at most at once', () => {
  expect(blocks.length).toBeGreaterThan(6)
  for (const block of blocks) expect(block.trim().split('\n').length, block).toBeLessThanOrEqual(10)
})

test.each(
  blocks.map((code) => [/(leadnest|traced)\.(\w+\.\w+)|webhooks\.\w+|createRequest/.exec(code)?.[0] ?? 'start', code]),
)('what the README shows runs as it says: %s', async (_, code) => {
  const promised = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text)
  expect(await run(code)).toEqual(promised)
})
