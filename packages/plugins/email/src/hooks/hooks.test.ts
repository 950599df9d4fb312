import { afterEach, expect, test } from 'vitest'
import { noLimits } from '../../../../server/src/http/rate-limits.ts'
import { hookSecret, type OpenEmail, openEmail } from '../testing/open.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})
async function open(...options: Parameters<typeof openEmail>): Promise<OpenEmail> {
  const desk = await openEmail(...options)
  closing.push(() => desk.close())
  return desk
}

const lines = (...all: string[]) => all.join('\r\n')
const inbox = async (desk: OpenEmail) => {
  const { data } = (await desk.ask('GET /v1/conversations')).json
  const pages = data.map(({ id }: { id: string }) => desk.ask(`GET /v1/conversations/${id}/messages`))
  return (await Promise.all(pages)).flatMap(({ json }) => json.data) as {
    direction: string
    body: string
    address: string
    leadId: string
  }[]
}

test('an answer belongs to the conversation, once, without what it quotes', async () => {
  const desk = await open()
  const lead = await desk.lead()
  const { id } = await desk.write(lead)
  const mail = lines(
    'From: Ada <ada@example.com>',
    'To: hello@acme.example',
    'Subject: =?utf-8?Q?Re:_Angebot_=C3=BC?=',
    'Message-ID: <answer-1@example.com>',
    `In-Reply-To: <${id}@acme.example>`,
    '',
    'Yes, please.',
    '',
    'On Mon, 1 Mar 2027, Acme wrote:',
    '> Hello. STOP',
  )
  expect(await desk.hook(mail)).toEqual({ status: 200, json: { done: 'received' } })
  expect(await desk.hook(mail)).toEqual({ status: 200, json: { done: 'known' } })
  const answers = (await inbox(desk)).filter(({ direction }) => direction === 'in')
  expect(answers).toMatchObject([
    { body: 'Yes, please.', subject: 'Re: Angebot ü', address: 'ada@example.com', leadId: lead },
  ])
})

test('an answer from another address is found by what it answers, and says who wrote', async () => {
  const desk = await open()
  const lead = await desk.lead()
  const { id } = await desk.write(lead)
  const message = { type: 'message', messageId: '<a@b>', from: 'Bob <bob@home.example>', text: 'For Ada: yes.' }
  await desk.hook({ ...message, subject: 'Re: News', references: `<other@x> <${id}@acme.example>` })
  expect((await inbox(desk)).filter(({ direction }) => direction === 'in')).toMatchObject([
    {
      leadId: lead,
      address: 'ada@example.com',
      body: 'For Ada: yes.',
      subject: 'Re: News (written from bob@home.example)',
    },
  ])
  await desk.hook({ ...message, messageId: '<c@d>' })
  expect(await desk.ask('GET /v1/leads?email=bob@home.example')).toMatchObject({
    json: { data: [{ email: 'bob@home.example' }] },
  })
})

test('STOP by mail is an opt-out; what a machine wrote is nothing', async () => {
  const desk = await open()
  const lead = await desk.lead()
  const away = lines('From: ada@example.com', 'Message-ID: <x@y>', 'Auto-Submitted: auto-replied', '', 'I am away.')
  expect((await desk.hook(away)).json).toEqual({ done: 'nothing' })
  expect(await inbox(desk)).toEqual([])
  await desk.hook({ type: 'message', messageId: '<z@y>', from: 'ada@example.com', text: 'STOP\n\n> quoted' })
  expect((await desk.write(lead)).code).toBe('suppressed')
})

test('STOP from another address is an opt-out of whom we wrote to', async () => {
  const desk = await open()
  const lead = await desk.lead()
  const { id } = await desk.write(lead)
  const stop = { type: 'message', messageId: '<s@b>', from: 'ada@home.example', text: 'STOP\n\n> quoted' }
  expect((await desk.hook({ ...stop, inReplyTo: `<${id}@acme.example>` })).json).toEqual({ done: 'received' })
  expect((await desk.write(lead)).code).toBe('suppressed')
})

const report = (id: string, status: string, action = 'failed') =>
  lines(
    'From: MAILER-DAEMON@mx.example.com',
    'Subject: Undelivered Mail Returned to Sender',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
    'Message-ID: <dsn@mx.example.com>',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'It did not arrive.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    '',
    'Final-Recipient: rfc822; ada@example.com',
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 5.1.1 <ada@example.com>:',
    '    User unknown',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: <${id}@acme.example>`,
    'To: ada@example.com',
    '--b--',
    '',
  )

test('a returned mail fails its message; one whose mailbox is gone is not written to again', async () => {
  const desk = await open()
  const lead = await desk.lead()
  const { id } = await desk.write(lead)
  expect((await desk.hook(report(id, '4.4.1', 'delayed'))).json).toEqual({ done: 'nothing' })
  expect(await desk.message(id)).toMatchObject({ status: 'sent' })
  expect((await desk.hook(report(id, '5.2.2'))).json).toEqual({ done: 'bounced' })
  expect(await desk.message(id)).toMatchObject({ status: 'undelivered', error: { code: '5.2.2' } })
  const { id: next } = await desk.write(lead)
  expect((await desk.hook(report(next, '5.1.1'))).json).toEqual({ done: 'bounced' })
  expect(await desk.message(next)).toMatchObject({
    status: 'undelivered',
    error: { code: '5.1.1', detail: 'smtp; 550 5.1.1 <ada@example.com>: User unknown' },
  })
  expect((await desk.write(lead)).code).toBe('suppressed')
})

test('what we did not send bounces nobody', async () => {
  const desk = await open()
  const lead = await desk.lead()
  expect((await desk.hook(report('01890a5d-ac96-774b-bcce-b302099a8057', '5.1.1'))).json).toEqual({ done: 'nothing' })
  const bounce = { type: 'bounce', permanent: true, recipient: 'ada@example.com' }
  expect((await desk.hook(bounce)).json).toEqual({ done: 'nothing' })
  const { id } = await desk.write(lead)
  expect((await desk.hook({ ...bounce, messageId: `x${id}` })).json).toEqual({ done: 'nothing' })
  expect((await desk.hook({ ...bounce, messageId: `<${id}@acme.example>` })).json).toEqual({ done: 'bounced' })
  expect((await desk.write(lead)).code).toBe('suppressed')
})

test('who does not know the secret hands in nothing', async () => {
  const desk = await open()
  const message = { type: 'message', messageId: '<a@b>', from: 'eve@evil.example', text: 'Hello' }
  expect((await desk.hook(message, { authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await desk.hook(message, { authorization: '' })).status).toBe(401)
  expect((await desk.hook({ ...message, from: '' })).json.error).toMatch(/^from: /)
  expect((await desk.hook({ type: 'nonsense' })).status).toBe(400)
  expect((await desk.hook('', { 'content-type': 'text/plain' })).status).toBe(400)
  await desk.ask('PATCH /v1/plugins/email', { settings: { hookSecret: null } })
  expect((await desk.hook(message)).status).toBe(404)
  expect(await inbox(desk)).toEqual([])
})

const page = (markup: string) => lines('From: ada@example.com', 'Content-Type: text/html', '', markup)

test('a mail of markup alone is read without it', async () => {
  const desk = await open()
  const markup =
    '<!doctype html><head><style>p > b {}</style></head><!-- <p>no --><p class="a">1 &lt; 2 &amp; 3 < 4</p><SCRIPT>x</SCRIPT>Bye<br>Ada'
  await desk.hook(page(markup))
  expect(await inbox(desk)).toMatchObject([{ body: '1 < 2 & 3 < 4\nBye\nAda' }])
})

// The one before would have taken minutes: the time limit of tests is the measure.
test.each(['<style', '<script>', '<!--', '<a', '<', '\n', '</p', '<!'])(
  'a megabyte of %j holds nobody up',
  async (part) => {
    const desk = await open()
    const mail = page(`<p>Hi</p>${part.repeat(Math.floor(1_000_000 / part.length))}`)
    expect((await desk.hook(mail)).json).toEqual({ done: 'received' })
    expect((await inbox(desk))[0]!.body).toMatch(/^Hi/)
  },
)

test('a mail that is nothing but headers is refused, not tried for ever', async () => {
  const desk = await open()
  expect(await desk.hook(`From: a@b.example\r\nX: ${'a,'.repeat(200_000)}\r\n\r\nHi`)).toMatchObject({ status: 400 })
})

test('a burst of one mail service is taken, guesses of the secret are not', async () => {
  const desk = await open({}, { limits: { ...noLimits, perMinute: 20 } })
  const send = (secret: string, i: number) =>
    desk.request('POST /plugins/email/hooks/hello@acme.example', {
      from: '192.0.2.5',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      raw: JSON.stringify({ type: 'status', messageId: `<${i}@x>`, status: 'delivered' }),
    })
  for (let i = 0; i < 30; i++) expect((await send(hookSecret, i)).status).toBe(200)
  const guesses = []
  for (let i = 0; i < 21; i++) guesses.push((await send('wrong', i)).status)
  expect(guesses).toEqual([...Array(20).fill(401), 429])
})
