import { createLead, createScoreRule, getLead, scoreLeads, updateWorkspaceSettings } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let id: string
const by = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  await updateWorkspaceSettings(admin.nest, admin.nest.workspaceId, { timeZone: 'Europe/Berlin' }, by)
  id = (await createLead(admin.nest, admin.nest.workspaceId, { email: 'ada@example.com' }, by)).result.id
})
afterAll(() => admin.close())

const page = async () => (await admin.get(`/admin/leads/${id}`, session)).text()
const plan = (text: string, dueAt: string, remindAt = '') =>
  admin.post(
    `/admin/leads/${id}/next-action`,
    { 'nextAction.text': text, 'nextAction.dueAt': dueAt, 'nextAction.remindAt': remindAt },
    session,
  )
const nextAction = async () => (await getLead(admin.nest, admin.nest.workspaceId, id)).nextAction

test('what comes next is planned by the clock of the workspace, put off, and done', async () => {
  expect(await page()).toContain('Nothing is planned.')
  const answer = await plan('Call <back>', '2099-07-01T09:00', '2099-06-30T09:00')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/admin/leads/${id}#next-action`])
  expect(await nextAction()).toEqual({
    text: 'Call <back>',
    dueAt: '2099-07-01T07:00:00.000Z',
    remindAt: '2099-06-30T07:00:00.000Z',
  })
  const html = await page()
  expect(html).toContain('<p class="next-action">Call &lt;back&gt;</p>')
  expect(html).toContain('Due <time datetime="2099-07-01T07:00:00.000Z">2099-07-01 09:00</time>')
  expect(html).toContain('<li>Next action: — → Call &lt;back&gt; (due 2099-07-01 07:00 UTC)</li>')

  await plan('Call', '2020-07-01T09:00')
  expect(await page()).toContain('Overdue since')
  await admin.post(`/admin/leads/${id}/next-action/done`, {}, session)
  expect(await nextAction()).toBeNull()
})

test.each([
  ['', '2099-07-01T09:00', '', 'text', 'Say what comes next.'],
  ['Call', 'tomorrow', '', 'dueAt', 'Write a time'],
  ['Call', '', '', 'dueAt', 'Write a time'],
  ['Call', '2099-07-01T09:00', '2099-07-02T09:00', 'remindAt', 'Be reminded before'],
])('%j due %j, reminder %j is refused at its field', async (text, dueAt, remindAt, field, message) => {
  const answer = await plan(text, dueAt, remindAt)
  const html = await answer.text()
  expect(answer.status).toBe(422)
  expect(html).toContain(`<a href="#nextAction.${field}">${message}`)
  expect(html).toContain(`value="${text}"`)
  expect(await nextAction()).toBeNull()
})

test('a score is explained by the rules that it is made of', async () => {
  expect(await page()).toContain('No rule gives this lead points.')
  const rule = (name: string, points: number) =>
    createScoreRule(
      admin.nest,
      admin.nest.workspaceId,
      { name, points, enabled: true, filter: 'email is not empty', event: null },
      by,
    )
  await rule('Has <e-mail>', 10)
  await rule('Costs', -3)
  await scoreLeads(admin.nest, admin.nest.workspaceId, [id])
  const html = await page()
  expect(html).toContain('Score <span class="figures">7</span>')
  expect(html).toContain('<dt>Has &lt;e-mail&gt;</dt><dd class="figures">+10</dd>')
  expect(html).toContain('<dd class="figures">−3</dd>')
})
