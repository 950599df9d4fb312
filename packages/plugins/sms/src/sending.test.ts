import { addSuppression, createLead, createMessageTemplate, getMessage, sendMessage } from '@leadnest/core'
import { type TestNest, testNest } from '@leadnest/core/testing'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { turnOf } from '../../../core/src/plugins/run-plugin.ts'
import { sms } from './index.ts'
import { twilioForTests } from './testing.ts'
import { TwilioSettings } from './twilio/settings.ts'
import { simulation } from './twilio/simulate.ts'

const given = {
  accountSid: `AC${'1'.repeat(32)}`,
  authToken: 'a token',
  senders: ['+15005550006'],
  moreAccounts: [`AC${'2'.repeat(32)} another-token MG${'2'.repeat(32)}`],
  followUps: ['contact; 5; Welcome'],
  ownerPhone: '+14155559999',
}
const settings = v.parse(TwilioSettings, given)
const by = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const
const byHand = { actor: { type: 'user', id: null, name: 'Olga' }, source: 'admin' } as const
const twilio = twilioForTests()
let nest: TestNest
let number = 0

beforeEach(async () => {
  twilio.reset()
  nest = await testNest({
    plugins: [sms()],
    settings: { sms: given },
    outbound: twilio.outbound,
    clock: '2026-11-25T12:00:00Z',
  })
})
afterEach(() => nest.close())

const lead = async () => {
  const { result } = await createLead(nest, nest.workspaceId, { phone: `+1415555${String(1000 + ++number)}` }, by)
  return result
}
const send = async (more: object = {}) =>
  sendMessage(nest, nest.workspaceId, { channel: 'sms', body: 'Hello', leadId: (await lead()).id, ...more }, by)
const statusOf = async (id: string) => (await getMessage(nest, nest.workspaceId, id)).status

async function told(report: Parameters<NonNullable<typeof simulation.status>>[0]): Promise<number> {
  const request = await simulation.status!(report, { settings, url: `${nest.publicBaseUrl}/plugins/sms` })
  const { pathname, search } = new URL(request.url)
  const headers = Object.fromEntries(request.headers)
  return (await nest.request('POST', pathname + search, { headers, body: await request.text() })).status
}

test('100 answers that are lost are at most one SMS each, unknown until Twilio tells (R17)', async () => {
  twilio.behave('lose_answer')
  const messages = []
  for (let i = 0; i < 100; i++) messages.push(await send({ body: `Number ${i}` }))
  await nest.settle()
  expect(twilio.messages).toHaveLength(100)
  expect(twilio.asked()).toBe(100)
  expect(new Set(await Promise.all(messages.map(({ id }) => statusOf(id))))).toEqual(new Set(['unknown']))
  await nest.settle()
  expect(twilio.asked()).toBe(100)
  // The address of a callback names the message, so that it is found without the answer.
  for (const [i, { id }] of messages.entries())
    expect(await told({ providerId: twilio.messages[i]!.sid, messageId: id, status: 'delivered' })).toBe(200)
  expect(new Set(await Promise.all(messages.map(({ id }) => statusOf(id))))).toEqual(new Set(['delivered']))
}, 60_000)

test('where no callback comes, Twilio is asked, and its word is taken', async () => {
  twilio.behave('lose_answer')
  const { id } = await send()
  await nest.settle()
  expect(await statusOf(id)).toBe('unknown')
  twilio.behave('accept')
  twilio.messages[0]!.status = 'delivered'
  await nest.clock.advance({ minutes: 2 })
  expect(await statusOf(id)).toBe('delivered')
  expect(twilio.asked()).toBe(1)
})

test('each sender leaves by its own account, a Messaging Service by its SID, and names where to tell', async () => {
  await send()
  await send({ sender: `MG${'2'.repeat(32)}`, mediaUrls: ['https://files.example.com/a.png'] })
  await nest.settle()
  expect(twilio.messages).toMatchObject([
    { accountSid: `AC${'1'.repeat(32)}`, token: 'a token', from: '+15005550006' },
    {
      accountSid: `AC${'2'.repeat(32)}`,
      token: 'another-token',
      from: `MG${'2'.repeat(32)}`,
      media: ['https://files.example.com/a.png'],
    },
  ])
})

test('a new lead is sent a template after its minutes, unless somebody wrote before; the owner is told at once', async () => {
  const template = { name: 'Welcome', channel: 'sms', subject: null, body: 'Hello {{ firstName | default: "there" }}' }
  await createMessageTemplate(nest, nest.workspaceId, template, by)
  await nest.capture('contact', { name: 'Ada', email: 'ada@example.com', phone: '+14155550111' })
  await nest.capture('contact', { name: 'Bo', email: 'bo@example.com', phone: '+14155550112' })
  await nest.settle()
  const owners = twilio.messages.filter(({ to }) => to === given.ownerPhone)
  expect(owners.map(({ body }) => body.split('\n')[0])).toEqual([
    'New lead (Contact): Ada, +14155550111, ada@example.com',
    'New lead (Contact): Bo, +14155550112, bo@example.com',
  ])
  const [bo] = (await nest.events('lead.captured')).filter(({ leadId }) => leadId).slice(-1)
  await sendMessage(nest, nest.workspaceId, { channel: 'sms', body: 'By hand', leadId: bo!.leadId! }, byHand)
  await nest.settle()
  await nest.clock.advance({ minutes: 6 })
  const texts = twilio.messages.filter(({ to }) => to !== given.ownerPhone).map(({ to, body }) => [to, body])
  expect(texts).toContainEqual(['+14155550112', 'By hand'])
  expect(texts.filter(([to]) => to === '+14155550112')).toHaveLength(1)
  expect(texts.filter(([to]) => to === '+14155550111')).toHaveLength(1)
})

/** Runs a job as the worker does, under one key; twice is what a worker that died after its work comes to. */
async function run(name: string, payload: object): Promise<void> {
  const [plugin] = nest.plugins
  const { context } = (await turnOf(nest, nest.workspaceId, plugin!))!
  const job = { ...context, idempotencyKey: `sms:${name}`, signal: AbortSignal.timeout(60_000) }
  await plugin!.jobs![name]!.run(payload, job)
}
const welcome = () =>
  createMessageTemplate(nest, nest.workspaceId, { name: 'Welcome', channel: 'sms', subject: null, body: 'Welcome' }, by)

test('what LeadNest answers by itself keeps no text to a new lead back; a lead that wrote needs none', async () => {
  await welcome()
  const [answered, wrote] = [await lead(), await lead()]
  const since = nest.now().toISOString()
  await nest.clock.advance({ minutes: 1 })
  await sendMessage(nest, nest.workspaceId, { channel: 'sms', body: 'By itself', leadId: answered.id }, by)
  const request = await simulation.inbound!(
    { providerId: 'SM1', from: wrote.phone!, to: '+15005550006', body: 'Hello' },
    { settings, url: `${nest.publicBaseUrl}/plugins/sms` },
  )
  const { pathname } = new URL(request.url)
  const headers = Object.fromEntries(request.headers)
  expect((await nest.request('POST', pathname, { headers, body: await request.text() })).status).toBe(200)
  for (const { id } of [answered, wrote]) await run('follow_up', { leadId: id, number: 0, since })
  await nest.settle()
  expect(twilio.messages.map(({ to, body }) => [to, body])).toEqual([
    [answered.phone, 'By itself'],
    [answered.phone, 'Welcome'],
  ])
})

test('a lead that writes leaves no jobs behind where none waits', async () => {
  await sendMessage(nest, nest.workspaceId, { channel: 'sms', body: 'Hello', leadId: (await lead()).id }, byHand)
  await nest.settle()
  const { rows } = await nest.pool.query(`select 1 from graphile_worker.jobs where task_identifier like '%follow_up'`)
  expect(rows).toEqual([])
})

test('a job that runs twice sends once: a text to a new lead, and the one to the owner', async () => {
  await welcome()
  const { id: leadId } = await lead()
  const since = nest.now().toISOString()
  for (let i = 0; i < 2; i++) await run('follow_up', { leadId, number: 0, since })
  await nest.settle()
  expect(twilio.messages.map(({ body }) => body)).toEqual(['Welcome'])
  twilio.behave('lose_answer')
  for (let i = 0; i < 2; i++) await run('tell_owner', { leadId, form: 'Contact', event: 'E1' })
  expect(twilio.messages.filter(({ to }) => to === given.ownerPhone)).toHaveLength(1)
})

test('the owner is told later where Twilio has no time, and never after they said no', async () => {
  const { id: leadId } = await lead()
  twilio.behave('busy')
  const payload = { leadId, form: null, event: 'E1' }
  await expect(run('tell_owner', payload)).rejects.toMatchObject({ kind: 'retry' })
  twilio.behave('accept')
  await run('tell_owner', payload)
  expect(twilio.messages.map(({ to }) => to)).toEqual([given.ownerPhone])
  const no = { channel: 'sms', address: given.ownerPhone, purpose: null, reason: null }
  await addSuppression(nest, nest.workspaceId, no, by)
  await run('tell_owner', { ...payload, event: 'E2' })
  expect(twilio.asked()).toBe(2)
})
