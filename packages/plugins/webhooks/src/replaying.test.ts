import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenWebhooks, openWebhooks } from './testing/open.ts'
import { verify } from './testing/receiver.ts'

let hooks: OpenWebhooks
beforeAll(async () => {
  hooks = await openWebhooks()
})
afterAll(() => hooks.close())

const settle = () => hooks.nest.settle()
let count = 0
const createLead = async () => (await hooks.ask('POST /v1/leads', { email: `somebody${++count}@example.com` })).json
const at = () => hooks.nest.now().toISOString()

test('one delivery is sent again on demand, with its old id and all its tries before it', async () => {
  const receiver = await hooks.receiver(500)
  const { id } = await hooks.endpoint(receiver, { types: ['lead.created'] })
  await createLead()
  await settle()
  const [delivery] = await hooks.deliveries(id)
  receiver.answer(200)
  const retried = await hooks.ask(`POST /v1/webhook-deliveries/${delivery.id}/retry`)
  expect(retried.json).toMatchObject({ id: delivery.id, status: 'pending', tries: 0, nextAt: at() })
  await settle()
  await hooks.ask(`POST /v1/webhook-deliveries/${delivery.id}/retry`)
  await settle()
  expect(receiver.received).toHaveLength(3)
  expect(new Set(receiver.received.map(({ id, body }) => id + body)).size).toBe(1)
  const shown = (await hooks.ask(`GET /v1/webhook-deliveries/${delivery.id}`)).json
  expect([shown.status, shown.tries, shown.history.length]).toEqual(['succeeded', 1, 3])
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('a retry does not wait for the rest of an endpoint that could not be reached', async () => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint({ url: 'http://127.0.0.1:9/' }, { types: ['lead.created'] })
  await createLead()
  await settle()
  const [delivery] = await hooks.deliveries(id)
  expect(delivery).toMatchObject({ status: 'pending', lastStatus: null, lastError: expect.stringContaining('reached') })
  expect((await hooks.ask(`GET /v1/webhook-endpoints/${id}`)).json.pausedUntil).not.toBe(null)
  await hooks.ask(`PATCH /v1/webhook-endpoints/${id}`, { url: receiver.url })
  await hooks.ask(`POST /v1/webhook-deliveries/${delivery.id}/retry`)
  await settle()
  expect(receiver.received).toHaveLength(1)
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('a range of time is told again: what was sent before under its old id, what was missed too, and nothing else', async () => {
  const receiver = await hooks.receiver()
  const { id, secret } = await hooks.endpoint(receiver, { types: ['lead.created', 'lead.updated'] })
  await createLead()
  await hooks.nest.clock.advance({ minutes: 1 })
  const from = at()
  const ada = await createLead()
  await settle()
  await hooks.ask(`PATCH /v1/webhook-endpoints/${id}`, { enabled: false })
  const ben = await createLead()
  await settle()
  await hooks.ask(`POST /v1/webhook-endpoints/${id}/enable`)
  await hooks.nest.clock.advance({ minutes: 1 })
  const to = at()
  await createLead()
  await hooks.ask(`PATCH /v1/leads/${ada.id}`, { name: 'Ada' })
  await settle()
  const [, first] = receiver.received
  const before = receiver.received.length

  const asked = await hooks.ask(`POST /v1/webhook-endpoints/${id}/replay`, { from, to, types: ['lead.created'] })
  expect([asked.status, asked.json]).toEqual([202, { endpointId: id, from, to, types: ['lead.created'] }])
  await settle()
  const again = receiver.received.slice(before)
  const leads = again.map((sent) => verify(secret, sent, hooks.nest.now()).data.event.leadId)
  expect(leads.sort()).toEqual([ada.id, ben.id].sort())
  expect(again.find(({ id }) => id === first!.id)?.body).toBe(first!.body)
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test.each([
  [{ from: '2027-02-01T00:00:00Z', to: '2027-01-01T00:00:00Z' }, 'to'],
  [{ from: '2026-01-01T00:00:00Z', to: '2026-03-01T00:00:00Z' }, 'to'],
  [{ from: 'yesterday', to: '2027-01-01T00:00:00Z' }, 'from'],
  [{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z', types: ['lead.*'] }, 'types.0'],
])('%j is no range', async (body, path) => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint(receiver)
  const answer = await hooks.ask(`POST /v1/webhook-endpoints/${id}/replay`, body)
  expect(answer.json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path }] })
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('nothing is replayed to an endpoint that is off', async () => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint(receiver, { enabled: false })
  const body = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
  expect((await hooks.ask(`POST /v1/webhook-endpoints/${id}/replay`, body)).json.code).toBe('invalid_input')
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('a test is sent at once, also to an endpoint that is off, and is seen in the log', async () => {
  const receiver = await hooks.receiver({ status: 418, body: 'teapot' }, 204)
  const { id, secret } = await hooks.endpoint(receiver, { enabled: false })
  const failed = await hooks.ask(`POST /v1/webhook-endpoints/${id}/test`)
  expect(failed.json).toMatchObject({ test: true, status: 'failed', lastStatus: 418, history: [{ body: 'teapot' }] })
  await hooks.nest.clock.advance({ seconds: 1 })
  const { json } = await hooks.ask(`POST /v1/webhook-endpoints/${id}/test`)
  expect(json).toMatchObject({ type: 'webhook.test', status: 'succeeded', tries: 1 })
  expect(verify(secret, receiver.received[1]!, hooks.nest.now())).toMatchObject({ type: 'webhook.test' })
  expect((await hooks.deliveries(id)).map(({ status }: { status: string }) => status)).toEqual(['succeeded', 'failed'])
  expect((await hooks.deliveries(id, '?status=failed&limit=1')).map(({ id }: { id: string }) => id)).toEqual([
    failed.json.id,
  ])
  expect((await hooks.ask(`POST /v1/webhook-deliveries/${json.id}/retry`)).json.code).toBe('invalid_input')
})

test('the log is read page by page', async () => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint(receiver, { types: ['lead.created'] })
  for (let i = 0; i < 5; i++) await createLead()
  await settle()
  const pages: string[][] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = cursor && `&cursor=${cursor}`
    const { json } = await hooks.ask(`GET /v1/webhook-endpoints/${id}/deliveries?limit=2${query}`)
    pages.push(json.data.map(({ id }: { id: string }) => id))
    cursor = json.nextCursor
  }
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1])
  expect(pages.flat()).toEqual([...new Set(pages.flat())].sort().reverse())
  const wrong = await hooks.ask(`GET /v1/webhook-endpoints/${id}/deliveries?cursor=x`)
  expect(wrong.json).toMatchObject({ code: 'invalid_cursor', errors: [{ path: 'cursor' }] })
})
