import { afterEach, expect, test } from 'vitest'
import { createOutbound } from '../../../../core/src/outbound/outbound.ts'
import { type OpenEmail, openEmail } from '../testing/open.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
async function open(...options: Parameters<typeof openEmail>): Promise<OpenEmail> {
  const desk = await openEmail(...options)
  closing.push(() => desk.close())
  return desk
}

test('a message is a mail in text and in markup, with the way to stop it in one click', async () => {
  const desk = await open({ replyTo: 'Answers <in@acme.example>' })
  const lead = await desk.lead()
  const { id } = await desk.write(lead, { subject: 'Ünser <Angebot>', body: 'One & two\nthree\n\n<b>four</b>' })
  const [mail, ...others] = desk.mail.received()
  expect(others).toEqual([])
  expect(mail).toMatchObject({
    envelope: { from: 'hello@acme.example', to: ['ada@example.com'] },
    from: { name: 'Acme', address: 'hello@acme.example' },
    replyTo: [{ name: 'Answers', address: 'in@acme.example' }],
    subject: 'Ünser <Angebot>',
    messageId: `<${id}@acme.example>`,
  })
  expect(mail!.text).toMatch(
    /^One & two\nthree\n\n<b>four<\/b>\n\n-- \nWhat we may send you, and how to stop it: http:\/\/localhost:3000\/p\/\S+\n/,
  )
  expect(mail!.html).toContain('<p>One &amp; two<br>three</p><p>&lt;b&gt;four&lt;/b&gt;</p>')
  const header = (name: string) => mail!.headers.find(({ key }) => key === name)?.value
  const link = /http:\/\/localhost:3000\/p\/[\w-]+/.exec(mail!.text!)![0]
  expect(header('list-unsubscribe')).toBe(`<${link}>`)
  expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  expect(await desk.message(id)).toMatchObject({ status: 'sent', sender: 'hello@acme.example' })

  const stopped = await desk.app.request(link, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'List-Unsubscribe=One-Click',
  })
  expect(stopped.status).toBeLessThan(300)
  expect((await desk.write(lead)).code).toBe('suppressed')
  expect(desk.mail.received()).toHaveLength(1)
})

test('no subject, name or address makes another header or recipient', async () => {
  const desk = await open({ from: '"Acme, Inc" <hello@acme.example>' })
  const lead = await desk.lead({ email: 'ada@example.com', name: 'Ada' })
  await desk.write(lead, { subject: 'Hi\r\nBcc: eve@evil.example\r\n\r\nBody' })
  const [mail] = desk.mail.received()
  expect(mail!.envelope.to).toEqual(['ada@example.com'])
  expect(mail!.subject).toBe('Hi Bcc: eve@evil.example Body')
  expect(mail!.headers.map(({ key }) => key)).not.toContain('bcc')
  for (const from of ['a@acme.example\r\nBcc: eve@evil.example', 'a@acme.example, b@acme.example', 'nobody', ''])
    expect((await desk.ask('PATCH /v1/plugins/email', { settings: { from } })).json).toMatchObject({
      status: 422,
      errors: [{ path: 'settings.from' }],
    })
})

test('without a subject it says who writes', async () => {
  const desk = await open()
  await desk.write(await desk.lead())
  expect(desk.mail.received()[0]!.subject).toBe('A message from Acme')
})

test('a mailbox that is gone fails at once and is not written to again', async () => {
  const desk = await open()
  const lead = await desk.lead()
  desk.mail.behave('gone')
  const { id } = await desk.write(lead)
  expect(await desk.message(id)).toMatchObject({
    status: 'failed',
    error: { code: '5.1.1', detail: expect.stringContaining('There is no such mailbox') },
  })
  const { data } = (await desk.ask('GET /v1/suppressions')).json
  expect(data).toMatchObject([
    { channel: 'email', address: 'ada@example.com', origin: 'staff', actor: { type: 'plugin', id: 'email' } },
  ])
  desk.mail.behave('accept')
  expect((await desk.write(lead)).code).toBe('suppressed')
  await desk.ask(`DELETE /v1/suppressions/${data[0].id}`)
  await desk.write(lead)
  expect(desk.mail.received()).toHaveLength(1)
})

test('what is refused for another reason fails, and the address stays', async () => {
  const desk = await open()
  desk.mail.behave('refuse')
  const { id } = await desk.write(await desk.lead())
  expect(await desk.message(id)).toMatchObject({ status: 'failed', error: { code: '5.7.1' } })
  expect((await desk.ask('GET /v1/suppressions')).json.data).toEqual([])
})

test.each(['busy', 'down'] as const)('a server that is %s is asked again, and the mail comes once', async (how) => {
  const desk = await open()
  desk.mail.behave(how)
  const { id } = await desk.write(await desk.lead())
  expect(await desk.message(id)).toMatchObject({ status: 'queued' })
  desk.mail.behave('accept')
  await desk.nest.clock.advance({ minutes: 30 })
  expect(await desk.message(id)).toMatchObject({ status: 'sent' })
  expect(desk.mail.received()).toHaveLength(1)
})

test('where the answer is lost nobody knows, and it is not sent again', async () => {
  const desk = await open()
  desk.mail.behave('lose_answer')
  const { id } = await desk.write(await desk.lead())
  expect(await desk.message(id)).toMatchObject({ status: 'unknown' })
  desk.mail.behave('accept')
  await desk.nest.clock.advance({ hours: 2 })
  expect(desk.mail.received()).toHaveLength(1)
  expect(await desk.hook({ type: 'status', status: 'delivered', messageId: `<${id}@acme.example>` })).toEqual({
    status: 200,
    json: { done: 'delivered' },
  })
  expect(await desk.message(id)).toMatchObject({ status: 'delivered' })
})

test('a server in a private network, a wrong password and nobody at all are told by Check', async () => {
  const desk = await open()
  const health = async () => (await desk.ask('POST /v1/plugins/email/check')).json
  expect(await health()).toEqual({ ok: true, detail: null })
  await desk.ask('PATCH /v1/plugins/email', { settings: { smtpUrl: desk.mail.url.replace('//', '//ada:wrong@') } })
  expect((await health()).ok).toBe(false)
  await desk.ask('PATCH /v1/plugins/email', { settings: { smtpUrl: 'smtp://127.0.0.1:1' } })
  expect((await health()).ok).toBe(false)

  const guarded = await open({}, { outbound: createOutbound() })
  const { id } = await guarded.write(await guarded.lead())
  expect(await guarded.message(id)).toMatchObject({ status: 'failed', error: { code: 'address_refused' } })
  expect(guarded.mail.received()).toEqual([])
})

test('the operator’s own server may be anywhere, for the workspace that it is given to alone', async () => {
  const environment: Record<string, string> = {}
  const desk = await open({}, { outbound: createOutbound(), environment })
  environment.SMTP_URL = desk.mail.url
  const sent = async (id: string) => (await desk.message(id)).status
  // Typed by hand it is guarded, though it is the very same.
  expect(await sent((await desk.write(await desk.lead())).id)).toBe('failed')
  await desk.ask('PATCH /v1/plugins/email', { settings: { smtpUrl: null } })
  expect(await sent((await desk.write(await desk.lead())).id)).toBe('sent')
  expect(desk.mail.received()).toHaveLength(1)
})

test('a server is no web page: also where only https is reached, mails leave', async () => {
  const desk = await open({}, { outbound: createOutbound({ allow: ['127.0.0.0/8'], httpsOnly: true }) })
  const { id } = await desk.write(await desk.lead())
  expect(await desk.message(id)).toMatchObject({ status: 'sent' })
})

test('where nothing can tell what is public, only the operator’s server is connected to', async () => {
  const desk = await open({}, { outbound: async () => new Response() })
  const { id } = await desk.write(await desk.lead())
  expect(await desk.message(id)).toMatchObject({ status: 'failed', error: { code: 'address_refused' } })
  expect(desk.mail.received()).toEqual([])
})

test('what is written to somebody who wrote stands in the thread of their mail', async () => {
  const desk = await open()
  const lead = await desk.lead()
  await desk.write(lead)
  const hear = async (messageId: string) => {
    await desk.nest.clock.advance({ seconds: 1 })
    await desk.hook({ type: 'message', messageId, from: 'ada@example.com', text: 'And when?' })
  }
  await hear('<first@example.com>')
  await hear('<second@example.com>')
  await desk.write(lead)
  await hear('no id of a mail')
  await desk.write(lead)
  expect(desk.mail.received().map(({ inReplyTo, references }) => [inReplyTo, references])).toEqual([
    [undefined, undefined],
    ['<second@example.com>', '<second@example.com>'],
    [undefined, undefined],
  ])
})
