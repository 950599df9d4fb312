import { lookAfterMessages, preferenceToken, sendMessage, sql, unsubscribe } from '@leadnest/core'
import { pigeon, pigeonChannel, pigeonPost } from '@leadnest/core/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { claimMessage } from '../../../core/src/messages/claim-message.ts'
import { origin, type TestServer, testServer } from '../testing.ts'

const post = pigeonPost()
const channel = pigeonChannel()
const settings = { account: 'A1', token: 'a token of the first', number: '+15550001000' }
const second = '+15550002000'
/** Stands for several numbers, of which the provider takes one. */
const pool = 'POOL'
let broken = false
const by = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const
let server: TestServer
let key: string
let number = 0

beforeAll(async () => {
  const plugin = pigeon({
    ...channel,
    senders() {
      if (broken) throw new Error('The channel forgot its numbers.')
      return [settings.number, second, pool]
    },
    choosesNumber: (sender) => sender === pool,
  })
  server = await testServer({
    plugins: [plugin],
    settings: { pigeon: settings },
    outbound: post.outbound,
    clock: '2026-11-25T12:00:00Z',
  })
  key = await server.nest.key()
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.nest.settle()
  post.reset()
})

const ask = async (route: string, body?: object) => (await server.request(route, { key, ...(body && { body }) })).json
const lead = () => ask('POST /v1/leads', { phone: `+1555200${++number + 1000}` })
const write = (id: string, more: object = {}) =>
  ask(`POST /v1/leads/${id}/messages`, { channel: 'sms', body: 'Hello', ...more })
async function says(from: string, body: string, more: object = {}) {
  const at = { settings, url: `${origin}/plugins/pigeon` }
  const message = { providerId: `in-${++number}`, from, to: settings.number, body, ...more }
  const { status } = await server.app.request(await channel.simulate!.inbound!(message, at))
  expect(status).toBe(204)
  await server.nest.clock.advance(1)
}
const kinds = async (id: string) =>
  (await ask(`GET /v1/leads/${id}/consents`)).data.map(
    ({ kind, purpose, reason }: Record<string, string>) => `${kind} ${purpose} ${reason}`,
  )

test('a START takes back the STOP alone: what they said of one purpose stands', async () => {
  const { id, phone } = await lead()
  await ask(`POST /v1/leads/${id}/consents`, { action: 'revoke', channel: 'sms', purpose: 'offers' })
  await server.nest.clock.advance(1)
  await says(phone, 'STOP')
  await says(phone, 'stop')
  await says(phone, 'START')
  expect(await kinds(id)).toEqual([
    'revoked offers Stands after START',
    'lifted null START',
    'granted null START',
    'revoked null STOP',
    'revoked offers null',
  ])
  expect((await write(id, { purpose: 'orders' })).status).toBe('queued')
  expect((await write(id, { purpose: 'offers' })).code).toBe('suppressed')
})

test('a START takes back no no that was said elsewhere: on their own page, or by the workspace', async () => {
  const { id, phone } = await lead()
  const token = preferenceToken(server.nest, { workspaceId: server.nest.workspaceId, leadId: id, channel: 'sms' })
  expect(await unsubscribe(server.nest, token)).toBe('saved')
  await says(phone, 'STOP')
  await says(phone, 'START')
  expect((await write(id)).code).toBe('suppressed')

  const other = await lead()
  await ask('POST /v1/suppressions', { channel: 'sms', address: other.phone })
  await says(other.phone, 'START')
  expect((await write(other.id)).code).toBe('suppressed')
})

test('what the provider takes it for goes before the words', async () => {
  const { id, phone } = await lead()
  await says(phone, 'Ne plus recevoir', { optOut: 'stop' })
  expect((await write(id)).code).toBe('suppressed')
  await says(phone, 'stop', { optOut: 'start' })
  expect((await write(id)).status).toBe('queued')
})

test('YES lifts a no, and is a word like others where none stands; HELP is answered by the text of the workspace', async () => {
  await ask('PATCH /v1/channels/sms', { helpText: 'Call us on +1 555 000 1000.' })
  const { id, phone } = await lead()
  await says(phone, 'Yes')
  expect(await kinds(id)).toEqual([])
  await says(phone, 'help')
  await server.nest.settle()
  expect(post.accepted().map(({ to, body }) => [to, body])).toEqual([[phone, 'Call us on +1 555 000 1000.']])
  await says(phone, 'info', { optOut: 'help' })
  await server.nest.settle()
  expect(post.asked()).toBe(1)
  await says(phone, 'QUIT')
  await says(phone, 'Yes!')
  expect((await write(id)).status).toBe('queued')
})

test('a STOP to one number can be about that number', async () => {
  await ask('PATCH /v1/channels/sms', { optOutScope: 'number' })
  const { id, phone } = await lead()
  await says(phone, 'STOP')
  expect((await write(id, { sender: settings.number })).code).toBe('suppressed')
  expect((await write(id, { sender: second })).status).toBe('queued')
  await says(phone, 'STOP', { to: second })
  expect((await write(id, { sender: second })).code).toBe('suppressed')
  await says(phone, 'START', { to: second })
  expect((await write(id, { sender: second })).status).toBe('queued')
  expect((await write(id, { sender: settings.number })).code).toBe('suppressed')
  await ask('PATCH /v1/channels/sms', { optOutScope: 'workspace' })
})

test('a STOP to one number stops what leaves by a number that the provider chooses, also what waited', async () => {
  await ask('PATCH /v1/channels/sms', { optOutScope: 'number' })
  const { id, phone } = await lead()
  const waiting = await write(id, { sender: pool })
  await says(phone, 'STOP', { to: second })
  await server.nest.settle()
  expect(post.asked()).toBe(0)
  expect(await ask(`GET /v1/messages/${waiting.id}`)).toMatchObject({ status: 'failed', error: { code: 'suppressed' } })
  expect((await write(id, { sender: pool })).code).toBe('suppressed')
  expect((await write(id, { sender: settings.number })).status).toBe('queued')
  await says(phone, 'STOP', { to: pool })
  expect((await write(id, { sender: settings.number })).code).toBe('suppressed')
  await ask('PATCH /v1/channels/sms', { optOutScope: 'workspace' })
})

test('what somebody writes is kept also where it cannot be answered', async () => {
  const textsOf = async (phone: string) => {
    const { data } = await ask('GET /v1/conversations')
    const found = data.find(({ address }: { address: string }) => address === phone)
    const messages = (await ask(`GET /v1/conversations/${found.id}/messages`)).data
    return messages.map(({ direction, body }: Record<string, string>) => `${direction} ${body}`)
  }
  await ask('PATCH /v1/channels/sms', { autoReply: 'Thank you, we will call.', optOutScope: 'number' })
  // They said no to the number by which they would be answered, and write to another one.
  await says('+15552007771', 'STOP')
  await says('+15552007771', 'Hello', { to: '+15550009000' })
  broken = true
  await says('+15552007772', 'Hello')
  broken = false
  await server.nest.settle()
  expect(await textsOf('+15552007771')).toEqual(['in Hello'])
  expect(await textsOf('+15552007772')).toEqual(['in Hello'])
  expect(post.asked()).toBe(0)
  await ask('PATCH /v1/channels/sms', { autoReply: null, optOutScope: 'workspace' })
})

test('an answer goes to where they wrote from, whatever number they have since', async () => {
  const { id, phone } = await lead()
  await says(phone, 'Is it ready?')
  const [{ id: conversationId }] = (await ask(`GET /v1/conversations?lead=${id}`)).data
  const now = `+1555200${++number + 1000}`
  await ask(`PATCH /v1/leads/${id}`, { phone: now })
  expect(await write(id, { conversationId })).toMatchObject({ address: phone, conversationId })
  expect(await write(id)).toMatchObject({ address: now })
  const other = await lead()
  for (const [lead, about] of [
    [other.id, { conversationId }],
    [id, { conversationId: other.id }],
  ] as const)
    expect(await write(lead, about)).toMatchObject({
      code: 'unknown_reference',
      errors: [{ path: 'conversationId' }],
    })
  // Whoever they are after a merge, the number is the one they wrote from.
  const { lead: survivor } = await ask('POST /v1/leads/merge', { leadIds: [other.id, id] })
  expect(await write(survivor.id, { conversationId })).toMatchObject({ address: phone, conversationId })
  await says(phone, 'STOP')
  expect((await write(survivor.id, { conversationId })).code).toBe('suppressed')
})

test('what waits for a plugin that rests is not put in front of it each minute', async () => {
  const { nest } = server
  const { workspaceId } = nest
  const { id } = await write((await lead()).id)
  const until = new Date(nest.now().getTime() + 300_000)
  await nest.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into plugin_states as known (workspace_id, plugin_id, failures, resting_until, updated_at)
      values (${workspaceId}, 'pigeon', 5, ${until}, ${nest.now()})
      on conflict (workspace_id, plugin_id) do update set failures = 5, resting_until = excluded.resting_until`),
  )
  nest.recent.forget()
  await nest.settle()
  const job = () =>
    nest.inWorkspace(workspaceId, (tx) =>
      tx.query(sql`select id, revision, run_at from graphile_worker.jobs where key = ${`send ${id}`}`),
    )
  const waiting = await job()
  expect(waiting).toMatchObject([{ runAt: until.toISOString() }])
  await nest.clock.advance({ minutes: 2 })
  await lookAfterMessages(nest)
  expect(await job()).toEqual(waiting)
  await nest.clock.advance({ minutes: 4 })
  await nest.settle()
  expect((await ask(`GET /v1/messages/${id}`)).status).toBe('sending')
})

test('somebody unknown who said STOP, and then START, can be written to', async () => {
  const phone = '+15552009999'
  await says(phone, 'STOP')
  const { id } = await ask('POST /v1/leads', { phone })
  expect((await write(id)).code).toBe('suppressed')
  await says(phone, 'START')
  expect((await write(id)).status).toBe('queued')
})

test('somebody new is answered once, where the workspace wants it', async () => {
  await ask('PATCH /v1/channels/sms', { autoReply: 'Thank you, we will call.' })
  await says('+15552008888', 'Hello')
  await says('+15552008888', 'Anybody there?')
  await server.nest.settle()
  expect(post.accepted().map(({ to, body }) => [to, body])).toEqual([['+15552008888', 'Thank you, we will call.']])
  await ask('PATCH /v1/channels/sms', { autoReply: null })
})

test('a hundred lost answers are a hundred messages at most, each unknown until the provider is asked', async () => {
  const { nest } = server
  const { id: leadId } = await lead()
  post.behave('lose_answer')
  for (let i = 0; i < 100; i++)
    await sendMessage(nest, nest.workspaceId, { leadId, channel: 'sms', body: `Number ${i}` }, by)
  await nest.settle()
  post.behave('accept')
  const { data } = await ask(`GET /v1/conversations?lead=${leadId}`)
  const statuses = async () => {
    const messages = (await ask(`GET /v1/conversations/${data[0].id}/messages?limit=200`)).data
    return [...new Set(messages.map(({ status }: { status: string }) => status))]
  }
  expect(await statuses()).toEqual(['unknown'])
  await nest.clock.advance({ days: 1 })
  expect(await statuses()).toEqual(['sent'])
  expect(post.asked()).toBe(100)
  expect(new Set(post.accepted().map(({ body }) => body)).size).toBe(100)
}, 120_000)

test('a server that dies while the provider has a message leaves it unknown, and sends it no second time', async () => {
  const { nest } = server
  const { id } = await write((await lead()).id)
  // As far as it came: taken, and no more was heard of it.
  await claimMessage(nest, nest.workspaceId, id)
  await nest.settle()
  expect((await ask(`GET /v1/messages/${id}`)).status).toBe('sending')
  await nest.clock.advance({ minutes: 3 })
  await lookAfterMessages(nest)
  await nest.clock.advance({ days: 1 })
  expect(await ask(`GET /v1/messages/${id}`)).toMatchObject({ status: 'unknown', error: { code: 'unknown' } })
  expect(post.asked()).toBe(0)
})

test('a lead that goes takes what waits along: a merge hands it on, a deletion keeps it back', async () => {
  const [one, other, gone] = [await lead(), await lead(), await lead()]
  const sendAt = new Date(server.nest.now().getTime() + 3_600_000).toISOString()
  const moved = await write(other.id, { sendAt })
  const kept = await write(gone.id, { sendAt })
  const { lead: survivor } = await ask('POST /v1/leads/merge', { leadIds: [one.id, other.id] })
  await server.request(`DELETE /v1/leads/${gone.id}`, { key })
  await server.nest.clock.advance({ hours: 1 })
  expect(post.accepted().map(({ to }) => to)).toEqual([other.phone])
  expect((await ask(`GET /v1/messages/${moved.id}`)).leadId).toBe(survivor.id)
  expect(await ask(`GET /v1/messages/${kept.id}`)).toMatchObject({ status: 'failed', error: { code: 'lead_gone' } })
  await says(other.phone, 'Thanks')
  expect((await ask(`GET /v1/conversations?lead=${survivor.id}`)).data[0]).toMatchObject({ unread: 1 })
})
