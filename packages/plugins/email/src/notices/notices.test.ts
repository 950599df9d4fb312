import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { disableUser } from '@leadnest/core'
import { afterEach, expect, test } from 'vitest'
import { webhooks } from '../../../webhooks/src/index.ts'
import { email } from '../index.ts'
import { type OpenEmail, openEmail } from '../testing/open.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A workspace of an owner and a member, whose mails come to one server. */
async function open(...options: Parameters<typeof openEmail>) {
  const desk = await openEmail(...options)
  closing.push(() => desk.close())
  const [olga, milo] = await Promise.all([
    desk.nest.user({ email: 'olga@acme.example', password: 'a long phrase of hers' }),
    desk.nest.user({ email: 'milo@acme.example', password: 'a long phrase of his', role: 'member' }),
  ])
  return { ...desk, olga, milo }
}

const send = async ({ nest }: OpenEmail, fields: object = {}) => {
  const sent = await nest.capture('contact', { name: 'Ada', email: 'ada@example.com', ...fields })
  await nest.settle()
  return sent
}
const heard = ({ mail }: OpenEmail) =>
  mail
    .received()
    .map(({ envelope, subject }) => `${envelope.to.join()}: ${subject}`)
    .sort()
const wishes = (desk: OpenEmail, userId: string, kinds: string[], pace = 'at once') =>
  desk.nest.inWorkspace(desk.nest.workspaceId, (tx) =>
    tx.query({
      text: `insert into plugin_email_people (workspace_id, user_id, kinds, pace) values ($1, $2, $3, $4)`,
      values: [desk.nest.workspaceId, userId, kinds, pace],
    } as never),
  )

test('of a new lead everybody hears, of an assignment and an answer its owner alone', async () => {
  const desk = await open()
  const { lead } = await send(desk)
  expect(heard(desk)).toEqual(['milo@acme.example: New lead: Ada', 'olga@acme.example: New lead: Ada'])
  const [mail] = desk.mail.received()
  expect(mail!.text).toContain(
    `New lead: Ada\nada@example.com · Contact\nhttp://localhost:3000/admin/leads/${lead!.id}`,
  )
  expect(mail!.headers).toContainEqual(expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }))

  desk.mail.forget()
  await desk.ask(`PATCH /v1/leads/${lead!.id}`, { ownerId: desk.milo.id })
  await desk.nest.settle()
  await desk.hook({ type: 'message', messageId: '<a@b>', from: 'ada@example.com', text: 'Hello?' })
  await desk.nest.settle()
  await send(desk)
  expect(heard(desk)).toEqual([
    'milo@acme.example: A lead is yours: Ada',
    'milo@acme.example: An answer came: Ada',
    'milo@acme.example: New lead: Ada',
  ])
})

test('everybody says what they hear of, and how often', async () => {
  const desk = await open()
  await wishes(desk, desk.olga.id, ['held'])
  await wishes(desk, desk.milo.id, ['new_lead', 'held'], 'every hour')
  await send(desk)
  await send(desk, { email: 'bob@example.com', name: 'Bob' })
  const form = await desk.nest.capture('contact', { name: 'Spam', email: 'x@mailinator.com', message: 'Hi' })
  expect(form.verdict).toBe('held')
  await desk.nest.settle()
  expect(heard(desk)).toEqual(['olga@acme.example: Something was held: Contact'])
  desk.mail.forget()
  await desk.nest.clock.advance({ minutes: 59 })
  expect(heard(desk)).toEqual([])
  await desk.nest.clock.advance({ minutes: 1 })
  expect(heard(desk)).toEqual(['milo@acme.example: 3 things happened'])
  for (const part of ['New lead: Ada', 'New lead: Bob', 'Something was held: Contact'])
    expect(desk.mail.received()[0]!.text).toContain(part)
  await desk.nest.clock.advance({ hours: 2 })
  expect(heard(desk)).toHaveLength(1)
})

test('nobody hears twice, also where the server had no time or its answer was lost', async () => {
  const desk = await open()
  await wishes(desk, desk.milo.id, [])
  desk.mail.behave('busy')
  await send(desk)
  desk.mail.behave('accept')
  await desk.nest.clock.advance({ minutes: 30 })
  expect(heard(desk)).toEqual(['olga@acme.example: New lead: Ada'])
  desk.mail.behave('lose_answer')
  await send(desk)
  desk.mail.behave('accept')
  await desk.nest.clock.advance({ hours: 1 })
  expect(heard(desk)).toHaveLength(2)
})

test('what a visitor wrote makes no header, no line and no markup', async () => {
  const desk = await open()
  await wishes(desk, desk.milo.id, [])
  await send(desk, { name: '<b>Ada</b>\r\nBcc: eve@evil.example' })
  const [mail, ...others] = desk.mail.received()
  expect(others).toEqual([])
  expect(mail!.envelope.to).toEqual(['olga@acme.example'])
  expect(mail!.headers.map(({ key }) => key)).not.toContain('bcc')
  expect(mail!.html).not.toContain('<b>')
})

test('whom nobody answers in time is told, once; an answer in time ends it', async () => {
  const desk = await open({ escalateAfterMinutes: 30 })
  for (const { id } of [desk.olga, desk.milo]) await wishes(desk, id, ['escalation'])
  const { lead } = await send(desk)
  await desk.nest.clock.advance({ minutes: 29 })
  expect(heard(desk)).toEqual([])
  await desk.nest.clock.advance({ minutes: 1 })
  expect(heard(desk)).toEqual([
    'milo@acme.example: Nobody answered yet: Ada',
    'olga@acme.example: Nobody answered yet: Ada',
  ])
  await desk.nest.clock.advance({ hours: 1 })
  expect(heard(desk)).toHaveLength(2)

  await desk.hook({ type: 'message', messageId: '<a@b>', from: 'ada@example.com', text: 'Hello?' })
  await desk.nest.settle()
  const token = (
    await desk.request('POST /v1/auth/login', {
      body: { email: 'olga@acme.example', password: 'a long phrase of hers' },
    })
  ).json.accessToken
  const noted = await desk.ask(`POST /v1/leads/${lead!.id}/notes`, { body: 'Called her.' }, token)
  expect(noted.status).toBe(201)
  await desk.nest.settle()
  await desk.nest.clock.advance({ hours: 1 })
  expect(heard(desk)).toHaveLength(2)
})

test('a visitor is answered once a day, and not after they said no', async () => {
  const desk = await open({ autoReplySubject: 'Thank you', autoReplyBody: 'We have it.' })
  for (const { id } of [desk.olga, desk.milo]) await wishes(desk, id, [])
  const { lead } = await send(desk)
  await send(desk)
  expect(heard(desk)).toEqual(['ada@example.com: Thank you'])
  expect(desk.mail.received()[0]!.text).toMatch(/^We have it\.\n\n-- \n/)
  await desk.nest.clock.advance({ days: 1 })
  await send(desk)
  expect(heard(desk)).toHaveLength(2)
  await desk.ask(`POST /v1/leads/${lead!.id}/consents`, { action: 'revoke', channel: 'email' })
  await desk.nest.clock.advance({ days: 1 })
  await send(desk)
  expect(heard(desk)).toHaveLength(2)
})

test('whoever is disabled hears nothing any more', async () => {
  const desk = await open()
  await wishes(desk, desk.milo.id, ['new_lead'], 'every hour')
  await send(desk)
  for (const email of ['milo@acme.example', 'olga@acme.example']) await disableUser(desk.nest, email, true)
  await desk.nest.clock.advance({ hours: 1 })
  await send(desk)
  expect(heard(desk)).toEqual(['olga@acme.example: New lead: Ada'])
})

test('whoever is erased is in no notice that is still to be sent', async () => {
  const desk = await open()
  for (const { id } of [desk.olga, desk.milo]) await wishes(desk, id, ['new_lead'], 'every day')
  const { lead } = await send(desk)
  await desk.ask(`POST /v1/leads/${lead!.id}/erase`, {})
  await desk.nest.clock.advance({ days: 1 })
  expect(heard(desk)).toEqual([])
})

test('what a notice needs could not be read: it is still to be heard', async () => {
  const plugin = email()
  const { run } = plugin.jobs!.notices!
  let away = true
  const many = async () => {
    throw new Error('The database is away.')
  }
  const notices: typeof plugin.jobs = {
    notices: {
      run: (payload, context) => run(payload, away ? { ...context, leads: { ...context.leads, many } } : context),
    },
  }
  const desk = await open({}, { plugins: [{ ...plugin, jobs: { ...plugin.jobs, ...notices } }] })
  await wishes(desk, desk.milo.id, [])
  await send(desk)
  expect(heard(desk)).toEqual([])
  away = false
  await desk.nest.clock.advance({ minutes: 5 })
  expect(heard(desk)).toEqual(['olga@acme.example: New lead: Ada'])
})

test('what waits though its job was given up is told all the same, once', async () => {
  const desk = await open({ escalateAfterMinutes: 30 })
  await wishes(desk, desk.olga.id, ['new_lead'], 'every hour')
  await wishes(desk, desk.milo.id, ['escalation'])
  await send(desk)
  await desk.nest.inWorkspace(desk.nest.workspaceId, (tx) =>
    tx.query({ text: 'delete from graphile_worker._private_jobs', values: [] } as never),
  )
  await desk.nest.clock.advance({ hours: 1, minutes: 20 })
  expect(heard(desk)).toEqual([])
  await desk.nest.clock.advance({ minutes: 5 })
  expect(heard(desk)).toEqual(['milo@acme.example: Nobody answered yet: Ada', 'olga@acme.example: New lead: Ada'])
  await desk.nest.clock.advance({ hours: 2 })
  expect(heard(desk)).toHaveLength(2)
})

test('admins hear that a webhook endpoint was turned off, unless they do not want to', async () => {
  const desk = await open({}, { plugins: [email(), webhooks()] })
  const adam = await desk.nest.user({ email: 'adam@acme.example', password: 'a long phrase of adam', role: 'admin' })
  await wishes(desk, adam.id, [])
  const post = createServer((_, response) => response.writeHead(410).end())
  await new Promise<void>((done) => post.listen(0, '127.0.0.1', done))
  closing.push(async () => void post.close())
  const url = `http://127.0.0.1:${(post.address() as AddressInfo).port}/hook`
  expect((await desk.ask('POST /v1/webhook-endpoints', { url, types: ['lead.created'] })).status).toBe(201)
  await desk.lead()
  await desk.nest.settle()
  const host = new URL(url).host
  expect(heard(desk)).toEqual([`olga@acme.example: A webhook endpoint was turned off: ${host}`])
  expect(desk.mail.received()[0]!.text).toContain('http://localhost:3000/admin/plugins/webhooks')
})
