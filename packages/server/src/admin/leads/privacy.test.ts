import { captureLead, createForm, createLead, findForm, getForm, listLeads } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let workspaceId: string
const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }
beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  workspaceId = admin.nest.workspaceId
})
afterAll(() => admin.close())

const lead = async (email: string) => (await createLead(admin.nest, workspaceId, { email, name: 'Ada' }, by)).result
const people = async () =>
  (await listLeads(admin.nest, workspaceId, { limit: 50, sort: 'createdAt' })).data.map(({ email }) => email)

test('an admin takes away everything about a lead as a file, and erases it once they have said why', async () => {
  const { id } = await lead('ada@example.com')
  const page = await (await admin.get(`/admin/leads/${id}`, session)).text()
  expect(page).toContain(`action="/admin/leads/${id}/export"`)
  expect(page).toContain(`href="/admin/leads/${id}/erase"`)

  const file = await admin.post(`/admin/leads/${id}/export`, {}, session)
  expect(file.headers.get('content-disposition')).toBe(`attachment; filename="lead-${id}.json"`)
  expect(JSON.parse(await file.text())).toMatchObject({ format: 'leadnest.lead/1', lead: { email: 'ada@example.com' } })

  expect(await (await admin.get(`/admin/leads/${id}/erase`, session)).text()).toContain('There is no way back.')
  const refused = await admin.post(`/admin/leads/${id}/erase`, { reason: 'because' }, session)
  expect([refused.status, await people()]).toEqual([422, ['ada@example.com']])
  const erased = await admin.post(`/admin/leads/${id}/erase`, { reason: 'asked' }, session)
  expect([erased.status, erased.headers.get('location')]).toEqual([303, '/admin/leads?erased=1'])
  expect(await people()).toEqual([])
  expect(await (await admin.get('/admin/leads?erased=1', session)).text()).toContain('The lead is erased')
})

test('many are erased once their number is typed', async () => {
  const ids = [(await lead('one@example.com')).id, (await lead('two@example.com')).id]
  const send = (count: string) => {
    const fields: [string, string][] = [
      ...ids.map((id): [string, string] => ['ids', id]),
      ['action', 'erase'],
      ['reason', 'test'],
      ['count', count],
    ]
    const init = { method: 'POST', body: new URLSearchParams(fields), headers: { origin, ...session } }
    return admin.app.request(`${origin}/admin/leads/bulk`, init)
  }
  const page = await (await admin.get(`/admin/leads/bulk?which=ids&ids=${ids.join('&ids=')}`, session)).text()
  expect(page).toContain('Type 2 to go on')
  const refused = await send('1')
  expect([refused.status, (await refused.text()).includes('These are 2 leads now.')]).toEqual([422, true])
  const started = await send('2')
  expect(started.status).toBe(303)
  await admin.nest.settle()
  expect(await people()).toEqual([])
  expect(await (await admin.get(started.headers.get('location')!, session)).text()).toContain('Erase leads')
})

test('who may not, sees neither, and is refused', async () => {
  const { id } = await lead('theirs@example.com')
  const credentials = { email: 'member@example.com', password: 'correct horse battery' }
  await admin.nest.user({ ...credentials, role: 'member' })
  const member = cookieOf(await admin.post('/admin/sign-in', credentials))
  const page = await (await admin.get(`/admin/leads/${id}`, member)).text()
  expect(page).not.toMatch(/\/export"|\/erase"/)
  for (const [path, fields] of [
    [`/admin/leads/${id}/export`, {}],
    [`/admin/leads/${id}/erase`, { reason: 'asked' }],
    ['/admin/leads/bulk', { ids: id, action: 'erase', reason: 'asked', count: '1' }],
  ] as const)
    expect([path, (await admin.post(path, fields, member)).status]).toEqual([path, 403])
  expect(await people()).toEqual(['theirs@example.com'])
})

test('how long a form keeps what comes by it is tried, saved, and refused with what was typed', async () => {
  const fields = [{ name: 'email', type: 'email' as const, label: 'E-mail', required: true }]
  const { id } = await createForm(admin.nest, workspaceId, { slug: 'kept', name: 'Kept', fields }, by)
  const form = await findForm(admin.nest, 'kept', workspaceId)
  const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }
  await captureLead(admin.nest, form, { fields: { email: 'old@example.com' } }, visitor)
  const days = (heldDays: string) => ({
    'retention.spamDays': '30',
    'retention.heldDays': heldDays,
    'retention.submissionDays': '',
    'retention.leadDays': '',
  })
  const tried = await admin.post(`/admin/forms/${id}/retention/try`, days('7'), session)
  expect(await tried.text()).toContain('0 spam, 0 held, 0 accepted submissions and 0 leads')
  expect((await getForm(admin.nest, workspaceId, id)).retention.spamDays).toBe(90)

  const refused = await admin.post(`/admin/forms/${id}/retention`, days('soon'), session)
  expect([refused.status, (await refused.text()).includes('value="soon"')]).toEqual([422, true])
  expect((await admin.post(`/admin/forms/${id}/retention`, days('7'), session)).status).toBe(303)
  const saved = { spamDays: 30, heldDays: 7, submissionDays: null, leadDays: null }
  expect((await getForm(admin.nest, workspaceId, id)).retention).toEqual(saved)
  expect(await (await admin.get(`/admin/forms/${id}`, session)).text()).toContain('value="30"')
})
