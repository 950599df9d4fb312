import {
  createField,
  createLead,
  getLead,
  type Lead,
  type LeadFieldInput,
  type LeadPatch,
  sql,
  updateLead,
} from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Admin, openAdmin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let lead: Lead
let count = 0

const key = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const known = () => getLead(admin.nest, admin.nest.workspaceId, lead.id)
const page = async () => (await admin.get(`/admin/leads/${lead.id}`, session)).text()
const send = (path: string, fields: Record<string, string>) =>
  admin.post(`/admin/leads/${lead.id}${path}`, fields, session)
const member = (name: string) =>
  admin.nest.user({ email: `${name}@nest.test`, password: 'a long phrase of theirs', role: 'member' })
const seenIn = (html: string, form: string) => {
  const start = html.indexOf(`action="/admin/leads/${lead.id}${form}"`)
  return html
    .slice(start)
    .match(/name="seen" value="([^"]*)"/)![1]!
    .replaceAll('&quot;', '"')
}
const change = (patch: LeadPatch) => updateLead(admin.nest, admin.nest.workspaceId, lead.id, patch, key)
const field = (input: Pick<LeadFieldInput, 'key' | 'label' | 'type'>) =>
  createField(admin.nest, admin.nest.workspaceId, { options: [], ...input }, key)

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  await field({ key: 'plan', label: 'Plan', type: 'text' })
  await field({ key: 'active', label: 'Active', type: 'boolean' })
  await field({ key: 'story', label: 'Story', type: 'long_text' })
})
afterAll(() => admin.close())
beforeEach(async () => {
  const input = { email: `ada${count++}@example.com`, firstName: 'Ada', lastName: 'Lovelace', company: 'ACME' }
  lead = (await createLead(admin.nest, admin.nest.workspaceId, input, key)).result
})

/** The edit form as a browser sends it untouched, and what somebody changed in it. */
const filled = (changed: Record<string, string> = {}) => ({
  name: lead.name ?? '',
  firstName: lead.firstName ?? '',
  lastName: lead.lastName ?? '',
  email: lead.email ?? '',
  phone: '',
  company: lead.company ?? '',
  stage: lead.stage,
  lostReason: '',
  ownerId: '',
  ...changed,
})

test('a form that somebody else got ahead of changes only what was changed in it', async () => {
  await change({ fields: { plan: 'free', active: true, story: 'One\nTwo' } })
  const untouched = { 'fields.plan': 'free', 'fields.active': 'true', 'fields.story': 'One\r\nTwo' }
  const seen = seenIn(await page(), '')
  await change({ company: 'NewByAPI', stage: 'contacted', fields: { plan: 'gold', active: null, story: 'Three' } })
  const answer = await send('', filled({ seen, ...untouched, name: 'Countess' }))
  expect(answer.status).toBe(303)
  expect(await known()).toMatchObject({
    name: 'Countess',
    company: 'NewByAPI',
    stage: 'contacted',
    fields: { plan: 'gold', story: 'Three' },
  })
})

test('it comes back with both values where both were changed, and takes the typed one the second time', async () => {
  const seen = seenIn(await page(), '')
  await change({ company: 'NewByAPI', email: 'new@example.com', fields: { plan: 'gold', active: true } })
  const typed = { company: 'Typed', 'fields.plan': 'silver', 'fields.active': '', 'fields.story': '' }
  const answer = await send('', filled({ seen, ...typed, stage: 'contacted', email: lead.email! }))
  const html = await answer.text()
  expect(answer.status).toBe(409)
  expect(html).toContain('<a href="#company">Meanwhile it became “NewByAPI”. Save again to make it yours.</a>')
  expect(html).toContain('<a href="#fields.plan">Meanwhile it became “gold”.')
  expect(html).not.toContain('href="#email"')
  expect(html).toMatch(/id="company"[^>]*value="Typed"/)
  expect(html).toMatch(/id="fields.plan"[^>]*value="silver"/)
  expect(html).toMatch(/id="email"[^>]*value="new@example.com"/)
  expect(html).toMatch(/<option value="contacted"[^>]*selected/)
  expect(await known()).toMatchObject({ company: 'NewByAPI', stage: 'new' })

  const again = { ...typed, seen: seenIn(html, ''), stage: 'contacted', 'fields.active': 'true' }
  expect((await send('', filled({ ...again, email: 'new@example.com' }))).status).toBe(303)
  expect(await known()).toMatchObject({
    company: 'Typed',
    email: 'new@example.com',
    stage: 'contacted',
    fields: { plan: 'silver', active: true },
  })
})

test('it agrees where both made the same of it, and bears a seen that is nonsense', async () => {
  const seen = seenIn(await page(), '')
  await change({ company: 'Same' })
  expect((await send('', filled({ seen, company: 'Same' }))).status).toBe(303)
  for (const nonsense of ['{', 'null', '[[1],["company"]]', '{"company":{}}'])
    expect((await send('', filled({ seen: nonsense, company: 'Same' }))).status).toBe(303)
  expect((await known()).company).toBe('Same')
})

test('it tells a stage and an owner by their names', async () => {
  const { id } = await member('eve')
  const seen = seenIn(await page(), '')
  await change({ stage: 'contacted', ownerId: id })
  const bob = await member('mallory')
  const html = await (await send('', filled({ seen, stage: 'qualified', ownerId: bob.id }))).text()
  expect(html).toContain('<a href="#stage">Meanwhile it became “Contacted”.')
  expect(html).toContain('<a href="#ownerId">Meanwhile it became “eve@nest.test”.')
})

test('so does a form of the next action', async () => {
  const dueAt = '2099-07-01T09:00:00.000Z'
  const typed = { 'nextAction.text': 'Call', 'nextAction.dueAt': '2099-07-01T09:00', 'nextAction.remindAt': '' }
  const plan = (text: string, due = dueAt) => change({ nextAction: { text, dueAt: due, remindAt: null } })
  await plan('Call')
  const seen = seenIn(await page(), '/next-action')
  await plan('Call', '2099-08-01T09:00:00.000Z')
  expect((await send('/next-action', { ...typed, seen, 'nextAction.text': 'Write' })).status).toBe(303)
  expect((await known()).nextAction).toMatchObject({ text: 'Write', dueAt: '2099-08-01T09:00:00.000Z' })

  const both = await send('/next-action', { ...typed, seen, 'nextAction.text': 'Visit' })
  const html = await both.text()
  expect([both.status, (await known()).nextAction?.text]).toEqual([409, 'Write'])
  expect(html).toContain('<a href="#nextAction.text">Meanwhile it became “Write”.')
  expect(html).toMatch(/id="nextAction.text"[^>]*value="Visit"/)

  await change({ nextAction: null })
  const done = await send('/next-action', { ...typed, seen, 'nextAction.text': 'Visit' })
  const page2 = await done.text()
  expect(done.status).toBe(409)
  expect(page2).toContain('Meanwhile it was done.')
  await send('/next-action', { ...typed, seen: seenIn(page2, '/next-action'), 'nextAction.text': 'Visit' })
  expect((await known()).nextAction).toMatchObject({ text: 'Visit', dueAt })
})

test('a field called as what every object has, from before that was refused, spoils no page', async () => {
  const { nest } = admin
  await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`
      insert into fields (workspace_id, key, label, type, options, position)
      values (${nest.workspaceId}, 'toString', 'Builder', 'text', '[]', 99)`),
  )
  const html = await page()
  expect(html).toMatch(/id="fields.toString"[^>]*value=""/)
  expect(html).not.toContain('native code')
  await send('', filled({ 'fields.toString': 'Bob', seen: seenIn(html, '') }))
  expect(await page()).toMatch(/<dt>Builder<\/dt><dd>Bob<\/dd>/)
})
