import { createLead, type Lead, type LeadInput, listConversations, listMessages } from '@leadnest/core'
import { pigeon, pigeonChannel, pigeonPost } from '@leadnest/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, signInOwner } from '../testing/open-admin.ts'

const settings = { account: 'A1', token: 'a token of the first', number: '+15550001000' }
const at = '/admin/conversations'
const by = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const
const channel = pigeonChannel()
const post = pigeonPost()
let admin: Admin
let session: { cookie: string }
let number = 1000

beforeAll(async () => {
  const texts = pigeon(channel)
  const mail = { ...channel, id: 'email', title: 'Pigeon Mail', address: 'email' as const, limits: { subject: true } }
  admin = await openAdmin({
    plugins: [texts, { ...pigeon(mail), id: 'mail', name: 'Pigeon Mail', routes: {} }],
    settings: { pigeon: settings, mail: settings },
    outbound: post.outbound,
  })
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

async function lead(input: LeadInput = { phone: `+1555200${++number}` }): Promise<Lead> {
  return (await createLead(admin.nest, admin.nest.workspaceId, input, by)).result
}
const open = async (path: string) => (await admin.get(path, session)).text()
const send = (path: string, fields: Record<string, string>) => admin.post(path, { do: 'send', ...fields }, session)
async function messagesOf({ id }: Lead) {
  const { data } = await listConversations(admin.nest, admin.nest.workspaceId, { lead: id, limit: 10 })
  const all = await Promise.all(data.map(({ id }) => listMessages(admin.nest, admin.nest.workspaceId, id)))
  return all.flatMap(({ data }) => data)
}
const keyIn = (page: string) => /name="key" value="([^"]+)"/.exec(page)?.[1] ?? ''

test('a form that is posted twice sends one message, also at the same moment', async () => {
  const someone = await lead()
  const path = `${at}/with/${someone.id}?channel=sms`
  const key = keyIn(await open(path))
  const answers = await Promise.all([1, 2, 3].map(() => send(path, { body: 'Hello', key })))
  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303])
  const again = await send(path, { body: 'Hello', key })
  const [message, ...more] = await messagesOf(someone)
  expect(more).toEqual([])
  expect(again.headers.get('location')).toBe(`${at}/${message!.conversationId}`)
  // The same words by another form are another message.
  const thread = `${at}/${message!.conversationId}`
  await send(thread, { body: 'Hello', key: keyIn(await open(thread)) })
  expect(await messagesOf(someone)).toHaveLength(2)
})

test('an answer in a thread goes to its address; the button on the lead leads to where they are now', async () => {
  const someone = await lead()
  await send(`${at}/with/${someone.id}?channel=sms`, { body: 'Hello' })
  const { conversationId } = (await messagesOf(someone))[0]!
  const key = await admin.nest.key()
  await admin.request(`PATCH /v1/leads/${someone.id}`, { key, body: { phone: '+15552009999' } })
  await send(`${at}/${conversationId}`, { body: 'An answer' })
  expect((await messagesOf(someone)).map(({ address, body }) => [address, body])).toEqual([
    [someone.phone, 'An answer'],
    [someone.phone, 'Hello'],
  ])
  const fresh = await admin.get(`${at}/with/${someone.id}?channel=sms`, session)
  expect(fresh.status).toBe(200)
  await send(`${at}/with/${someone.id}?channel=sms`, { body: 'To the new one' })
  expect((await messagesOf(someone)).map(({ address }) => address)).toContain('+15552009999')
})

test('a page of older messages is read again as it is, and nobody’s choice of a member is swapped away', async () => {
  const someone = await lead()
  const path = `${at}/with/${someone.id}?channel=sms`
  for (let i = 0; i < 51; i++) await send(path, { body: `Number ${i}` })
  const { conversationId } = (await messagesOf(someone))[0]!
  const newest = await open(`${at}/${conversationId}`)
  expect(newest).toContain(`hx-get="${at}/${conversationId}"`)
  const older = /href="([^"]+cursor=[^"]+)"/.exec(newest)![1]!
  const page = await open(older)
  expect(page).toContain(`hx-get="${older}"`)
  expect(page).toContain('Number 0')
  expect(page.indexOf('id="ownerId"')).toBeGreaterThan(0)
  expect(page.indexOf('id="ownerId"')).toBeLessThan(page.indexOf('id="thread"'))
})

test('whoever has only an e-mail address is written to by it, with a subject', async () => {
  const someone = await lead({ email: 'ada@example.com' })
  expect(await open(`/admin/leads/${someone.id}`)).toContain(`${at}/with/${someone.id}?channel=email`)
  const page = await open(`${at}/with/${someone.id}`)
  expect(page).toContain('name="subject"')
  expect(page).not.toContain('Nothing can be sent yet')
  const sent = await send(`${at}/with/${someone.id}?channel=email`, {
    subject: 'Your <b>table</b>',
    body: 'It is ready.',
  })
  expect(await open(sent.headers.get('location')!)).toContain('<strong>Your &lt;b&gt;table&lt;/b&gt;</strong>')
  expect(await messagesOf(someone)).toMatchObject([{ channel: 'email', subject: 'Your <b>table</b>' }])

  const both = await lead({ email: 'bo@example.com', phone: '+15552008888' })
  const first = await open(`${at}/with/${both.id}`)
  expect(first).toContain('By Pigeon Mail')
  expect(first).not.toContain('name="subject"')
})
