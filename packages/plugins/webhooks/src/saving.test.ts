import type { LookupAddress } from 'node:dns'
import { sql } from '@leadnest/core/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutbound } from '../../../core/src/outbound/outbound.ts'
import { type OpenWebhooks, openWebhooks } from './testing/open.ts'

let hooks: OpenWebhooks
/** What names are said to be, by whoever answers for them now. */
const names = new Map<string, string>()
const lookup = (host: string, answer: (error: Error | null, addresses: LookupAddress[]) => void) => {
  const address = names.get(host)
  if (address) answer(null, [{ address, family: 4 }])
  else answer(new Error('ENOTFOUND'), [])
}

beforeAll(async () => {
  hooks = await openWebhooks({ outbound: createOutbound({ allow: ['127.0.0.1/32'], lookup }) })
})
afterAll(() => hooks.close())

const save = (input: object) => hooks.ask('POST /v1/webhook-endpoints', { url: 'http://127.0.0.1:1/', ...input })

test('an address is checked when it is saved and at every delivery, also where a name answers otherwise by then', async () => {
  const receiver = await hooks.receiver()
  const refused = await save({ url: 'http://169.254.169.254/latest/meta-data' })
  expect(refused.json).toMatchObject({ status: 422, code: 'address_refused', errors: [{ path: 'url' }] })
  names.set('hooks.example', '10.0.0.1')
  const url = `http://hooks.example:${receiver.port}/hook`
  expect((await save({ url })).json.code).toBe('address_refused')

  names.set('hooks.example', '127.0.0.1')
  const { json: endpoint } = await save({ url, types: ['lead.created'] })
  await hooks.ask('POST /v1/leads', { email: 'first@example.com' })
  await hooks.nest.settle()
  expect(receiver.received).toHaveLength(1)
  await receiver.close()

  names.set('hooks.example', '127.0.0.2')
  await hooks.nest.clock.advance({ seconds: 1 })
  await hooks.ask('POST /v1/leads', { email: 'second@example.com' })
  await hooks.nest.settle()
  expect(await hooks.deliveries(endpoint.id)).toMatchObject([
    { status: 'pending', lastStatus: null, lastError: 'This address is not on the public internet.' },
    { status: 'succeeded' },
  ])
  const changed = await hooks.ask(`PATCH /v1/webhook-endpoints/${endpoint.id}`, { url: 'http://[::1]/' })
  expect(changed.json.code).toBe('address_refused')
  expect((await hooks.ask(`GET /v1/webhook-endpoints/${endpoint.id}`)).json.url).toBe(url)
})

test.each([
  [{ url: '' }, 'url', 'address_refused'],
  [{ url: 'x'.repeat(2001) }, 'url', 'invalid_input'],
  [{ types: [] }, 'types', 'invalid_input'],
  [{ types: ['lead.born'] }, 'types.0', 'invalid_input'],
  [{ changed: ['no such; field'] }, 'changed.0', 'invalid_input'],
  [{ filter: 'stage =' }, 'filter', 'invalid_input'],
  [{ filter: 'stage = nowhere' }, 'filter', 'unknown_reference'],
  [{ headers: { 'Webhook-Id': 'mine' } }, 'headers.Webhook-Id', 'invalid_input'],
  [{ headers: { host: 'elsewhere' } }, 'headers.host', 'invalid_input'],
  [{ headers: { 'x-a': 'a\r\nx-b: c' } }, 'headers.x-a', 'invalid_input'],
  [{ headers: { 'x a': 'a' } }, 'headers.x a', 'invalid_input'],
  [{ payloadVersion: 2 }, 'payloadVersion', 'invalid_input'],
  [{ secret: 'whsec_mine' }, 'secret', 'invalid_input'],
])('%j is refused at %s', async (input, path, code) => {
  const answer = await save(input)
  expect(answer.json).toMatchObject({ status: 422, code })
  expect(answer.json.errors.map((issue: { path: string }) => issue.path)).toContain(path)
})

test('what goes to an endpoint is what whoever makes it, or turns it, may read', async () => {
  const narrow = await hooks.nest.key({ scopes: ['settings:read', 'settings:write', 'forms:read'] })
  const ask = (route: string, body?: object) => hooks.ask(route, body, narrow)
  const leads = await ask('POST /v1/webhook-endpoints', { url: 'http://127.0.0.1:1/' })
  expect(leads.json).toMatchObject({ status: 403, code: 'forbidden' })
  const forms = await ask('POST /v1/webhook-endpoints', { url: 'http://127.0.0.1:1/', types: ['form.*'] })
  expect(forms.status).toBe(201)
  expect((await ask(`PATCH /v1/webhook-endpoints/${forms.json.id}`, { types: ['*'] })).json.code).toBe('forbidden')

  const { json: theirs } = await save({ types: ['lead.*'] })
  const turned = await ask(`PATCH /v1/webhook-endpoints/${theirs.id}`, { url: 'http://127.0.0.1:2/' })
  expect(turned.json.code).toBe('forbidden')
  await hooks.ask('POST /v1/leads', { email: 'private@example.com' })
  await hooks.nest.settle()
  const [delivery] = await hooks.deliveries(theirs.id)
  expect((await ask(`GET /v1/webhook-deliveries/${delivery.id}`)).json.code).toBe('forbidden')
  const reader = await hooks.nest.key({ scopes: ['settings:read', 'leads:read'] })
  const shown = await hooks.ask(`GET /v1/webhook-deliveries/${delivery.id}`, undefined, reader)
  expect(shown.text).toContain('private@example.com')
  expect((await hooks.ask('POST /v1/webhook-endpoints', { url: 'http://127.0.0.1:1/' }, reader)).json.code).toBe(
    'forbidden',
  )
})

test('headers are kept sealed, named and not shown, changed one by one', async () => {
  const receiver = await hooks.receiver()
  const { json } = await save({
    url: receiver.url,
    types: ['lead.created'],
    headers: { 'X-One': 'first', 'x-two': 'second' },
  })
  expect(json.headerNames).toEqual(['x-one', 'x-two'])
  const rows = await hooks.inside(sql`select * from plugin_webhooks_endpoints where id = ${json.id}`)
  expect([rows.length, JSON.stringify(rows).includes('first')]).toEqual([1, false])
  const { text } = await hooks.ask(`PATCH /v1/webhook-endpoints/${json.id}`, {
    headers: { 'x-one': null, 'x-three': 'third' },
  })
  expect(JSON.parse(text).headerNames).toEqual(['x-three', 'x-two'])
  expect(text).not.toContain('second')
  await hooks.ask(`POST /v1/webhook-endpoints/${json.id}/test`)
  expect(receiver.received[0]!.headers).toMatchObject({ 'x-two': 'second', 'x-three': 'third' })
  expect(receiver.received[0]!.headers).not.toHaveProperty('x-one')
})

test('headers do not go along to another origin, unless they are given again', async () => {
  const [first, second] = [await hooks.receiver(), await hooks.receiver()]
  const { json } = await save({
    url: first.url,
    types: ['lead.created'],
    headers: { authorization: 'Bearer hush', 'x-two': 'a' },
  })
  const change = async (patch: object) => (await hooks.ask(`PATCH /v1/webhook-endpoints/${json.id}`, patch)).json
  expect((await change({ url: `${first.url}/deeper` })).headerNames).toEqual(['authorization', 'x-two'])
  expect((await change({ url: second.url, headers: { 'x-two': 'b' } })).headerNames).toEqual(['x-two'])
  await hooks.ask(`POST /v1/webhook-endpoints/${json.id}/test`)
  expect(second.received[0]!.headers).toMatchObject({ 'x-two': 'b' })
  expect(second.received[0]!.headers).not.toHaveProperty('authorization')
  expect((await change({ url: first.url })).headerNames).toEqual([])
  const [told] = (await hooks.nest.events('plugin.told')).slice(-1)
  expect(told!.data.changes).toEqual(['url', 'headers'])
})

test('each change is told once, by whoever made it, and without what is secret; one that changes nothing is not', async () => {
  const before = (await hooks.nest.events('plugin.told')).length
  const { json } = await save({ url: 'http://127.0.0.1:1/x?token=hush', types: ['lead.*'] })
  await hooks.ask(`PATCH /v1/webhook-endpoints/${json.id}`, { description: 'Shop', types: ['lead.*'] })
  await hooks.ask(`PATCH /v1/webhook-endpoints/${json.id}`, { description: 'Shop' })
  await hooks.ask(`POST /v1/webhook-endpoints/${json.id}/rotate-secret`)
  await hooks.ask(`DELETE /v1/webhook-endpoints/${json.id}`)
  const told = (await hooks.nest.events('plugin.told')).slice(before)
  expect(told.map(({ data }) => data.what)).toEqual([
    'endpoint.created',
    'endpoint.updated',
    'endpoint.secret_rotated',
    'endpoint.deleted',
  ])
  expect(told[1]).toMatchObject({ actor: { type: 'key', name: 'test' }, data: { changes: ['description'] } })
  expect(JSON.stringify(told)).not.toMatch(/hush|whsec_/)
})
