import { pigeon, pigeonChannel, pigeonPost } from '@leadnest/core/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

const post = pigeonPost()
const channel = pigeonChannel()
const settings = { account: 'A1', token: 'a token of the first', number: '+15550001000' }
let server: TestServer
let key: string
let number = 0

beforeAll(async () => {
  server = await testServer({
    plugins: [pigeon(channel)],
    settings: { pigeon: settings },
    outbound: post.outbound,
    clock: '2026-11-25T12:00:00Z',
  })
  key = await server.nest.key()
  await ask('PATCH /v1/workspace', { timeZone: 'Europe/London', country: 'GB' })
})
afterAll(() => server.close())
beforeEach(async () => {
  post.reset()
  await ask('PATCH /v1/channels/sms', { quietHours: null, perSecond: null })
})

const ask = async (route: string, body?: object) => (await server.request(route, { key, ...(body && { body }) })).json
const lead = (phone: string, more: object = {}) => ask('POST /v1/leads', { externalId: `${++number}`, phone, ...more })
const write = (id: string, more: object = {}) =>
  ask(`POST /v1/leads/${id}/messages`, { channel: 'sms', body: 'Hello', ...more })
const accepted = () => post.accepted().map(({ to }) => to)

test('at night nothing leaves where the lead lives; it does when the window opens', async () => {
  await ask('POST /v1/fields', { key: 'zone', label: 'Zone', type: 'text' })
  await ask('PATCH /v1/channels/sms', { quietHours: { from: '21:00', to: '08:30', timeZoneField: 'zone' } })
  await server.nest.clock.set('2026-11-26T03:00:00Z')
  const [london, tokyo, told] = [
    await lead('+442079460001'),
    await lead('+81312345678'),
    await lead('+442079460002', { fields: { zone: 'Asia/Tokyo' } }),
  ]
  for (const { id } of [london, tokyo, told]) await write(id)
  await server.nest.settle()
  // In Tokyo it is noon.
  expect(accepted().sort()).toEqual([told.phone, tokyo.phone].sort())
  const { data } = await ask(`GET /v1/conversations?lead=${london.id}`)
  expect(await ask(`GET /v1/messages/${data[0].lastMessage.id}`)).toMatchObject({
    status: 'scheduled',
    dueAt: '2026-11-26T08:30:00.000Z',
  })
  await server.nest.clock.set('2026-11-26T08:29:59Z')
  expect(accepted()).not.toContain(london.phone)
  await server.nest.clock.set('2026-11-26T08:30:00Z')
  expect(accepted()).toContain(london.phone)
})

test('who wrote within the hour is answered at night', async () => {
  await ask('PATCH /v1/channels/sms', { quietHours: { from: '21:00', to: '08:30' } })
  await server.nest.clock.set('2026-11-26T23:00:00Z')
  const { id, phone } = await lead('+442079460003')
  const at = { settings, url: `${origin}/plugins/pigeon` }
  const message = { providerId: 'night', from: phone, to: settings.number, body: 'Are you there?' }
  await server.app.request(await channel.simulate!.inbound!(message, at))
  await write(id)
  await server.nest.settle()
  expect(accepted()).toEqual([phone])
  await server.nest.clock.advance({ hours: 2 })
  await write(id)
  await server.nest.settle()
  expect(accepted()).toEqual([phone])
})

test('a STOP in the night keeps back what waits for the morning', async () => {
  await ask('PATCH /v1/channels/sms', { quietHours: { from: '21:00', to: '08:30' } })
  await server.nest.clock.set('2026-11-28T01:00:00Z')
  post.reset()
  const { id, phone } = await lead('+442079460009')
  const { id: messageId } = await write(id)
  await server.nest.settle()
  const at = { settings, url: `${origin}/plugins/pigeon` }
  const stop = { providerId: 'stop', from: phone, to: settings.number }
  await server.app.request(await channel.simulate!.optOut!(stop, at))
  await server.nest.clock.set('2026-11-28T10:00:00Z')
  expect(post.asked()).toBe(0)
  expect(await ask(`GET /v1/messages/${messageId}`)).toMatchObject({ status: 'failed', error: { code: 'suppressed' } })
})

test('a sender keeps its pace, over all that waits', async () => {
  await server.nest.clock.set('2026-11-28T12:00:00Z')
  await ask('PATCH /v1/channels/sms', { perSecond: 0.5 })
  for (let i = 0; i < 5; i++) await write((await lead(`+44207946010${i}`)).id)
  await server.nest.settle()
  expect(accepted()).toHaveLength(1)
  for (const [seconds, sent] of [
    [1, 1],
    [1, 2],
    [2, 3],
    [4, 5],
  ] as const) {
    await server.nest.clock.advance({ seconds })
    expect(accepted()).toHaveLength(sent)
  }
})

test('a template is checked when it is saved, filled in when it leaves, and its link is in no store', async () => {
  await ask('POST /v1/fields', { key: 'plan', label: 'Plan', type: 'text' })
  const wrong = async (body: string) => (await ask('POST /v1/message-templates', { name: 'Wrong', body })).errors
  expect(await wrong('Hello {{ frstName }}')).toEqual([
    {
      path: 'body',
      message:
        'Line 1, column 10: there is no “frstName”. Use one of name, firstName, lastName, email, phone, company, fields, owner, workspace, preferences.',
    },
  ])
  expect((await wrong('Hello\n{{ fields.plann }}'))[0].message).toMatch('Line 2, column 4: there is no “fields.plann”.')
  expect((await wrong('Hello {{ name'))[0].message).toMatch(/^Line 1, column \d+: output/)
  expect((await wrong('{{ name | shout }}'))[0].message).toMatch('undefined filter: shout')
  expect((await wrong('{% include "secrets" %}'))[0].message).toMatch('tag "include" not found')

  const template = await ask('POST /v1/message-templates', {
    name: 'Ready',
    channel: 'sms',
    body: 'Hello {{ firstName | default: "there" }}, your {{ fields.plan | default: "table" }} is ready. {{ preferences }}',
  })
  expect((await ask('POST /v1/message-templates', { name: 'READY', body: 'x' })).code).toBe('name_taken')
  const { id, phone } = await lead('+442079460020')
  const preview = await ask('POST /v1/messages/preview', { channel: 'sms', template: template.id, leadId: id })
  expect(preview).toMatchObject({
    body: `Hello there, your table is ready. ${origin}/p/…`,
    segments: 1,
    encoding: 'utf-8',
    address: phone,
    suppressed: false,
  })
  const sendAt = new Date(server.nest.now().getTime() + 3_600_000).toISOString()
  const message = await write(id, { body: undefined, template: template.id, sendAt })
  await ask(`PATCH /v1/leads/${id}`, { firstName: 'Ada', fields: { plan: 'desk' } })
  await ask(`DELETE /v1/message-templates/${template.id}`)
  await server.nest.clock.advance({ hours: 1 })
  const [sent] = post.accepted()
  expect(sent!.body).toMatch(new RegExp(`^Hello Ada, your desk is ready. ${origin}/p/p[\\w-]{80,}$`))
  expect((await ask(`GET /v1/messages/${message.id}`)).body).toBe(`Hello Ada, your desk is ready. ${origin}/p/…`)
  // The link proves the number: it is the person's own page.
  const page = await server.app.request(sent!.body.split(' ').at(-1)!)
  expect(page.status).toBe(200)
  expect((await write(id, { body: undefined, template: template.id })).errors[0].path).toBe('template')
})

test('a template that takes too long, or too much, is refused', async () => {
  const loop = '{% for a in (1..1000000) %}{% for b in (1..1000000) %}x{% endfor %}{% endfor %}'
  const { id } = await ask('POST /v1/message-templates', { name: 'Loop', body: loop })
  const answer = await ask('POST /v1/messages/preview', { channel: 'sms', template: id })
  expect([answer.status, answer.errors[0].path]).toEqual([422, 'template'])
})

test('many leads are written to by a job; who opted out, or has no number, is passed over', async () => {
  const filter = 'company = Crowd'
  for (const [i, phone] of ['+442079460030', '+442079460031', '+442079460032'].entries())
    await lead(phone, { company: 'Crowd', firstName: `N${i}` })
  await ask('POST /v1/leads', { externalId: 'mail', email: 'crowd@example.com', company: 'Crowd' })
  await ask('POST /v1/suppressions', { channel: 'sms', address: '+442079460031' })
  const { id } = await ask('POST /v1/message-templates', { name: 'Crowd', body: 'Hello {{ firstName }}' })
  const action = { type: 'message', channel: 'sms', template: id }
  expect((await ask('POST /v1/leads/bulk', { filter, action, dryRun: true })).matched).toBe(4)
  const job = await ask('POST /v1/leads/bulk', { filter, action })
  await server.nest.settle()
  expect((await ask(`GET /v1/jobs/${job.id}`)).result).toMatchObject({ matched: 4, changed: 2, unchanged: 2 })
  expect(
    post
      .accepted()
      .map(({ to, body }) => [to, body])
      .sort(),
  ).toEqual([
    ['+442079460030', 'Hello N0'],
    ['+442079460032', 'Hello N2'],
  ])
  const refused = await ask('POST /v1/leads/bulk', { filter, action: { ...action, template: job.id } })
  expect(refused.errors[0].path).toBe('action.template')
})

test('the link of a double opt-in is sent on a channel that does so, once, and proves the address', async () => {
  await server.nest.clock.set('2026-11-30T12:00:00Z')
  post.reset()
  await ask('PATCH /v1/channels/sms', { confirmations: true, confirmationText: 'Confirm: {{ link }}' })
  expect((await ask('PATCH /v1/channels/sms', { confirmationText: 'Confirm!' })).errors[0].path).toBe(
    'confirmationText',
  )
  const fields = [{ name: 'phone', label: 'Phone', type: 'tel', required: true }]
  const { id } = await ask('POST /v1/forms', { slug: 'call', name: 'Call', fields, doubleOptIn: true })
  const form = await server.request('GET /v1/forms/call')
  const token = form.headers.get('leadnest-form-token')!
  await server.nest.clock.advance({ seconds: 5 })
  const body = { fields: { phone: '+44 20 7946 0777' }, token }
  await server.request(`POST /v1/forms/${id}/submissions`, { body, headers: { origin } })
  await server.nest.settle()
  const [sent, ...more] = post.accepted()
  expect([sent!.to, more]).toEqual(['+442079460777', []])
  const link = /^Confirm: (http\S+)$/.exec(sent!.body)![1]!
  expect((await server.app.request(link)).status).toBe(200)
  const { data } = await ask('GET /v1/conversations?limit=1')
  expect(data[0]).toMatchObject({ leadId: null, address: '+442079460777' })
})
