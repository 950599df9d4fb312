import { createWorkspace } from '@leadnest/core'
import { sql } from '@leadnest/core/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenWebhooks, openWebhooks } from './testing/open.ts'
import { verify } from './testing/receiver.ts'

let hooks: OpenWebhooks
beforeAll(async () => {
  hooks = await openWebhooks()
})
afterAll(() => hooks.close())

const settle = () => hooks.nest.settle()
const createLead = async (lead: object) => (await hooks.ask('POST /v1/leads', lead)).json
let count = 0
const someone = () => ({ email: `somebody${++count}@example.com` })

test('what happens is told once, signed so that the oracle takes it, with the lead', async () => {
  const receiver = await hooks.receiver()
  const { id, secret } = await hooks.endpoint(receiver, { types: ['lead.*'], headers: { 'X-Api-Key': 'open sesame' } })
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  const lead = await createLead({ ...someone(), company: 'Engines' })
  await settle()
  await settle()

  expect(receiver.received).toHaveLength(1)
  const [sent] = receiver.received
  const message = verify(secret, sent!, hooks.nest.now())
  const [event] = (await hooks.ask('GET /v1/events?type=lead.created&wait=30')).json.data.slice(-1)
  expect(message).toMatchObject({ type: 'lead.created', timestamp: event.createdAt, data: { event } })
  expect(message.data.lead).toEqual(lead)
  expect(sent!.headers).toMatchObject({
    'content-type': 'application/json',
    'x-api-key': 'open sesame',
    'webhook-id': `msg_${event.id}`,
  })
  const [delivery] = await hooks.deliveries(id)
  expect(delivery).toMatchObject({
    webhookId: sent!.id,
    eventId: event.id,
    type: 'lead.created',
    leadId: lead.id,
    status: 'succeeded',
    tries: 1,
    nextAt: null,
    lastStatus: 200,
  })
  const shown = (await hooks.ask(`GET /v1/webhook-deliveries/${delivery.id}`)).json
  expect([shown.body, shown.history.length]).toEqual([sent!.body, 1])
})

test('a secret is shown when it is made and when it is rotated; for a day both sign, then the new one alone', async () => {
  const receiver = await hooks.receiver()
  const { id, secret: first } = await hooks.endpoint(receiver, { types: ['lead.created'] })
  const shown = await hooks.ask(`GET /v1/webhook-endpoints/${id}`)
  expect(shown.text).not.toContain('whsec_')
  const rows = await hooks.inside(sql`select * from plugin_webhooks_endpoints where id = ${id}`)
  expect([rows.length, JSON.stringify(rows).includes(first.slice(6))]).toEqual([1, false])

  const rotated = await hooks.ask(`POST /v1/webhook-endpoints/${id}/rotate-secret`)
  const second = rotated.json.secret
  expect(second).not.toBe(first)
  await createLead(someone())
  await settle()
  const during = receiver.received[0]!
  for (const secret of [first, second]) expect(verify(secret, during, hooks.nest.now()).type).toBe('lead.created')

  await hooks.nest.clock.advance({ hours: 24, seconds: 1 })
  await createLead(someone())
  await settle()
  const after = receiver.received.at(-1)!
  expect(verify(second, after, hooks.nest.now()).type).toBe('lead.created')
  expect(() => verify(first, after, hooks.nest.now())).toThrow('No matching signature')
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('a secret that is replaced signs for its own day, however often it is rotated meanwhile', async () => {
  const receiver = await hooks.receiver()
  const { id, secret: first } = await hooks.endpoint(receiver, { types: ['lead.created'] })
  const rotate = async () => (await hooks.ask(`POST /v1/webhook-endpoints/${id}/rotate-secret`)).json
  const second = (await rotate()).secret
  await hooks.nest.clock.advance({ hours: 20 })
  const third = (await rotate()).secret
  await createLead(someone())
  await settle()
  const takenBy = (secrets: string[]) => {
    const sent = receiver.received.at(-1)!
    for (const secret of secrets) expect(verify(secret, sent, hooks.nest.now()).type).toBe('lead.created')
    return sent.headers['webhook-signature']!.toString().split(' ').length
  }
  expect(takenBy([first, second, third])).toBe(3)
  await hooks.nest.clock.advance({ hours: 5 })
  await createLead(someone())
  await settle()
  expect(takenBy([second, third])).toBe(2)
  for (let i = 0; i < 9; i++) expect(await rotate()).toMatchObject({ secret: expect.stringMatching(/^whsec_/) })
  expect(await rotate()).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path: 'id' }] })
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('an endpoint is told of the types, changes and leads that it asked for', async () => {
  const [everything, groups, stages, engines] = await Promise.all([1, 2, 3, 4].map(() => hooks.receiver()))
  const ids = [
    await hooks.endpoint(everything!),
    await hooks.endpoint(groups!, { types: ['note.*', 'lead.tagged'] }),
    await hooks.endpoint(stages!, { types: ['lead.updated'], changed: ['stage', 'fields.plan'] }),
    await hooks.endpoint(engines!, { types: ['lead.*'], filter: 'company = Engines' }),
  ].map(({ id }) => id)
  await settle()
  for (const receiver of [everything!, groups!]) receiver.received.length = 0
  await hooks.nest.field('plan')
  const ada = await createLead({ ...someone(), company: 'Engines' })
  await hooks.ask(`PATCH /v1/leads/${ada.id}`, { name: 'Ada' })
  await hooks.ask(`PATCH /v1/leads/${ada.id}`, { stage: 'contacted' })
  await hooks.ask(`PATCH /v1/leads/${ada.id}`, { fields: { plan: 'pro' } })
  await hooks.ask(`POST /v1/leads/${ada.id}/notes`, { body: 'Called.' })
  await hooks.ask(`POST /v1/leads/${ada.id}/tags`, { add: ['vip'] })
  const ben = await createLead({ ...someone(), company: 'Looms' })
  await settle()

  expect(everything!.types().sort()).toEqual([
    'field.created',
    'lead.created',
    'lead.created',
    'lead.tagged',
    'lead.updated',
    'lead.updated',
    'lead.updated',
    'note.added',
  ])
  expect(groups!.types().sort()).toEqual(['lead.tagged', 'note.added'])
  const changes = stages!.received.map(({ body }) => Object.keys(JSON.parse(body).data.event.data.changes))
  expect(changes.sort()).toEqual([['fields.plan'], ['stage']])
  const leads = engines!.received.map(({ body }) => JSON.parse(body).data.lead.id)
  expect([new Set(leads), leads.includes(ben.id)]).toEqual([new Set([ada.id]), false])
  for (const id of ids) await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('what an endpoint was told in another workspace is not told here, nor found', async () => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint(receiver)
  const { id: other } = await createWorkspace(hooks.nest, { name: 'Other' })
  const theirs = await hooks.nest.key({ workspaceId: other })
  await hooks.ask('POST /v1/leads', someone(), theirs)
  await settle()
  expect(receiver.types()).not.toContain('lead.created')
  expect((await hooks.ask(`GET /v1/webhook-endpoints/${id}`, undefined, theirs)).json.code).toBe('not_found')
  await hooks.ask(`DELETE /v1/webhook-endpoints/${id}`)
})

test('while the plugin is off nothing is written down; turned on, it tells of what comes', async () => {
  const receiver = await hooks.receiver()
  const { id } = await hooks.endpoint(receiver, { types: ['lead.created'] })
  await hooks.ask('PATCH /v1/plugins/webhooks', { enabled: false })
  await createLead(someone())
  await settle()
  expect((await hooks.ask('GET /v1/webhook-endpoints')).json.code).toBe('plugin_off')
  await hooks.ask('PATCH /v1/plugins/webhooks', { enabled: true })
  expect(await hooks.deliveries(id)).toEqual([])
  await createLead(someone())
  await settle()
  expect(receiver.types()).toEqual(['lead.created'])
})
