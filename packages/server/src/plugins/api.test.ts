import { PassThrough, Readable } from 'node:stream'
import { createWorkspace } from '@leadnest/core'
import { Answered, type ApiCall, defineApi, definePlugin, Id, notFound, page, sql } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

const Order = v.object({ id: Id, leadId: Id, total: v.number() })
const endpoints = {
  'GET /v1/orders': {
    summary: 'The orders, newest first',
    access: 'leads:read',
    returns: page(Order),
  },
  'POST /v1/orders': {
    summary: 'Write down an order',
    access: 'leads:write',
    body: v.strictObject({
      id: Id,
      email: v.pipe(v.string(), v.email()),
      total: v.number(),
      token: v.optional(v.pipe(v.string(), v.metadata({ secret: true }))),
    }),
    returns: Order,
    status: 201,
    otherStatuses: [200],
  },
  'GET /v1/orders/:id': {
    summary: 'One order',
    access: 'leads:read',
    returns: Order,
    parameters: { id: 'The number of the order.' },
  },
  'POST /v1/orders/file': {
    summary: 'Measure a file',
    access: 'leads:write',
    uploads: ['text/csv', 'multipart/form-data'],
    returns: v.object({ bytes: v.number() }),
  },
  'POST /v1/orders/line': {
    summary: 'Make a lead of the first line of a file',
    access: 'leads:write',
    uploads: ['text/csv'],
    returns: v.object({ leadId: Id }),
  },
  'GET /v1/orders/latest': { summary: 'The order that came last', access: 'leads:read', returns: Order },
} as const

type Row = v.InferOutput<typeof Order>
const calls: ApiCall[] = []
let failing: string | undefined
let lines = 0
const shop = definePlugin({
  id: 'shop',
  name: 'Shop',
  capabilities: ['leads:write', 'tables'],
  settings: v.object({ currency: v.string() }),
  migrations: {
    '1_orders': `create table plugin_shop_orders (
      workspace_id uuid, id uuid, lead_id uuid not null, total int not null, primary key (workspace_id, id))`,
  },
  api: defineApi(endpoints, {
    'GET /v1/orders': async (_, { db }) => ({
      data: await db.query<Row>(sql`select id, lead_id, total from plugin_shop_orders order by id desc`),
      nextCursor: null,
    }),
    'POST /v1/orders': async ({ body: { id, email, total } }, { db, leads, workspaceId }) => {
      const lead = await leads.create({ email })
      if (email === failing) throw new Error('The process ended.')
      const [made] = await db.query<Row>(sql`
        insert into plugin_shop_orders (workspace_id, id, lead_id, total) values (${workspaceId}, ${id}, ${lead.id}, ${total})
        on conflict do nothing returning id, lead_id, total`)
      return new Answered(made ?? { id, leadId: lead.id, total }, made ? 201 : 200)
    },
    'GET /v1/orders/:id': async (call, { db }) => {
      calls.push(call as unknown as ApiCall)
      const [order] = await db.query<Row>(
        sql`select id, lead_id, total from plugin_shop_orders where id = ${call.params.id}`,
      )
      if (!order) throw notFound('order')
      return order
    },
    'POST /v1/orders/file': async ({ request }) => {
      let bytes = 0
      for await (const chunk of request.body ?? []) bytes += chunk.length
      return { bytes }
    },
    // It reads no further than it must.
    'POST /v1/orders/line': async ({ request }, { leads }) => {
      const { value } = await request.body!.getReader().read()
      lines++
      return { leadId: (await leads.create({ email: Buffer.from(value!).toString().trim() })).id }
    },
    'GET /v1/orders/latest': async (_, { db }) => {
      const [order] = await db.query<Row>(
        sql`select id, lead_id, total from plugin_shop_orders order by id desc limit 1`,
      )
      if (!order) throw notFound('order')
      return order
    },
  }),
})

let server: TestServer
let key: string
const id = '01890a5d-ac96-774b-bcce-b302099a8057'
beforeAll(async () => {
  server = await testServer({ plugins: [shop] })
  key = await server.nest.key()
})
afterAll(() => server.close())

const order = { id, email: 'ada@example.com', total: 3 }

test('a route of a plugin says that the plugin waits for its settings, and works once they are there', async () => {
  const waiting = await server.request('GET /v1/orders', { key })
  expect(waiting.json).toMatchObject({ status: 409, code: 'plugin_off' })
  await server.request('PATCH /v1/plugins/shop', { key, body: { settings: { currency: 'EUR' } } })
  expect((await server.request('GET /v1/orders', { key })).json).toEqual({ data: [], nextCursor: null })
})

test('its parts are checked, it is idempotent, and what it does is done by whoever asked', async () => {
  const wrong = await server.request('POST /v1/orders', { key, body: { ...order, email: 'nobody', more: 1 } })
  expect(wrong.json).toMatchObject({ status: 422, code: 'invalid_input' })
  expect(wrong.json.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['email', 'more'])

  const headers = { 'idempotency-key': 'order 1' }
  const made = await server.request('POST /v1/orders', { key, headers, body: order })
  expect(made.status).toBe(201)
  const again = await server.request('POST /v1/orders', { key, headers, body: order })
  expect(again.text).toBe(made.text)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect((await server.request('POST /v1/orders', { key, body: order })).status).toBe(200)

  const timeline = await server.request(`GET /v1/leads/${made.json.leadId}/timeline`, { key })
  expect(timeline.json.data[0].actor).toMatchObject({ type: 'key', name: 'test' })
})

test('a request that came to an end half-way is answered whole when it is repeated', async () => {
  const send = () =>
    server.request('POST /v1/orders', {
      key,
      headers: { 'idempotency-key': 'order 2' },
      body: { id: '01890a5d-ac96-774b-bcce-b302099a8056', email: 'eve@example.com', total: 5 },
    })
  failing = 'eve@example.com'
  expect((await send()).status).toBe(500)
  failing = undefined
  const { status, json, text } = await send()
  const [lead] = (await server.request('GET /v1/leads?email=eve@example.com', { key })).json.data
  expect([status, json]).toEqual([201, { id: '01890a5d-ac96-774b-bcce-b302099a8056', leadId: lead.id, total: 5 }])
  expect((await send()).text).toBe(text)
})

test('what is spelt out comes before a parameter, and params are typed', async () => {
  expect((await server.request('GET /v1/orders/latest', { key })).json).toMatchObject({ total: 3 })
  expect(calls).toEqual([])
  expect((await server.request(`GET /v1/orders/${id}`, { key })).json).toMatchObject({ id })
  expect(calls[0]).toMatchObject({ params: { id }, by: { source: 'api' } })
})

test('it needs the scope that it names, and shows nothing of another workspace', async () => {
  expect((await server.request('GET /v1/orders')).json).toMatchObject({ code: 'unauthenticated' })
  const forms = await server.nest.key({ scopes: ['forms:read'] })
  expect((await server.request('GET /v1/orders', { key: forms })).json).toMatchObject({ code: 'forbidden' })

  const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
  const theirs = await server.nest.key({ workspaceId: other })
  await server.request('PATCH /v1/plugins/shop', { key: theirs, body: { settings: { currency: 'EUR' } } })
  expect((await server.request('GET /v1/orders', { key: theirs })).json.data).toEqual([])
  expect((await server.request(`GET /v1/orders/${id}`, { key: theirs })).json).toMatchObject({ code: 'not_found' })
})

test('it stands in the document of the API, with a tag of its own', async () => {
  const { json } = await server.request('GET /openapi.json')
  expect(json.paths['/v1/orders/{id}'].get).toMatchObject({
    summary: 'One order',
    tags: ['orders'],
    parameters: [{ name: 'id', description: 'The number of the order.' }],
  })
  expect(json.paths['/v1/orders'].post.responses['409'].description).toContain('plugin_off')
  const { token } = json.paths['/v1/orders'].post.requestBody.content['application/json'].schema.properties
  expect(token).toEqual({ type: 'string', writeOnly: true })
  expect(json.tags).toContainEqual({ name: 'orders', description: 'From the plugin Shop.' })
})

test('a file of any size is read by its handler as it comes', async () => {
  const send = (raw: string, type: string, idempotency: string) =>
    server.request('POST /v1/orders/file', {
      key,
      raw: new TextEncoder().encode(raw),
      headers: { 'content-type': type, 'content-length': String(raw.length), 'idempotency-key': idempotency },
    })
  const large = 'x'.repeat(2 * 1024 * 1024)
  expect((await send(large, 'text/csv; charset=utf-8', 'file 1')).json).toEqual({ bytes: large.length })
  const replayed = await send(large, 'text/csv', 'file 1')
  expect(replayed.headers.get('idempotency-replayed')).toBe('true')
  expect((await send('x', 'text/csv', 'file 1')).json).toMatchObject({ code: 'idempotency_mismatch' })
  expect((await send('x', 'image/png', 'file 2')).json).toMatchObject({
    code: 'unsupported_media_type',
    detail: 'Send the file as text/csv, multipart/form-data, not image/png.',
  })
  const { json } = await server.request('GET /openapi.json')
  expect(Object.keys(json.paths['/v1/orders/file'].post.requestBody.content)).toEqual([
    'text/csv',
    'multipart/form-data',
  ])
})

/** Sends a body in pieces, without its length. */
function sendPieces(pieces: Iterable<string> | AsyncIterable<string>, type: string, idempotency: string) {
  const body = Readable.toWeb(Readable.from(pieces).map((piece) => Buffer.from(piece)))
  return sendStream('/v1/orders/file', body as unknown as ReadableStream, type, idempotency)
}

async function sendStream(path: string, body: ReadableStream, type: string, idempotency: string) {
  const response = await server.app.request(`http://localhost:3000${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type, 'idempotency-key': idempotency },
    body,
    duplex: 'half',
  } as RequestInit)
  const json = (await response.json()) as { leadId?: string }
  return { replayed: response.headers.get('idempotency-replayed'), json }
}

test('files are told apart by what is in them, however it is cut, and by their type', async () => {
  const size = 3 * 64 * 1024
  const file = 'x'.repeat(size)
  const first = await sendPieces([file], 'text/csv', 'file 3')
  expect(first).toEqual({ replayed: null, json: { bytes: size } })
  expect(await sendPieces([file.slice(0, 7), file.slice(7)], 'text/csv', 'file 3')).toEqual({
    ...first,
    replayed: 'true',
  })
  for (const [other, type] of [
    [`${file.slice(1)}y`, 'text/csv'],
    [file, 'multipart/form-data'],
  ] as const)
    expect((await sendPieces([other], type, 'file 3')).json).toMatchObject({
      status: 422,
      code: 'idempotency_mismatch',
    })
})

test('a form is the same with another boundary, wherever its bytes are cut, and another where its parts are', async () => {
  const form = (boundary: string, ...parts: string[]) =>
    `--${boundary}\r\n${parts.map((part) => `content-disposition: form-data; name="a"\r\n\r\n${part}\r\n`).join(`--${boundary}\r\n`)}--${boundary}--\r\n`
  const send = (boundary: string, body: string, piece = body.length) =>
    sendPieces(body.match(new RegExp(`[^]{1,${piece}}`, 'g'))!, `multipart/form-data; boundary=${boundary}`, 'form 1')
  const first = await send('one', form('one', 'Ada', 'Eve'))
  expect(first.replayed).toBeNull()
  for (const piece of [1, 2, 3, 5, 7, 64, 1000])
    expect(await send('another---1', form('another---1', 'Ada', 'Eve'), piece)).toEqual({ ...first, replayed: 'true' })
  for (const other of [
    form('two', 'Ada', 'Eva'),
    form('two', 'Ada'),
    form('two', 'Ada', '', 'Eve'),
    form('one', 'Ada', 'Eve'),
  ])
    expect((await send('two', other)).json).toMatchObject({ code: 'idempotency_mismatch' })
})

test('while a file arrives its key is in flight, however long that takes; a cut one leaves it free', async () => {
  const { promise: arriving, resolve: arrives } = Promise.withResolvers<void>()
  const { promise: ending, resolve: end } = Promise.withResolvers<void>()
  async function* slowly() {
    yield 'a'
    arrives()
    await ending
    yield 'b'
  }
  const first = sendPieces(slowly(), 'text/csv', 'file 4')
  await arriving
  expect((await sendPieces(['ab'], 'text/csv', 'file 4')).json).toMatchObject({ code: 'idempotency_in_flight' })
  end()
  expect(await first).toEqual({ replayed: null, json: { bytes: 2 } })
  expect(await sendPieces(['ab'], 'text/csv', 'file 4')).toEqual({ replayed: 'true', json: { bytes: 2 } })

  async function* cut() {
    yield 'a'
    throw new Error('The line went dead.')
  }
  expect((await sendPieces(cut(), 'text/csv', 'file 5')).json).toMatchObject({ status: 408, code: 'request_timeout' })
  expect(await sendPieces(['ab'], 'text/csv', 'file 5')).toEqual({ replayed: null, json: { bytes: 2 } })
})

/** A file whose second piece is asked for by whoever reads on, and comes when it may. */
function twoPieces(first: string, second: () => Promise<string>) {
  const pieces = [async () => first, second]
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const next = pieces.shift()
    if (next) controller.enqueue(Buffer.from(await next()))
    else controller.close()
  }
  return new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 })
}

test('work that is done is not done again because the file broke off behind it', async () => {
  const send = (body: ReadableStream) => sendStream('/v1/orders/line', body, 'text/csv', 'line 1')
  const cut = twoPieces('cut@example.com\n', () => Promise.reject(new Error('The line went dead.')))
  const { json } = await send(cut)
  const repeated = await send(twoPieces('cut@example.com\n', async () => 'more'))
  expect([repeated, lines]).toEqual([{ replayed: 'true', json: { leadId: json.leadId } }, 1])
})

test('a repeat whose file is slow is not told of who was erased meanwhile', async () => {
  const send = (second = async () => 'more') =>
    sendStream('/v1/orders/line', twoPieces('eve@example.com\n', second), 'text/csv', 'line 2')
  const { json } = await send()
  expect((await send()).replayed).toBe('true')
  const { promise: arriving, resolve: arrives } = Promise.withResolvers<void>()
  const { promise: ending, resolve: end } = Promise.withResolvers<string>()
  const slow = send(() => {
    arrives()
    return ending
  })
  await arriving
  const erased = await server.request(`POST /v1/leads/${json.leadId}/erase`, { key, body: {} })
  expect(erased.status).toBe(200)
  end('more')
  expect((await slow).json).toMatchObject({ status: 409, code: 'idempotency_in_flight' })
  const again = await send()
  expect(again.replayed).toBeNull()
  expect(again.json.leadId).not.toBe(json.leadId)
})

test('the key of a file is held for as long as it takes to arrive', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  try {
    const pieces = new PassThrough({ objectMode: true })
    const sending = sendPieces(pieces, 'text/csv', 'file 6')
    const { workspaceId } = server.nest
    const held = () =>
      server.nest.inWorkspace(workspaceId, (tx) =>
        tx.query(sql`
          select 1 as held from idempotency_records
          where workspace_id = ${workspaceId} and key = 'file 6' and expires_at > ${new Date(Date.now() + 30_000)}`),
      )
    await vi.waitUntil(async () => (await held()).length === 1)
    for (let third = 0; third < 50; third++) {
      pieces.write('x')
      await vi.advanceTimersByTimeAsync(20_000)
      await vi.waitUntil(async () => (await held()).length === 1)
    }
    pieces.end('x')
    expect(await sending).toEqual({ replayed: null, json: { bytes: 51 } })
    expect(await sendPieces(['x'.repeat(51)], 'text/csv', 'file 6')).toEqual({ replayed: 'true', json: { bytes: 51 } })
  } finally {
    vi.useRealTimers()
  }
})

test('two that answer one path do not start', async () => {
  const handle = { 'GET /v1/leads/:slug': async () => null }
  const greedy = definePlugin({
    id: 'greedy',
    name: 'Greedy',
    api: defineApi({ 'GET /v1/leads/:slug': { summary: 'X', access: 'leads:read', returns: v.null() } }, handle),
  })
  await expect(testServer({ plugins: [greedy] })).rejects.toThrow(
    'The plugin greedy answers GET /v1/leads/:slug, and LeadNest itself answers GET /v1/leads/:id. Let it use another path.',
  )
  const copy = { ...shop, id: 'copy' }
  await expect(testServer({ plugins: [shop, copy] })).rejects.toThrow('the plugin shop answers GET /v1/orders')
})

test('a route that needs nobody is no route of the API', () => {
  const open = { 'GET /v1/open': { summary: 'X', access: 'anyone', returns: v.null() } } as const
  expect(() =>
    definePlugin({ id: 'open', name: 'Open', api: defineApi(open, { 'GET /v1/open': async () => null }) }),
  ).toThrow('What anyone may ask stands under routes.')
})
