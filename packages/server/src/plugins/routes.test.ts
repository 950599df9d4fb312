import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { answerRoute, createCore, createWorkspace, updatePlugin } from '@leadnest/core'
import { definePlugin, judgedRoute } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { noLimits } from '../http/rate-limits.ts'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
const environment: Record<string, string> = {}
const bySystem = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const

const judged: string[] = []

/** A shop whose account stands in the environment, and that knows its sender by a word. */
const shop = definePlugin({
  id: 'shop',
  name: 'Shop',
  capabilities: ['http:127.0.0.1', 'http:127.0.0.2'],
  settings: v.object({
    account: v.pipe(v.string(), v.metadata({ env: 'SHOP_ACCOUNT' })),
    token: v.pipe(v.string(), v.metadata({ secret: true, env: 'SHOP_TOKEN' })),
    shelves: v.optional(v.pipe(v.array(v.string()), v.metadata({ env: 'SHOP_SHELVES' })), []),
  }),
  names: ({ account }) => [account],
  routes: {
    'GET /url': (_request, { url }) => new Response(url),
    'GET /whose/:account': async (_request, { params, find }) =>
      Response.json((await find(params.account!))?.settings ?? null),
    'GET /only': async (_request, { only }) => {
      const found = await only()
      return Response.json(typeof found === 'string' ? found : found.settings)
    },
    'POST /judged': judgedRoute(
      async (request) => {
        const text = await request.text()
        judged.push(text)
        return text === 'sesame' ? { text } : new Response('Who are you?', { status: 401 })
      },
      async ({ text }) => new Response(text),
    ),
    'POST /signed': {
      signed: (request) => request.headers.get('x-word') === 'sesame',
      answer: async (request, { url }) => new Response(`${await request.text()} at ${url}`),
    },
  },
})

beforeAll(async () => {
  server = await testServer({ plugins: [shop], environment, limits: { ...noLimits, perMinute: 20 } })
  key = await server.nest.key()
})
afterAll(() => server.close())

const get = async (path: string) => (await server.request(`GET /plugins/shop${path}`, { from: '192.0.2.9' })).text
const setting = async () => (await server.request('GET /v1/plugins/shop', { key })).json

test('what nobody filled in is taken from the environment, in the first workspace alone', async () => {
  expect(JSON.parse(await get('/only'))).toBe('none')
  expect(JSON.parse(await get('/whose/A1'))).toBeNull()
  const other = await createWorkspace(server.nest, { name: 'Other' })
  Object.assign(environment, { SHOP_ACCOUNT: 'A1', SHOP_TOKEN: 'hush', SHOP_SHELVES: 'left, right,' })
  server.nest.recent.forget()
  const settings = { account: 'A1', token: 'hush', shelves: ['left', 'right'] }
  expect(JSON.parse(await get('/whose/A1'))).toEqual(settings)
  expect(JSON.parse(await get('/only'))).toEqual(settings)
  const view = await setting()
  expect(view).toMatchObject({
    needsSettings: false,
    settings: [
      { key: 'account', value: 'A1', isSet: true, environment: 'SHOP_ACCOUNT' },
      { key: 'token', value: null, isSet: true, environment: 'SHOP_TOKEN' },
      { key: 'shelves', environment: 'SHOP_SHELVES' },
    ],
  })
  expect(JSON.stringify(view)).not.toContain('hush')
  await server.request('PATCH /v1/plugins/shop', { key, body: { settings: { account: 'A2' } } })
  expect(JSON.parse(await get('/whose/A1'))).toBeNull()
  expect(JSON.parse(await get('/whose/A2'))).toEqual({ ...settings, account: 'A2' })
  expect((await setting()).settings[0]).toMatchObject({ value: 'A2', environment: null })
  // Only what was filled in is kept: the token goes with its variable.
  environment.SHOP_TOKEN = 'other'
  server.nest.recent.forget()
  expect(JSON.parse(await get('/whose/A2'))).toEqual({ ...settings, account: 'A2', token: 'other' })
  await server.request('PATCH /v1/plugins/shop', { key, body: { settings: { account: null } } })
  expect(JSON.parse(await get('/whose/A1'))).toMatchObject({ account: 'A1' })

  await updatePlugin(server.nest, other.id, 'shop', { settings: { account: 'B1', token: 'b' } }, bySystem)
  expect(JSON.parse(await get('/only'))).toBe('several')
})

test('a request that proves its sender is not counted; others are', async () => {
  const send = (word: string) =>
    server.request('POST /plugins/shop/signed', { headers: { 'x-word': word }, raw: 'hello', from: '192.0.2.1' })
  for (let i = 0; i < 30; i++) expect((await send('sesame')).status).toBe(200)
  const answers = []
  for (let i = 0; i < 21; i++) answers.push((await send('please')).status)
  expect(answers).toEqual([...Array(20).fill(200), 429])
  expect((await send('sesame')).text).toBe('hello at http://localhost:3000/plugins/shop/signed')
  expect((await server.request('GET /plugins/nothing', { from: '192.0.2.1' })).status).toBe(429)
})

test('a route that judges who sends to it is asked once for each request', async () => {
  const send = (raw: string) => server.request('POST /plugins/shop/judged', { raw, from: '192.0.2.3' })
  expect(await send('sesame')).toMatchObject({ status: 200, text: 'sesame' })
  expect(await send('please')).toMatchObject({ status: 401, text: 'Who are you?' })
  expect(judged).toEqual(['sesame', 'please'])
})

test('the address is the one that was asked for, to the letter', async () => {
  const address = await server.listen()
  const raw = "/plugins/shop/url?a=it's&b=%27&c=|{}&d=a+b%20c&e="
  const { port } = new URL(address)
  const text = await new Promise<string>((done) => {
    let all = ''
    const socket = connect(Number(port), '127.0.0.1', () =>
      socket.write(`GET ${raw} HTTP/1.1\r\nhost: elsewhere.example\r\nconnection: close\r\n\r\n`),
    )
    socket.on('data', (part) => (all += part.toString()))
    socket.on('end', () => done(all))
  })
  expect(text).toContain(`http://localhost:3000${raw}`)
})

test('an origin that the configuration names is reached although it is private; its neighbour is not', async () => {
  const listener = createServer((_request, response) => response.end('inside'))
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done))
  const { port } = listener.address() as AddressInfo
  const own = { ...shop, origins: [`http://127.0.0.1:${port}`] }
  const plugin = definePlugin({
    ...own,
    jobs: {},
    routes: {
      'GET /reach/:host': async (_request, { params, find }) => {
        const context = (await find('A1'))!
        try {
          return await context.fetch(`http://${params.host}:${port}/`)
        } catch (error) {
          return new Response((error as { code: string }).code)
        }
      },
    },
  })
  const core = createCore({
    databaseUrl: server.nest.databaseUrl,
    secretKeys: ['a secret of tests, 32 characters long'],
    plugins: [plugin],
    environment: (name) => environment[name],
  })
  try {
    const reach = async (host: string) =>
      (
        await answerRoute(core, plugin, 'GET /reach/:host', new Request('http://localhost:3000/'), {
          params: { host },
          url: 'http://localhost:3000/',
        })
      ).text()
    expect(await reach('127.0.0.1')).toBe('inside')
    expect(await reach('127.0.0.2')).toBe('address_refused')
  } finally {
    await core.close()
    listener.close()
  }
})
