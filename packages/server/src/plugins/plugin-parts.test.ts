import { createHmac } from 'node:crypto'
import { createWorkspace } from '@leadnest/core'
import { definePlugin } from '@leadnest/core/plugin'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
const provider = setupServer(
  http.get('https://api.shop.example/status', () => HttpResponse.text('fine')),
  http.get('https://api.other.example/status', () => HttpResponse.text('fine')),
)
const ran: [job: string, workspaceId: string, payload: unknown, idempotencyKey: string][] = []

let broken = true
/** The idempotency keys by which `flaky` ran. */
const tried: string[] = []

/** A shop that posts orders, signed over the raw body, and is asked for its status. */
const shop = definePlugin({
  id: 'shop',
  name: 'Shop',
  capabilities: ['leads:write', 'http:api.shop.example'],
  settings: v.object({
    account: v.string(),
    secret: v.pipe(v.string(), v.metadata({ secret: true })),
    host: v.optional(v.string(), 'api.shop.example'),
  }),
  names: ({ account }) => [account],
  routes: {
    async 'POST /orders/:account'(request, { params, find, url }) {
      const context = await find(params.account!)
      if (!context) return new Response('unknown account', { status: 404 })
      const body = await request.text()
      const expected = createHmac('sha256', context.settings.secret)
        .update(url + body)
        .digest('hex')
      if (request.headers.get('x-signature') !== expected) return new Response('forged', { status: 403 })
      const lead = await context.leads.create({ email: JSON.parse(body).email })
      await context.jobs.add('thank', { leadId: lead.id }, { key: lead.id })
      return Response.json({ lead: lead.id }, { status: 202 })
    },
    'GET /hello': () =>
      new Response('<b>hello from the shop</b>', {
        status: 203,
        headers: {
          'content-type': 'text/html',
          'content-security-policy': "script-src 'unsafe-inline'",
          'set-cookie': 'a=b',
          'x-shop': 'yes',
        },
      }),
    async 'POST /flaky/:account'(_request, { params, find }) {
      await (await find(params.account!))!.jobs.add('flaky')
      return new Response(null, { status: 202 })
    },
    'POST /fails': () => {
      throw new Error('a secret detail of the shop')
    },
  },
  jobs: {
    thank: {
      run(payload, { workspaceId, idempotencyKey }) {
        ran.push(['thank', workspaceId, payload, idempotencyKey])
      },
    },
    flaky: {
      run(_payload, { idempotencyKey }) {
        tried.push(idempotencyKey)
        if (broken) throw new Error('The far end is away.')
      },
    },
    nightly: {
      cron: '0 3 * * *',
      run(payload, { workspaceId, idempotencyKey }) {
        ran.push(['nightly', workspaceId, payload, idempotencyKey])
      },
    },
  },
  async health({ fetch, settings }) {
    const answer = await fetch(`https://${settings.host}/status`)
    if ((await answer.text()) !== 'fine') throw new Error('The shop is closed.')
  },
})

beforeAll(async () => {
  provider.listen({ onUnhandledFrame: 'bypass' })
  server = await testServer({ plugins: [shop] })
  key = await server.nest.key()
  await ask('PATCH /v1/plugins/shop', { settings: { account: 'AC1', secret: 's3cret' } })
})
afterAll(async () => {
  provider.close()
  await server.close()
})

const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
const order = (account: string, body: string, secret = 's3cret') =>
  server.app.request(`${origin}/plugins/shop/orders/${account}`, {
    method: 'POST',
    headers: {
      'x-signature': createHmac('sha256', secret)
        .update(`${origin}/plugins/shop/orders/${account}${body}`)
        .digest('hex'),
    },
    body,
  })

test('a route is handed the raw request, finds its workspace by the settings, and works with its powers', async () => {
  const answer = await order('AC1', '{ "email":  "buyer@example.com" }')
  expect(answer.status).toBe(202)
  const { lead } = (await answer.json()) as { lead: string }
  expect((await ask(`GET /v1/leads/${lead}`)).json.email).toBe('buyer@example.com')
  await order('AC1', '{ "email":  "buyer@example.com" }')
  await server.nest.settle()
  expect(ran).toEqual([['thank', server.nest.workspaceId, { leadId: lead }, expect.stringMatching(/^shop:\d+$/)]])
  const hello = await server.app.request(`${origin}/plugins/shop/hello`)
  expect([hello.status, hello.headers.get('x-shop'), await hello.text()]).toEqual([
    203,
    'yes',
    '<b>hello from the shop</b>',
  ])
  // It is our origin, whatever a plugin says.
  expect(hello.headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
  expect([hello.headers.get('x-content-type-options'), hello.headers.get('set-cookie')]).toEqual(['nosniff', null])
  expect(hello.headers.get('x-request-id')).not.toBe(null)
})

test('what a route refuses, throws or does not have is answered without a word of the inside', async () => {
  expect((await order('AC1', '{}', 'wrong')).status).toBe(403)
  expect((await order('AC2', '{}')).status).toBe(404)
  const failed = await server.request('POST /plugins/shop/fails', { body: {} })
  expect([failed.status, failed.json.code]).toEqual([500, 'internal'])
  expect(failed.text).not.toContain('secret detail')
  expect((await server.request('GET /plugins/shop/nothing')).json.code).toBe('not_found')
  expect((await server.request('GET /plugins/shop/fails')).headers.get('allow')).toBe('POST')
  const large = await server.request('POST /plugins/shop/orders/AC1', { raw: 'x'.repeat(1024 * 1024 + 1) })
  expect(large.json.code).toBe('body_too_large')
})

test('no two workspaces may have the same name, and a plugin that is off is found by none', async () => {
  const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
  const theirs = await server.nest.key({ workspaceId: other })
  const taken = await ask('PATCH /v1/plugins/shop', { settings: { account: 'AC1', secret: 'x' } }, theirs)
  expect(taken.json.code).toBe('name_taken')
  await ask('PATCH /v1/plugins/shop', { settings: { account: 'AC3', secret: 'x' } }, theirs)
  expect((await order('AC3', '{"email":"theirs@example.com"}', 'x')).status).toBe(202)
  expect((await ask('GET /v1/leads?email=theirs@example.com', undefined, theirs)).json.data).toHaveLength(1)
  expect((await ask('GET /v1/leads?email=theirs@example.com')).json.data).toEqual([])

  await ask('PATCH /v1/plugins/shop', { enabled: false }, theirs)
  expect((await order('AC3', '{"email":"late@example.com"}', 'x')).status).toBe(404)
})

test('what runs by the clock runs in each workspace that has the plugin on', async () => {
  ran.length = 0
  await server.nest.pool.query("select graphile_worker.add_job('plugin_cron:shop:nightly')")
  await server.nest.settle()
  expect(ran).toEqual([['nightly', server.nest.workspaceId, {}, expect.any(String)]])
})

test('a plugin that rests still answers its routes, and a job that was put off keeps its idempotency key', async () => {
  const again = async () => {
    await server.nest.pool.query('update graphile_worker._private_jobs set run_at = now()')
    await server.nest.settle()
  }
  await server.app.request(`${origin}/plugins/shop/flaky/AC1`, { method: 'POST' })
  for (let i = 0; i < 6; i++) await again()
  expect((await ask('GET /v1/plugins/shop')).json.restingUntil).not.toBe(null)
  expect(tried).toHaveLength(5)
  expect((await order('AC1', '{"email":"meanwhile@example.com"}')).status).toBe(202)

  broken = false
  await ask('PATCH /v1/plugins/shop', { enabled: true })
  await again()
  expect(tried).toHaveLength(6)
  expect(new Set(tried).size).toBe(1)
})

test('a plugin reaches the hosts that it declares, and is told by name what is missing', async () => {
  expect((await ask('POST /v1/plugins/shop/check')).json).toEqual({ ok: true, detail: null })
  await ask('PATCH /v1/plugins/shop', { settings: { host: 'api.other.example' } })
  const { json } = await ask('POST /v1/plugins/shop/check')
  expect(json).toEqual({
    ok: false,
    detail:
      "The plugin shop may not send to api.other.example. Let it: capabilities: ['leads:write', 'http:api.shop.example', 'http:api.other.example'].",
  })
})
