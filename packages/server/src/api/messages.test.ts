import { createWorkspace, lookAfterMessages, sql } from '@leadnest/core'
import { pigeon, pigeonPost } from '@leadnest/core/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

const post = pigeonPost()
const plugin = pigeon()
const settings = { account: 'A1', token: 'a token of the first', number: '+15550001000' }
const at = { settings, url: `${origin}/plugins/pigeon` }
const simulate = plugin.channels![0]!.simulate!
let server: TestServer
let key: string
let time = Date.now()
let number = 100

beforeAll(async () => {
  server = await testServer({ plugins: [plugin], outbound: post.outbound, now: () => new Date(time) })
  key = await server.nest.key()
  await ask('PATCH /v1/plugins/pigeon', { settings })
})
afterAll(() => server.close())
beforeEach(() => post.reset())

const ask = async (route: string, body?: object, as = key) =>
  (await server.request(route, { key: as, ...(body && { body }) })).json
const deliver = async (request: Request) => (await server.app.request(request)).status
const someone = async () => {
  const phone = `+1555000${++number + 1000}`
  return { ...(await ask('POST /v1/leads', { phone, name: 'Ada' })), phone } as { id: string; phone: string }
}
const write = (lead: { id: string }, more: object = {}) => {
  // Ids of one moment have no order.
  time += 1
  return ask(`POST /v1/leads/${lead.id}/messages`, { channel: 'sms', body: 'Hello', ...more })
}
const inbound = (from: string, body: string, more: object = {}) =>
  simulate.inbound!({ providerId: `in-${++number}`, from, to: settings.number, body, ...more }, at)
const eventsOf = async (lead: { id: string }) =>
  (await ask(`GET /v1/leads/${lead.id}/timeline`)).data.map(({ type }: { type: string }) => type).sort()

test('a message is queued, given to the provider once, and moves forward by what that says', async () => {
  const lead = await someone()
  const queued = await write(lead)
  expect(queued).toMatchObject({
    leadId: lead.id,
    direction: 'out',
    status: 'queued',
    address: lead.phone,
    sender: settings.number,
    segments: 1,
  })
  await server.nest.settle()
  const [sent] = post.accepted()
  expect(post.accepted()).toEqual([
    {
      providerId: sent!.providerId,
      to: lead.phone,
      from: settings.number,
      body: 'Hello',
      media: [],
      account: settings.token,
    },
  ])
  expect(await ask(`GET /v1/messages/${queued.id}`)).toMatchObject({ status: 'sending', dueAt: null })
  for (const status of ['sent', 'delivered', 'sent'] as const)
    expect(await deliver(await simulate.status!({ providerId: sent!.providerId, status }, at))).toBe(204)
  expect((await ask(`GET /v1/messages/${queued.id}`)).status).toBe('delivered')
  expect(await eventsOf(lead)).toEqual(['lead.created', 'message.delivered', 'message.queued', 'message.sent'])
})

test('what somebody writes comes into their conversation, once however often it is posted', async () => {
  const lead = await someone()
  const request = await inbound(lead.phone, 'Is it ready?')
  const statuses = await Promise.all(Array.from({ length: 100 }, () => deliver(request.clone())))
  expect(new Set(statuses)).toEqual(new Set([204]))
  const { data } = await ask(`GET /v1/conversations?lead=${lead.id}`)
  expect(data).toMatchObject([
    { leadName: 'Ada', channel: 'sms', unread: 1, sender: settings.number, lastMessage: { body: 'Is it ready?' } },
  ])
  expect((await ask(`GET /v1/conversations/${data[0].id}/messages`)).data).toHaveLength(1)
  expect(await ask(`PATCH /v1/conversations/${data[0].id}`, { read: true })).toMatchObject({ unread: 0 })
  expect(await eventsOf(lead)).toEqual(['conversation.updated', 'lead.created', 'message.received'])
})

test('after a STOP nothing leaves, not even what waited; START lets it again', async () => {
  const lead = await someone()
  for (let i = 0; i < 100; i++) await write(lead, { body: `Number ${i}` })
  expect(await deliver(await inbound(lead.phone, ' stop. '))).toBe(204)
  await server.nest.settle()
  expect(post.asked()).toBe(0)
  const [{ id }] = (await ask(`GET /v1/conversations?lead=${lead.id}`)).data
  const { data } = await ask(`GET /v1/conversations/${id}/messages?limit=200`)
  const out = data.filter(({ direction }: { direction: string }) => direction === 'out')
  expect(out).toHaveLength(100)
  expect(
    new Set(
      out.map((message: { status: string; error: { code: string } }) => `${message.status} ${message.error.code}`),
    ),
  ).toEqual(new Set(['failed suppressed']))
  expect((await write(lead)).code).toBe('suppressed')
  const consents = await ask(`GET /v1/leads/${lead.id}/consents`)
  expect(consents.data).toMatchObject([{ kind: 'revoked', channel: 'sms', purpose: null, reason: 'STOP' }])

  expect(await deliver(await inbound(lead.phone, 'Start'))).toBe(204)
  expect((await write(lead)).status).toBe('queued')
  await server.nest.settle()
  expect(post.accepted().map(({ to }) => to)).toEqual([lead.phone])
}, 60_000)

test('somebody unknown who writes becomes a lead; a first STOP stores the suppression alone', async () => {
  const before = (await ask('GET /v1/leads?count=true')).count.value
  expect(await deliver(await inbound('+15550009999', 'STOP'))).toBe(204)
  expect((await ask('GET /v1/leads?count=true')).count.value).toBe(before)
  expect((await ask('GET /v1/suppressions?channel=sms&address=%2B15550009999')).data).toMatchObject([
    { reason: 'STOP' },
  ])
  expect(await deliver(await inbound('+15550008888', 'Good day'))).toBe(204)
  const { data } = await ask(`GET /v1/leads?q=${encodeURIComponent('+15550008888')}`)
  expect(data).toMatchObject([{ phone: '+15550008888' }])
  const leads = await ask('GET /v1/leads')
  const lead = leads.data.find(({ phone }: { phone: string }) => phone === '+15550008888')
  expect(await eventsOf(lead)).toEqual(expect.arrayContaining(['message.received', 'lead.created']))
})

test('a lost answer is never sent again: its fate is unknown until the provider tells', async () => {
  const lead = await someone()
  post.behave('lose_answer')
  const { id } = await write(lead)
  await server.nest.settle()
  expect(await ask(`GET /v1/messages/${id}`)).toMatchObject({ status: 'unknown' })
  post.behave('accept')
  time += 3_600_000
  await lookAfterMessages(server.nest)
  await server.nest.settle()
  expect(post.accepted()).toHaveLength(1)
  const { providerId } = post.accepted()[0]!
  await deliver(await simulate.status!({ providerId, messageId: id, status: 'delivered' }, at))
  expect((await ask(`GET /v1/messages/${id}`)).status).toBe('delivered')
})

test('what the provider surely did not take is tried again, later; what it refused is not', async () => {
  const lead = await someone()
  post.behave('busy')
  const { id } = await write(lead)
  await server.nest.settle()
  expect(await ask(`GET /v1/messages/${id}`)).toMatchObject({
    status: 'queued',
    error: { code: expect.any(String), detail: expect.any(String) },
    dueAt: new Date(time + 5000).toISOString(),
  })
  post.behave('refuse')
  time += 120_000
  await lookAfterMessages(server.nest)
  await server.nest.settle()
  expect(await ask(`GET /v1/messages/${id}`)).toMatchObject({
    status: 'failed',
    error: { code: 'no_such_number', detail: 'There is no such number.' },
  })
  expect(post.asked()).toBe(2)
})

test('a status that comes before the answer counts, and one that the provider says of an opt-out suppresses', async () => {
  const lead = await someone()
  await write(lead, { body: 'The first' })
  await server.nest.settle()
  const [first] = post.accepted()
  const next = `pigeon-${Number(first!.providerId.split('-')[1]) + 1}`
  await deliver(await simulate.status!({ providerId: next, status: 'delivered' }, at))
  await deliver(await simulate.status!({ providerId: next, status: 'sent' }, at))
  const { id } = await write(lead, { body: 'The second' })
  await server.nest.settle()
  expect(post.accepted()[1]!.providerId).toBe(next)
  expect((await ask(`GET /v1/messages/${id}`)).status).toBe('delivered')

  const said = { providerId: first!.providerId, status: 'failed', error: { code: '21610' }, optedOut: true } as const
  await deliver(await simulate.status!(said, at))
  const { conversationId } = await ask(`GET /v1/messages/${id}`)
  const { data } = await ask(`GET /v1/conversations/${conversationId}/messages`)
  expect(data[1]).toMatchObject({ body: 'The first', status: 'failed', error: { code: '21610' } })
  expect((await write(lead)).code).toBe('suppressed')
})

test('what is scheduled waits, and can be taken back', async () => {
  const lead = await someone()
  const sendAt = new Date(time + 86_400_000).toISOString()
  const { id, status, dueAt } = await write(lead, { sendAt })
  expect([status, dueAt]).toEqual(['scheduled', sendAt])
  await server.nest.settle()
  expect(await ask(`POST /v1/messages/${id}/cancel`)).toMatchObject({ status: 'cancelled', dueAt: null })
  expect((await ask(`POST /v1/messages/${id}/cancel`)).code).toBe('message_left')
  time += 2 * 86_400_000
  await lookAfterMessages(server.nest)
  await server.nest.settle()
  expect(post.asked()).toBe(0)
})

test('what cannot be sent is refused with its place', async () => {
  const lead = await someone()
  const place = async (answer: Promise<{ code: string; errors?: { path: string }[] }>) => {
    const { code, errors } = await answer
    return [code, errors?.[0]?.path]
  }
  expect(await place(write(lead, { channel: 'email' }))).toEqual(['invalid_input', 'channel'])
  expect(await place(write(lead, { body: ' ' }))).toEqual(['invalid_input', 'body'])
  expect(await place(write(lead, { body: 'x'.repeat(1601) }))).toEqual(['invalid_input', 'body'])
  expect(await place(write(lead, { subject: 'Hi' }))).toEqual(['invalid_input', 'subject'])
  expect(await place(write(lead, { sender: '+1' }))).toEqual(['invalid_input', 'sender'])
  expect(await place(write(lead, { sendAt: '2030-01-01T00:00:00Z' }))).toEqual(['invalid_input', 'sendAt'])
  expect(await place(write(lead, { mediaUrls: Array(4).fill('https://example.com/a.png') }))).toEqual([
    'invalid_input',
    'mediaUrls',
  ])
  expect(await place(write(lead, { template: lead.id, body: undefined }))).toEqual(['unknown_reference', 'template'])
  const mail = await ask('POST /v1/leads', { email: 'only@example.com' })
  expect(await place(write(mail))).toEqual(['invalid_input', 'channel'])
})

test('a workspace without the plugin, and one where it is off, are told so', async () => {
  const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
  const theirs = await server.nest.key({ workspaceId: other })
  const member = { email: 'theirs@example.com', password: 'correct horse battery', workspaceId: other }
  const { id: ownerId } = await server.nest.user(member)
  const [mine] = (await ask('GET /v1/conversations?limit=1')).data
  expect(await ask(`PATCH /v1/conversations/${mine.id}`, { ownerId })).toMatchObject({
    code: 'unknown_reference',
    errors: [{ path: 'ownerId' }],
  })
  const lead = await ask('POST /v1/leads', { phone: '+15550007777' }, theirs)
  const refused = await ask(`POST /v1/leads/${lead.id}/messages`, { channel: 'sms', body: 'Hello' }, theirs)
  expect(refused.code).toBe('plugin_off')
  expect((await ask('GET /v1/channels', undefined, theirs)).data).toMatchObject([
    { id: 'sms', pluginId: 'pigeon', ready: false, problem: 'needs_settings' },
  ])
  expect((await ask('GET /v1/channels')).data).toMatchObject([{ ready: true, senders: [settings.number] }])
})

test('a file that comes in is fetched within the limits, and kept; what is no picture, or too large, is not', async () => {
  const lead = await someone()
  const media = ['picture.png', 'program.exe', 'huge.png', 'gone.png'].map((name) => ({
    url: `https://api.pigeon.example/${name}`,
  }))
  await deliver(await inbound(lead.phone, 'Look', { media }))
  await server.nest.settle()
  const { data } = await ask(`GET /v1/conversations?lead=${lead.id}`)
  const { id, media: kept } = (await ask(`GET /v1/conversations/${data[0].id}/messages`)).data[0]
  expect(kept).toMatchObject([
    { type: 'image/png', fileId: expect.any(String) },
    { problem: 'A file of type application/x-msdownload is not kept.' },
    { problem: 'The file is larger than 1 MiB.' },
    { problem: 'The provider answers 404.' },
  ])
  const file = await server.request(`GET /v1/messages/${id}/media/0`, { key })
  expect([file.text, file.headers.get('content-disposition')]).toEqual([
    'a picture',
    "attachment; filename*=UTF-8''file",
  ])
  for (const index of ['1', '9', 'x'])
    expect((await ask(`GET /v1/messages/${id}/media/${index}`)).code).toBe('not_found')
  await ask(`POST /v1/leads/${lead.id}/erase`, {})
  const left = await server.nest.inWorkspace(server.nest.workspaceId, (tx) => tx.query(sql`select id from files`))
  expect(left).toEqual([])
})
