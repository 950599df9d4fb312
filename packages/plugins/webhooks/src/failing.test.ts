import { sql } from '@leadnest/core/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenWebhooks, openWebhooks } from './testing/open.ts'
import { type Received, verify } from './testing/receiver.ts'

let hooks: OpenWebhooks
beforeAll(async () => {
  hooks = await openWebhooks()
})
afterAll(() => hooks.close())

const settle = () => hooks.nest.settle()
const now = () => hooks.nest.now().getTime()
let count = 0
const lead = () => hooks.ask('POST /v1/leads', { email: `somebody${++count}@example.com` })
const only = { types: ['lead.created'] }
const seen = async (id: string) => (await hooks.ask(`GET /v1/webhook-endpoints/${id}`)).json
const remove = (id: string) => hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
/** When each try came, in ms after the first. */
const offsets = (received: Received[]) => {
  const at = received.map(({ headers }) => Number(headers['webhook-timestamp']) * 1000)
  return at.map((time) => time - at[0]!)
}

test('what is not taken is tried ten times over three days, each verified by the oracle under one id; then the endpoint is disabled, with a notice', async () => {
  const receiver = await hooks.receiver(500)
  const { id, secret } = await hooks.endpoint(receiver, only)
  await lead()
  await settle()
  const began = now()
  expect(receiver.received).toHaveLength(1)
  await hooks.nest.clock.advance({ hours: 80 })

  expect(receiver.received).toHaveLength(10)
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1)
  expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
  const hours = offsets(receiver.received).map((ms) => ms / 3_600_000)
  const planned = [0, 5 / 3600, 65 / 3600, 365 / 3600, 0.6, 2.6, 7.6, 17.6, 37.6, 72]
  hours.forEach((hour, i) => {
    expect(hour).toBeGreaterThanOrEqual(planned[i]! - 0.01)
    expect(hour).toBeLessThanOrEqual(planned[i]! * 1.1 + 0.01)
  })
  for (const sent of receiver.received)
    expect(verify(secret, sent, new Date(Number(sent.headers['webhook-timestamp']) * 1000)).type).toBe('lead.created')

  const [delivery] = await hooks.deliveries(id)
  expect(delivery).toMatchObject({ status: 'failed', tries: 10, nextAt: null, lastStatus: 500 })
  expect(delivery.lastError).toBe('It answered 500; only 2xx counts as taken.')
  const endpoint = await seen(id)
  expect(endpoint).toMatchObject({ enabled: false, disabledReason: 'failing' })
  expect(Date.parse(endpoint.disabledAt) - began).toBeGreaterThan(72 * 3_600_000)
  const [told] = (await hooks.nest.events('plugin.told')).slice(-1)
  expect(told).toMatchObject({
    actor: { type: 'plugin', id: 'webhooks' },
    data: { what: 'endpoint.disabled', endpointId: id, host: `127.0.0.1:${receiver.port}`, reason: 'failing' },
  })
  // A receiver's failure is none of the plugin.
  expect((await hooks.ask('GET /v1/plugins/webhooks')).json).toMatchObject({ failures: 0, restingUntil: null })
  await remove(id)
})

test.each([301, 302, 307, 400, 404, 500])('%d is no success, and a redirect is not followed', async (status) => {
  const receiver = await hooks.receiver({ status, headers: { location: '/elsewhere' }, body: 'no' }, 204)
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  await settle()
  expect(await hooks.deliveries(id)).toMatchObject([{ status: 'pending', tries: 1, lastStatus: status }])
  await hooks.nest.clock.advance({ seconds: 6 })
  expect(await hooks.deliveries(id)).toMatchObject([
    { status: 'succeeded', tries: 2, lastStatus: 204, lastError: null },
  ])
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hook', '/hook'])
  await remove(id)
})

test('410 disables at once: what waits ends, and nothing more is sent until somebody turns it on again', async () => {
  const receiver = await hooks.receiver(410)
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  await lead()
  await settle()
  expect(await seen(id)).toMatchObject({ enabled: false, disabledReason: 'gone' })
  const sent = receiver.received.length
  await lead()
  await hooks.nest.clock.advance({ hours: 2 })
  expect(receiver.received).toHaveLength(sent)
  expect((await hooks.deliveries(id)).filter(({ status }: { status: string }) => status === 'pending')).toEqual([])

  receiver.answer(200)
  expect((await hooks.ask(`POST /v1/webhook-endpoints/${id}/enable`)).json).toMatchObject({
    enabled: true,
    disabledReason: null,
    disabledAt: null,
    failingSince: null,
  })
  await lead()
  await settle()
  expect(receiver.received).toHaveLength(sent + 1)
  await remove(id)
})

test('what is out while an endpoint is turned off does not wait for it afterwards', async () => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint(receiver, only)
  receiver.answer(async () => {
    await hooks.ask(`PATCH /v1/webhook-endpoints/${id}`, { enabled: false })
    return 500
  })
  await lead()
  await settle()
  const cancelled = { status: 'cancelled', nextAt: null }
  expect(await hooks.deliveries(id)).toMatchObject([cancelled])
  const [delivery] = await hooks.deliveries(id)
  const { history } = (await hooks.ask(`GET /v1/webhook-deliveries/${delivery.id}`)).json
  expect(history).toMatchObject([{ status: 500 }])
  receiver.answer(200)
  await hooks.ask(`POST /v1/webhook-endpoints/${id}/enable`)
  await hooks.nest.clock.advance({ hours: 2 })
  expect([receiver.received.length, await hooks.deliveries(id)]).toMatchObject([1, [cancelled]])
  await remove(id)
})

test('what is written down while an endpoint is turned off does not wait for it either', async () => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  let settled = Promise.resolve()
  await hooks.nest.inWorkspace(hooks.nest.workspaceId, async (tx) => {
    await tx.query(sql`update plugin_webhooks_endpoints set enabled = false where id = ${id}`)
    settled = settle()
    const waiting = () =>
      tx.query(sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    await expect.poll(waiting).toHaveLength(1)
  })
  await settled
  expect(await hooks.deliveries(id)).toEqual([])
  await remove(id)
})

test.each([429, 503])('%d asks for patience: Retry-After is honoured, then one goes first', async (status) => {
  const receiver = await hooks.receiver({ status, headers: { 'retry-after': '600' } }, 200)
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  await settle()
  for (let i = 0; i < 5; i++) await lead()
  await hooks.nest.clock.advance({ minutes: 9 })
  expect(receiver.received).toHaveLength(1)
  expect(Date.parse((await seen(id)).pausedUntil)).toBeGreaterThan(now())
  receiver.connections.most = 0
  await hooks.nest.clock.advance({ minutes: 3 })
  expect(receiver.received).toHaveLength(7)
  expect(receiver.connections.most).toBeLessThanOrEqual(2)
  const all = await hooks.deliveries(id)
  expect(all.map(({ status }: { status: string }) => status)).toEqual(Array(6).fill('succeeded'))
  await remove(id)
})

test('Retry-After may be a date, and is taken of any refusal', async () => {
  const receiver = await hooks.receiver(
    { status: 500, headers: { 'retry-after': new Date(now() + 7_200_000).toUTCString() } },
    200,
  )
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  await settle()
  await hooks.nest.clock.advance({ minutes: 115 })
  expect(receiver.received).toHaveLength(1)
  await hooks.nest.clock.advance({ minutes: 25 })
  expect(receiver.received).toHaveLength(2)
  await remove(id)
})

test('the answer is kept up to 10 KiB, whatever it is, and shown with each try', async () => {
  const receiver = await hooks.receiver({ status: 500, body: `\u0000é${'x'.repeat(50_000)}` }, 200)
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  await settle()
  await hooks.nest.clock.advance({ seconds: 10 })
  const [delivery] = await hooks.deliveries(id)
  const { history } = (await hooks.ask(`GET /v1/webhook-deliveries/${delivery.id}`)).json
  expect(history.map(({ status }: { status: number }) => status)).toEqual([200, 500])
  expect([history[1].body.slice(0, 3), history[1].body.length]).toEqual(['éxx', 10 * 1024 - 2])
  await hooks.inside(sql`update plugin_webhooks_messages set created_at = created_at - interval '30 days'`)
  await hooks.inside(sql`
    update plugin_webhooks_deliveries set created_at = created_at - interval '30 days', finished_at = finished_at - interval '30 days'`)
  await hooks.nest.clock.advance({ hours: 1 })
  expect(await hooks.deliveries(id)).toEqual([])
  const left = await hooks.inside(sql`select
    (select count(*) from plugin_webhooks_tries) as tries,
    (select count(*) from plugin_webhooks_messages where created_at < now() - interval '29 days') as messages`)
  expect(left).toEqual([{ tries: 0, messages: 0 }])
  await remove(id)
})

test('the status is the verdict, also where the body breaks off: what came of it is kept', async () => {
  const receiver = await hooks.receiver({ status: 200, body: 'Taken, and', cut: true })
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  await settle()
  const [delivery] = await hooks.deliveries(id)
  expect(delivery).toMatchObject({ status: 'succeeded', tries: 1, lastStatus: 200, lastError: null })
  const { history } = (await hooks.ask(`GET /v1/webhook-deliveries/${delivery.id}`)).json
  expect(history).toMatchObject([{ status: 200, body: 'Taken, and' }])
  await hooks.nest.clock.advance({ hours: 2 })
  expect(receiver.received).toHaveLength(1)
  await remove(id)
})

test('what waits for an endpoint ends with it', async () => {
  const receiver = await hooks.receiver(500)
  const { id } = await hooks.endpoint(receiver, only)
  await lead()
  await settle()
  await remove(id)
  await hooks.nest.clock.advance({ days: 1 })
  expect(receiver.received).toHaveLength(1)
  expect((await hooks.nest.jobs('webhooks')).filter(({ name }) => name === 'send')).toEqual([])
})
