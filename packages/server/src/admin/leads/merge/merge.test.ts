import { createLead, getLead, type Lead, type LeadInput, listDuplicates } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, signInOwner } from '../../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
const by = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const add = async (lead: Partial<LeadInput>) =>
  (await createLead(admin.nest, admin.nest.workspaceId, lead as LeadInput, by)).result
const page = async (path: string, as = session) => (await admin.get(`/admin/leads/${path}`, as)).text()
const send = (path: string, as = session) => admin.post(`/admin/leads/${path}`, {}, as)
const known = (id: string) => getLead(admin.nest, admin.nest.workspaceId, id)
let older: Lead
let newer: Lead
let count = 0

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

/** Two who have the same phone, which is suggested. */
async function pair() {
  const n = count++
  const phone = `+49301234${String(n).padStart(4, '0')}`
  older = await add({ name: `Ada ${n}`, email: `ada${n}@example.com`, phone })
  newer = await add({ firstName: 'Ada', email: `ada.l${n}@example.com`, phone, company: `ACME ${n}` })
  await admin.nest.settle()
}

test('who may be the same is shown on both, compared, merged by one click, and undone', async () => {
  await pair()
  expect(await page(older.id)).toMatch(/Possible duplicates.*Ada.*the same phone/s)
  const html = await page(newer.id)
  expect(html).toContain(`action="/admin/leads/${newer.id}/merge/${older.id}"`)

  const preview = await page(`${newer.id}/merge/${older.id}`)
  expect(preview).toContain('<li>Company: — → ACME 0</li>')
  expect(preview).toMatch(/Stays.*Ada 0.*Becomes part of it.*Ada/s)
  expect(await known(newer.id)).toEqual(newer)

  const merged = await send(`${newer.id}/merge/${older.id}`)
  expect([merged.status, merged.headers.get('location')]).toEqual([303, `/admin/leads/${older.id}?merged=1`])
  expect(await known(older.id)).toMatchObject({ company: 'ACME 0', email: older.email })
  const gone = await admin.get(`/admin/leads/${newer.id}`, session)
  expect([gone.status, gone.headers.get('location')]).toEqual([303, `/admin/leads/${older.id}`])
  const survivor = await page(`${older.id}?merged=1`)
  expect(survivor).toContain('The two leads are one now.')
  expect(survivor).toContain('<li>Company: — → ACME 0</li>')

  const undo = /merges\/[^/]+\/undo/.exec(survivor)![0]
  const undone = await send(`${older.id}/${undo}`)
  expect(undone.headers.get('location')).toBe(`/admin/leads/${older.id}?restored=${newer.id}`)
  expect((await known(newer.id)).mergedInto).toBeNull()
  expect(await page(`${older.id}?restored=${newer.id}`)).toContain('The merge is undone')
  const again = await send(`${older.id}/${undo}`)
  expect([again.status, await again.text()]).toEqual([409, expect.stringContaining('This merge was undone already.')])
})

test('two who are not the same are told apart for good', async () => {
  await pair()
  const dismiss = /duplicates\/[^/]+\/dismiss/.exec(await page(older.id))![0]
  expect((await send(`${older.id}/${dismiss}`)).headers.get('location')).toBe(`/admin/leads/${older.id}`)
  expect(await page(newer.id)).not.toContain('Possible duplicates')
  expect((await listDuplicates(admin.nest, admin.nest.workspaceId, { leadId: older.id })).data).toEqual([])
})

test('all pairs are listed, to be compared or told apart', async () => {
  const list = async (query = '') => (await admin.get(`/admin/duplicates${query}`, session)).text()
  const { data: earlier } = await listDuplicates(admin.nest, admin.nest.workspaceId)
  for (const { id } of earlier) await admin.post(`/admin/duplicates/${id}/dismiss`, {}, session)
  expect(await list()).toContain('No possible duplicates')
  await pair()
  const html = await list()
  expect(html).toMatch(/Ada \d.*Ada.*the same phone; found/s)
  expect(html).toContain(`href="/admin/leads/${older.id}/merge/${newer.id}"`)
  expect((await admin.get('/admin/duplicates?cursor=nonsense', session)).headers.get('location')).toBe(
    '/admin/duplicates',
  )
  const dismiss = /\/admin\/duplicates\/[^/]+\/dismiss/.exec(html)![0]
  expect((await admin.post(dismiss, {}, session)).headers.get('location')).toBe('/admin/duplicates')
  expect(await list()).toContain('No possible duplicates')
  expect((await admin.post('/admin/duplicates/nonsense/dismiss', {}, session)).status).toBe(404)
  const leads = await (await admin.get('/admin/leads', session)).text()
  expect(leads).toContain('<a href="/admin/duplicates">Possible duplicates</a>')
})

test('another lead is found by a search, and never the lead itself', async () => {
  const one = await add({ name: 'Somebody', email: 'one@example.com' })
  const two = await add({ name: 'Somebody', email: 'two@example.com' })
  const html = await page(`${one.id}/merge?q=somebody`)
  expect(html).toContain(`href="/admin/leads/${one.id}/merge/${two.id}"`)
  expect(html).not.toContain(`/merge/${one.id}"`)
  expect(await page(`${one.id}/merge?q=nobody%00`)).toContain('No other lead matches')
})

test('a viewer sees suggestions and changes nothing; what is not there is not found', async () => {
  await pair()
  const user = { email: 'viewer@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...user, role: 'viewer' })
  const viewer = cookieOf(await admin.post('/admin/sign-in', user))
  const html = await page(older.id, viewer)
  expect(html).toContain('Possible duplicates')
  expect(html).not.toMatch(/\/merge|Not the same|Plan something/)
  expect((await send(`${older.id}/merge/${newer.id}`, viewer)).status).toBe(403)
  expect((await admin.get(`/admin/leads/${older.id}/merge/${newer.id}`, viewer)).status).toBe(403)
  for (const path of [`${older.id}/merge/x`, `x/merge/${older.id}`, `${older.id}/merges/x/undo`])
    expect((await send(path)).status).toBe(404)
  expect((await send(`${older.id}/merge/${older.id}`)).status).toBe(422)
})
