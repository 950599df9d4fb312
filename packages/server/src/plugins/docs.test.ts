import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { definePlugin, type Plugin } from '@leadnest/core/plugin'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, origin, signInOwner } from '../admin/testing/open-admin.ts'

const docs = readFileSync(new URL('../../../../docs/plugins.md', import.meta.url), 'utf8')
const blocks = [...docs.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code!)
const folder = new URL(`./docs-${process.pid}/`, import.meta.url)
const provider = setupServer(
  http.get('https://api.shop.example/me', ({ request }) =>
    request.headers.get('authorization') === 'Bearer t0ken'
      ? HttpResponse.json({})
      : new HttpResponse(null, { status: 401 }),
  ),
)

const chat = 'http://10.0.0.7:8065'
const told: { key: string; to: string; text: string }[] = []
provider.use(
  http.post(chat, async ({ request }) => {
    told.push((await request.json()) as (typeof told)[number])
    return new HttpResponse(null, { status: 204 })
  }),
)

const by = { actor: { type: 'system' as const, id: null, name: 'Test' }, source: 'api' as const }
/** Files in and out, by the formats that there are. */
const files = definePlugin({
  id: 'files',
  name: 'Files',
  capabilities: ['imports', 'exports'],
  routes: {
    async 'POST /in/:workspace'(request, { params, at }) {
      const { imports } = (await at(params.workspace!))!
      const { id } = await imports.store(request.body!, { name: 'people' })
      return Response.json(await imports.begin({ fileId: id }, by))
    },
    async 'GET /out/:workspace'(_, { params, at }) {
      const { exports } = (await at(params.workspace!))!
      const { id } = await exports.begin(
        { format: 'jsonl', filter: 'email = lin@example.com', columns: ['email', 'company'] },
        by,
      )
      const file = await exports.open(id)
      let text = ''
      for await (const bytes of file.read()) text += Buffer.from(bytes).toString()
      return new Response(text, { headers: { 'content-type': file.type } })
    },
  },
})

let server: Admin
let key: string
let session: { cookie: string }

beforeAll(async () => {
  mkdirSync(folder, { recursive: true })
  const load = async <Made = Plugin>(name: string, code: string): Promise<Record<string, Made>> => {
    const file = new URL(`${name}.ts`, folder)
    writeFileSync(file, code)
    return import(/* @vite-ignore */ file.pathname)
  }
  const { hello } = await load('hello', blocks[0]!)
  const { shop } = await load('shop', blocks.find((code) => code.includes('export const shop'))!)
  const { places } = await load('places', blocks.find((code) => code.includes('export const places'))!)
  const { callbacks } = await load('callbacks', blocks.find((code) => code.includes('export const callbacks'))!)
  const { stars } = await load('stars', blocks.find((code) => code.includes('export const stars'))!)
  const { courier } = await load<(chat: string) => Plugin>(
    'courier',
    blocks.find((code) => code.includes('export const courier'))!,
  )
  const { jsonLines } = await load('json-lines', blocks.find((code) => code.includes('export const jsonLines'))!)
  provider.listen({ onUnhandledFrame: 'bypass' })
  server = await openAdmin({ plugins: [hello!, shop!, places!, callbacks!, stars!, courier!(chat), jsonLines!, files] })
  key = await server.nest.key()
  session = await signInOwner(server)
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  provider.close()
  await server.close()
})

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })

test('the shop of docs/plugins.md takes orders, once its settings are there', async () => {
  const order = (token: string) =>
    server.app.request(`${origin}/plugins/shop/orders/A1`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ id: '7', email: 'buyer@example.com' }),
    })
  expect((await order('t0ken')).status).toBe(401)
  await ask('PATCH /v1/plugins/shop', { settings: { account: 'A1', token: 't0ken' } })
  expect((await ask('POST /v1/plugins/shop/check')).json).toEqual({ ok: true, detail: null })
  expect((await order('wrong')).status).toBe(401)
  expect((await order('t0ken')).status).toBe(204)
  expect((await order('t0ken')).status).toBe(204)
  await server.nest.settle()
  const [lead] = (await ask('GET /v1/leads?email=buyer@example.com')).json.data
  expect((await ask(`GET /v1/leads/${lead.id}/notes`)).json.data.map(({ body }: { body: string }) => body)).toContain(
    'Bought something.',
  )

  await ask('PATCH /v1/plugins/shop', { settings: { token: 'another' } })
  expect((await ask('POST /v1/plugins/shop/check')).json.detail).toBe('The shop answers 401.')
})

test('the places of docs/plugins.md have a page', async () => {
  const open = async () => (await server.get('/admin/plugins/places', session)).text()
  const refused = await server.post('/admin/plugins/places/add', { name: '', seats: 'two' }, session)
  const again = await refused.text()
  expect(refused.status).toBe(422)
  for (const seen of ['This is missing.', 'Give a number.', 'value="two"']) expect(again).toContain(seen)
  const added = await server.post('/admin/plugins/places/add', { name: 'The <Corner>', seats: '4' }, session)
  const next = await (await server.get(added.headers.get('location')!, session)).text()
  for (const seen of ['Added The &lt;Corner&gt;.', '<li>The &lt;Corner&gt; <small>4</small></li>'])
    expect(next).toContain(seen)
  expect(await open()).toContain('aria-current="page"')
})

test('the callbacks of docs/plugins.md are asked for, seen and done', async () => {
  const { id } = (await ask('POST /v1/leads', { name: 'Ada', email: 'ada@example.com' })).json
  const path = `/admin/leads/${id}`
  const open = async (path: string) => (await server.get(path, session)).text()
  expect(await open(path)).toContain('<p>Nothing to do.</p>')
  const why = { 'callbacks.ask.why': 'Wants a <price>' }
  const asked = await server.post(`${path}/actions/callbacks/ask`, why, session)
  expect(await open(asked.headers.get('location')!)).toContain('Ask for a callback: done.')
  expect(await open(path)).toContain('<p>Waits for a call.</p>')
  expect(await open('/admin/reports')).toContain(`<li><a href="${path}">Ada</a></li>`)
  expect((await ask(`GET ${path.replace('/admin', '/v1')}/notes`)).json.data[0].body).toBe('Wants a <price>')
  const done = await server.post(`${path}/actions/callbacks/done`, {}, session)
  expect(await open(done.headers.get('location')!)).toContain('Well done.')
  expect(await open('/admin/reports')).not.toContain(path)
})

test('the stars of docs/plugins.md are a field of a form', async () => {
  const field = { name: 'score', type: 'plugin:stars/rating', label: 'Score', settings: { stars: 3 } }
  const email = { name: 'email', type: 'email', label: 'E-mail' }
  await ask('POST /v1/forms', { slug: 'stars', name: 'Stars', fields: [email, field] })
  const published = (await ask('GET /v1/forms/stars')).json.fields[1]
  const script = await (await server.app.request(origin + published.script)).text()
  expect([published.element, script.includes("customElements.define('stars-rating'")]).toEqual(['stars-rating', true])
  const send = (score: string) =>
    ask('POST /v1/forms/stars/submissions', { fields: { email: 'eve@example.com', score } })
  expect((await send('4')).json.errors).toEqual([{ path: 'fields.score', message: 'Give 1 to 3 stars.' }])
  expect((await send('3')).status).toBe(201)
})

test('the courier of docs/plugins.md passes on who came and who is invited, to an address of our own network', async () => {
  const captured = await server.nest.capture('contact', { name: 'Kim', email: 'kim@example.com' })
  await server.nest.settle()
  await expect
    .poll(() => told.map(({ to, text }) => [to, text]))
    .toContainEqual(['sales', `1 new: ${captured.lead!.id}`])
  expect(told[0]!.key).toEqual(expect.any(String))
  await ask('POST /v1/invites', { email: 'new@example.com', role: 'member' })
  await server.nest.settle()
  expect(told.filter(({ to }) => to === 'new@example.com').map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Join .+: http.+\/admin\//),
  ])
})

test('the JSON Lines of docs/plugins.md come in, with what is wrong by its row, and go out', async () => {
  const import_ = async (text: string) => {
    const sent = await server.app.request(`${origin}/plugins/files/in/${server.nest.workspaceId}`, {
      method: 'POST',
      body: text,
    })
    return sent.json() as Promise<{ id: string }>
  }
  const text = '{"email":"lin@example.com","company":"Zoë & Co","seen":1}\n{"email":"no"\n{"email":"max@example.com"}'
  expect(await import_(text)).toMatchObject({
    format: 'jsonl',
    status: 'succeeded',
    total: 3,
    created: 2,
    ignoredColumns: ['seen'],
    errors: [{ row: 2, code: 'invalid_json' }],
  })
  expect(await import_('{"email"\n')).toMatchObject({ status: 'failed', error: { code: 'invalid_json', row: 1 } })
  const out = await server.app.request(`${origin}/plugins/files/out/${server.nest.workspaceId}`)
  expect(out.headers.get('content-type')).toBe('application/x-ndjson')
  expect(await out.text()).toBe('{"email":"lin@example.com","company":"Zoë & Co"}\n')
  // Enough for several batches, each from the byte where the one before it ended.
  const many = Array.from({ length: 2500 }, (_, i) => JSON.stringify({ email: `many${i}@example.com` })).join('\n')
  const { id } = await import_(many)
  await server.nest.settle()
  expect((await ask(`GET /v1/jobs/${id}`)).json).toMatchObject({ status: 'succeeded', result: { created: 2500 } })
})
