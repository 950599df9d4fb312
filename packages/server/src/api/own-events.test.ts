import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let lead: { id: string; lastActivityAt: string }
let clock = new Date('2026-11-24T09:00:00.000Z')

beforeAll(async () => {
  server = await testServer({ now: () => clock })
  key = await server.nest.key()
  lead = (await server.request('POST /v1/leads', { key, body: { email: 'own@example.com' } })).json
})
afterAll(() => server.close())

const track = (body: object, headers: Record<string, string> = {}) =>
  server.request(`POST /v1/leads/${lead.id}/events`, { key, body, headers })

test('an own event stands in the timeline, is pulled, and is an activity', async () => {
  clock = new Date('2026-11-24T10:00:00.000Z')
  const { status, json } = await track({ name: 'trial.started', data: { plan: 'pro' } })
  expect(status).toBe(201)
  expect(json).toMatchObject({
    type: 'lead.tracked',
    leadId: lead.id,
    data: { name: 'trial.started', data: { plan: 'pro' } },
    createdAt: clock.toISOString(),
  })
  const timeline = (await server.request(`GET /v1/leads/${lead.id}/timeline`, { key })).json.data
  expect(timeline[0]).toEqual(json)
  expect((await server.request('GET /v1/events?type=lead.tracked&wait=30', { key })).json.data).toEqual([json])
  expect((await server.request(`GET /v1/leads/${lead.id}`, { key })).json.lastActivityAt).toBe(clock.toISOString())
})

test('what happened earlier takes its place in the timeline, and is no newer activity', async () => {
  const { json } = await track({ name: 'visited', at: '2026-11-01T08:00:00+01:00' })
  expect(json).toMatchObject({ createdAt: '2026-11-01T07:00:00.000Z', data: { name: 'visited', data: {} } })
  const timeline = (await server.request(`GET /v1/leads/${lead.id}/timeline`, { key })).json.data
  expect(timeline.at(-1).id).toBe(json.id)
  expect((await server.request(`GET /v1/leads/${lead.id}`, { key })).json.lastActivityAt).toBe(clock.toISOString())
})

test('a key tells of it once', async () => {
  const send = () => track({ name: 'once.only' }, { 'idempotency-key': 'one' })
  const [first, second] = [await send(), await send()]
  expect(second.json).toEqual(first.json)
  expect(second.headers.get('idempotency-replayed')).toBe('true')
})

test('score rules count it by its name', async () => {
  const rule = (event: object) =>
    server.request('POST /v1/score-rules', { key, body: { name: 'Own', points: 7, event } })
  expect((await rule({ type: 'lead.captured', name: 'trial.started' })).json.errors).toMatchObject([
    { path: 'event.name' },
  ])
  expect((await rule({ type: 'lead.tracked', name: 'trial.started' })).status).toBe(201)
  await track({ name: 'trial.started' })
  await track({ name: 'trial.ended' })
  await server.nest.settle()
  expect((await server.request(`GET /v1/leads/${lead.id}/score`, { key })).json.score).toBe(14)
})

test.each([
  [{}, 'name'],
  [{ name: 'Trial.Started' }, 'name'],
  [{ name: 'trial..started' }, 'name'],
  [{ name: `a${'b'.repeat(100)}` }, 'name'],
  [{ name: 'lead.created' }, 'name'],
  [{ name: 'member.left' }, 'name'],
  [{ name: 'a', data: ['b'] }, 'data'],
  [{ name: 'a', data: { text: 'ä'.repeat(4096) } }, 'data'],
  [{ name: 'a', at: '2026-11-24T11:00:00Z' }, 'at'],
  [{ name: 'a', at: '2025-11-01T00:00:00Z' }, 'at'],
  [{ name: 'a', at: 'yesterday' }, 'at'],
  [{ name: 'a', type: 'x' }, 'type'],
])('%j is refused', async (body, path) => {
  const { json } = await track(body)
  expect(json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path }] })
})
