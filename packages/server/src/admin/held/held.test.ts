import { readFileSync } from 'node:fs'
import { captureLead, findForm, listForms, listLeads, reasons } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, signInOwner } from '../testing/open-admin.ts'
import { inPlainWords } from './reasons.ts'

let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }

async function hold(name: string, more: { trap?: string } = {}): Promise<string> {
  const form = await findForm(admin.nest, 'contact')
  const fields = { name, email: `${name.toLowerCase()}@example.com`, message: 'Hi' }
  return (await captureLead(admin.nest, form, { fields, ...more }, visitor)).result.id
}

const page = async (path: string, as = session) => (await admin.get(path, as)).text()
const leadOf = async (email: string) =>
  (await listLeads(admin.nest, admin.nest.workspaceId, { limit: 1, sort: '-createdAt', email })).data[0]

test('what is held and what is spam have a list each, in words, and the navigation counts what waits', async () => {
  await hold('Ada')
  await hold('Bot', { trap: 'buy now' })
  const held = await page('/admin/held')
  expect(held).toContain('<dd>Ada</dd>')
  expect(held).toContain('without the form’s token')
  expect(held).not.toContain('<dd>Bot</dd>')
  expect(held).toContain('1<span class="unseen"> waiting</span>')

  const spam = await page('/admin/held?verdict=spam')
  expect(spam).toContain('<dd>Bot</dd>')
  expect(spam).toContain('>Spam</span>')
  expect(spam).toContain('A field that people cannot see was filled in.')
  expect(spam).not.toContain('<dd>Ada</dd>')
})

test('a click lets one through and leads to its lead; its page says who did', async () => {
  const id = await hold('Grace')
  expect(await page(`/admin/held/${id}`)).toContain('Let through')
  const answer = await admin.post(`/admin/held/${id}/release`, {}, session)
  const lead = (await leadOf('grace@example.com'))!
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/admin/leads/${lead.id}`])
  const after = await page(`/admin/held/${id}`)
  expect(after).toContain(`href="/admin/leads/${lead.id}"`)
  expect(after).toContain('owner@nest.test')
  expect(await page(`/admin/leads/${lead.id}`)).toContain('Let through by')

  const late = await admin.post(`/admin/held/${id}/spam`, {}, session)
  expect([late.status, await late.text()]).toEqual([409, expect.stringContaining('was let through')])
})

test('what is ticked is let through, or taken for spam, together', async () => {
  const ids = [await hold('One'), await hold('Two')]
  const other = await hold('Three')
  const some = (deed: string, ticked: string[]) =>
    admin.app.request(`http://localhost:3000/admin/held/${deed}`, {
      method: 'POST',
      body: new URLSearchParams([...ticked.map((id): [string, string] => ['ids', id]), ['verdict', 'held']]),
      headers: { origin: 'http://localhost:3000', ...session },
    })
  expect((await some('release', ids)).headers.get('location')).toBe('/admin/held?released=2')
  expect(await page('/admin/held?released=2')).toContain('2 were let through.')
  expect(await leadOf('two@example.com')).toBeDefined()
  expect((await some('spam', [other])).headers.get('location')).toBe('/admin/held?spam=1')
  expect(await page('/admin/held?verdict=spam')).toContain('Somebody of the team took it for spam.')
  const none = await some('release', [])
  expect([none.status, await none.text()]).toEqual([422, expect.stringContaining('Tick some first.')])
  expect((await some('release', ['x'])).status).toBe(422)
})

test('a viewer reads what is held and may not let it through', async () => {
  const id = await hold('Viewed')
  const viewer = { email: 'viewer@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...viewer, role: 'viewer' })
  const theirs = cookieOf(await admin.post('/admin/sign-in', viewer))
  expect(await page('/admin/held', theirs)).not.toContain('Let through</button>')
  expect((await admin.post(`/admin/held/${id}/release`, {}, theirs)).status).toBe(403)
  expect(await leadOf('viewed@example.com')).toBeUndefined()
})

test('the rules of a form are saved on its page, and what is wrong is shown as it was typed', async () => {
  const form = (await listForms(admin.nest, admin.nest.workspaceId))[0]!
  const save = (typed: Record<string, string>) =>
    admin.post(
      `/admin/forms/${form.id}/spam`,
      { proofBits: '0', maxLinks: '2', blockedWords: '', blockedDomains: '', ...typed },
      session,
    )
  const spamOf = async () => (await listForms(admin.nest, admin.nest.workspaceId))[0]!.spam
  const wrong = await save({ blockedDomains: 'fine.example\nno domain', proofBits: '99', maxLinks: 'x' })
  const html = await wrong.text()
  expect([wrong.status, html]).toEqual([422, expect.stringContaining('fine.example\nno domain')])
  expect(html).toContain('Write a domain, like example.com.')
  expect(html).toContain('At most 20.')
  expect(await spamOf()).toEqual(form.spam)

  const right = await save({
    maxLinks: '',
    blockedWords: 'casino\r\n casino\r\nbuy followers',
    blockedDomains: 'https://www.Spam.example/x',
    proofBits: '8',
    holdRepeats: 'on',
  })
  expect([right.status, right.headers.get('location')]).toEqual([303, `/admin/forms/${form.id}#spam`])
  expect(await spamOf()).toEqual({
    proofBits: 8,
    maxLinks: null,
    blockedWords: ['casino', 'buy followers'],
    blockedDomains: ['spam.example'],
    holdDisposable: false,
    holdRepeats: true,
  })
})

test.each(reasons)('the rule %s is told in words here, and stands in docs/spam.md', (reason) => {
  expect(inPlainWords(reason)).not.toBe(reason)
  expect(readFileSync(new URL('../../../../../docs/spam.md', import.meta.url), 'utf8')).toContain(`\`${reason}\``)
})
