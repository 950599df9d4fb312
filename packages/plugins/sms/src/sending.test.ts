import { createLead, createMessageTemplate, getMessage, sendMessage } from '@leadnest/core'
import { type TestNest, testNest } from '@leadnest/core/testing'
import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
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
  await sendMessage(nest, nest.workspaceId, { channel: 'sms', body: 'By hand', leadId: bo!.leadId! }, by)
  await nest.settle()
  await nest.clock.advance({ minutes: 6 })
  const texts = twilio.messages.filter(({ to }) => to !== given.ownerPhone).map(({ to, body }) => [to, body])
  expect(texts).toContainEqual(['+14155550112', 'By hand'])
  expect(texts.filter(([to]) => to === '+14155550112')).toHaveLength(1)
  expect(texts.filter(([to]) => to === '+14155550111')).toHaveLength(1)
})
