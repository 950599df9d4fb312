import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { createOutbound } from '../../../../core/src/outbound/outbound.ts'
import { openEmail } from '../testing/open.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const origin = 'http://localhost:3000'

async function open(options: Parameters<typeof openEmail>[1] = {}) {
  const logged: string[] = []
  const log = pino({ level: 'trace' }, { write: (line) => void logged.push(line) })
  const desk = await openEmail({}, { log, ...options })
  closing.push(() => desk.close())
  const post = (path: string, fields: Record<string, string>) =>
    desk.app.request(origin + path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin } })
  return { ...desk, logged, post }
}

test('an invite is sent to whom it is for, and its link stands in no event, job or log', async () => {
  const desk = await open()
  const { link } = (await desk.ask('POST /v1/invites', { email: 'new@acme.example', role: 'member' })).json
  const token = new URL(link).searchParams.get('token')!
  const stored = await desk.nest.inWorkspace(desk.nest.workspaceId, (tx) =>
    tx.query({ text: 'select payload::text as text from graphile_worker._private_jobs', values: [] } as never),
  )
  expect(stored).not.toEqual([])
  desk.mail.behave('busy')
  await desk.nest.settle()
  desk.mail.behave('accept')
  await desk.nest.clock.advance({ minutes: 20 })
  const [mail, ...others] = desk.mail.received()
  expect(others).toEqual([])
  expect(mail).toMatchObject({ subject: 'You are invited to My workspace', envelope: { to: ['new@acme.example'] } })
  expect(mail!.text).toContain(`\n\n${link}\n\nIt works once, until 2027-03-01 10:00 UTC.`)
  expect(JSON.stringify([stored, await desk.nest.events(), desk.logged])).not.toContain(token)
})

test('a link whose job runs twice is one mail', async () => {
  const ids: (string | undefined)[] = []
  const desk = await open()
  await desk.ask('POST /v1/invites', { email: 'new@acme.example', role: 'member' })
  await desk.ask('POST /v1/invites', { email: 'other@acme.example', role: 'member' })
  // The job takes it for a failure that can be tried again, though the mail is there.
  desk.mail.behave('take_and_fail')
  await desk.nest.settle()
  desk.mail.behave('accept')
  await desk.nest.clock.advance({ minutes: 20 })
  for (const { messageId, envelope } of desk.mail.received())
    if (envelope.to[0] === 'new@acme.example') ids.push(messageId)
  expect(ids).toEqual([expect.stringMatching(/^<link-[0-9a-f]{32}@acme\.example>$/), ids[0]])
  expect(new Set(desk.mail.received().map(({ messageId }) => messageId)).size).toBe(2)
})

test('who forgot their password is sent a link that sets a new one; nobody learns who has an account', async () => {
  // The operator's server is in a private network, which no workspace may name.
  const desk = await open({ outbound: createOutbound() })
  await desk.nest.user({ email: 'olga@acme.example', password: 'a long phrase of hers' })
  expect(await (await desk.app.request(`${origin}/admin/sign-in`)).text()).toContain('href="/admin/reset/ask"')
  const ask = async (email: string) => (await desk.post('/admin/reset/ask', { email })).text()
  expect(await ask('Olga@acme.example')).toBe(await ask('nobody@acme.example'))
  await desk.nest.settle()
  await ask('olga@acme.example')
  await desk.nest.settle()
  const [mail, ...others] = desk.mail.received()
  expect(others).toEqual([])
  expect(mail!.envelope.to).toEqual(['olga@acme.example'])
  const [, token] = /\/admin\/reset\?token=(\S+)/.exec(mail!.text!)!
  expect((await desk.post('/admin/reset', { token: token!, password: 'another long phrase' })).status).toBe(303)
  const login = { email: 'olga@acme.example', password: 'another long phrase' }
  expect((await desk.request('POST /v1/auth/login', { body: login })).status).toBe(200)
  expect(JSON.stringify([await desk.nest.events(), desk.logged])).not.toContain(token)
  expect((await desk.post('/admin/reset/ask', { email: 'nonsense' })).status).toBe(422)
})
