import { askPrivacy, createLead, type Lead, listPrivacyRequests, makeProvingLink } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, owner, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const page = async (path: string, as = session) => (await admin.get(path, as)).text()
const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'api' as const }

async function ask(name: string, kind: 'export' | 'erasure'): Promise<{ lead: Lead; id: string }> {
  const { workspaceId } = admin.nest
  const { result: lead } = await createLead(admin.nest, workspaceId, { name, email: `${name}@example.com` }, by)
  const own = await makeProvingLink(admin.nest, workspaceId, lead.id, { publicBaseUrl: 'http://localhost:3000' })
  expect(await askPrivacy(admin.nest, own.link.split('/p/')[1]!, kind)).toBe('asked')
  const { data } = await listPrivacyRequests(admin.nest, workspaceId, { limit: 1 })
  return { lead, id: data[0]!.id }
}

test('what people ask for is counted in the navigation, and confirmed or refused by a click', async () => {
  const copy = await ask('Ada', 'export')
  const erasure = await ask('Bo', 'erasure')
  const html = await page('/admin/privacy-requests')
  expect(html).toContain('2<span class="unseen"> waiting</span>')
  expect(html).toContain(`<a href="/admin/leads/${copy.lead.id}">Ada</a>`)
  expect(html).toContain('To be erased')

  const granted = await admin.post(`/admin/privacy-requests/${copy.id}/confirm`, {}, session)
  expect(granted.headers.get('location')).toBe('/admin/privacy-requests?saved=1')
  expect(await page('/admin/privacy-requests')).toContain('it can be fetched until')

  expect(await page(`/admin/privacy-requests/${erasure.id}/erase`)).toContain('Erase this person for ever?')
  expect((await admin.get(`/admin/leads/${erasure.lead.id}`, session)).status).toBe(200)
  await admin.post(`/admin/privacy-requests/${erasure.id}/confirm`, {}, session)
  expect((await admin.get(`/admin/leads/${erasure.lead.id}`, session)).status).toBe(404)
  const after = await page('/admin/privacy-requests')
  expect(after).toContain('The lead is not there any more.')
  expect(after).not.toContain('class="unseen"> waiting')
  expect((await admin.get(`/admin/privacy-requests/${erasure.id}/erase`, session)).status).toBe(303)

  const refused = await ask('Cy', 'export')
  await admin.post(`/admin/privacy-requests/${refused.id}/refuse`, {}, session)
  expect(await page('/admin/privacy-requests')).toContain('>Refused</span>')
})

test('a member, who may not decide, neither sees nor counts them; the link to a lead’s own page is made by a button, and told', async () => {
  const { lead, id } = await ask('Di', 'export')
  await admin.nest.user({ email: 'member@nest.test', password: owner.password, role: 'member' })
  const member = cookieOf(await admin.post('/admin/sign-in', { email: 'member@nest.test', password: owner.password }))
  expect((await admin.get('/admin/privacy-requests', member)).status).toBe(403)
  expect((await admin.post(`/admin/privacy-requests/${id}/confirm`, {}, member)).status).toBe(403)
  const html = await page(`/admin/leads/${lead.id}`, member)
  expect(html).not.toContain('/p/')
  const made = await (await admin.post(`/admin/leads/${lead.id}/preference-link`, {}, member)).text()
  expect(made).toMatch(/<code id="own-page-link">http:\/\/localhost:3000\/p\/[\w-]{87}<\/code>/)
  const after = await page(`/admin/leads/${lead.id}`, member)
  expect(after.match(/A link to their own page was made by member@nest.test/g)).toHaveLength(1)
  expect(html).not.toContain('Privacy</a>')
})
