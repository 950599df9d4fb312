import { addNote, captureLead, findForm, listLeads } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, signInOwner } from '../testing/open-admin.ts'
import { duration, percent } from './duration.ts'

let admin: Admin
let session: { cookie: string }

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const page = async (query = '') => {
  const answer = await admin.get(`/admin/reports${query}`, session)
  return { status: answer.status, html: await answer.text() }
}

test('before anything was sent it says so', async () => {
  expect((await page()).html).toContain('Nothing was sent in these days')
})

test('what was sent is counted by day, owner and form, as figures and as a picture', async () => {
  const form = await findForm(admin.nest, 'contact')
  const by = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
  for (const email of ['ada@example.com', 'grace@example.com'])
    await captureLead(admin.nest, form, { fields: { email } }, { ...by, trusted: true })
  const { data } = await listLeads(admin.nest, admin.nest.workspaceId, { limit: 1, sort: '-createdAt' })
  const user = await admin.nest.user({ email: 'bob@nest.test', password: 'a long phrase of his', role: 'member' })
  const person = { actor: { type: 'user' as const, id: user.id, name: 'Bob' }, source: 'admin' as const }
  await addNote(admin.nest, admin.nest.workspaceId, data[0]!.id, { body: 'Called' }, person)

  const { html } = await page()
  expect(html).toContain('<dt class="muted">Sent</dt><dd class="figures">2</dd>')
  expect(html).toContain('<dt class="muted">Still waiting</dt><dd class="figures">1</dd>')
  expect(html).toContain('<dt class="muted">Within five minutes</dt><dd class="figures">50 %</dd>')
  expect(html).toContain('<th scope="row">Nobody</th>')
  expect(html).toContain('<th scope="row">Contact</th>')
  expect(html.match(/<rect class="(soon|waiting)"/g)).toHaveLength(2)
})

test.each([
  ['?from=2026-02-30', 'from'],
  ['?from=2026-02-02&to=2026-02-01', 'to'],
  ['?from=2020-01-01&to=2026-01-01', 'from'],
  ['?to=%3Cb%3E', 'to'],
])('a range like %s is refused at its field', async (query, field) => {
  const { status, html } = await page(query)
  expect(status).toBe(422)
  expect(html).toContain(`<a href="#${field}">`)
})

test.each([
  [null, '—'],
  [0.2, '0 s'],
  [45, '45 s'],
  [250, '4 min 10 s'],
  [7200, '2 h'],
  [90_061, '1 d 1 h'],
])('%s seconds are %s', (seconds, words) => expect(duration(seconds)).toBe(words))

test('a part of nothing is no number', () => {
  expect([percent(1, 3), percent(0, 0)]).toEqual(['33 %', '—'])
})
