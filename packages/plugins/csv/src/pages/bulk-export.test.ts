import { createLead } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, origin } from '../../../../server/src/admin/testing/open-admin.ts'
import { openWizard, type Wizard } from './testing/open-wizard.ts'

const by = { actor: { type: 'system' as const, id: null, name: 'Test' }, source: 'api' as const }
const bulk = '/admin/leads/bulk'
let wizard: Wizard
let ids: string[]
beforeAll(async () => {
  wizard = await openWizard()
  const { nest } = wizard.admin
  ids = []
  for (const email of ['a@example.com', 'b@example.com', 'c@example.org'])
    ids.push((await createLead(nest, nest.workspaceId, { email, fields: {} }, by)).result.id)
})
afterAll(() => wizard.admin.close())

async function exported(sent: Record<string, string>): Promise<string[]> {
  const { admin, session, open, go } = wizard
  const { to } = await go(bulk, { ...sent, action: 'export', format: 'csv', column: 'email' })
  await admin.nest.settle()
  const job = await open(to)
  const [, file] = /href="([^"]+\/file)" download/.exec(job.text)!
  const answer = await admin.get(file!, session)
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''leads-.*\.csv$/)
  return (await answer.text()).match(/\w@example\.\w+/g)!
}

test('ticked leads, all of a filter, and those of a segment go into a file, which the page of the job has', async () => {
  const { admin, open } = wizard
  expect((await open(`${bulk}?which=ids&ids=${ids[0]}`)).text).toMatch(/value="csv".*Export 1 lead</s)
  expect(await exported({ ids: ids[0]! })).toEqual(['a@example.com'])
  const matching = { which: 'matching', filter: 'email ~ example.com' }
  expect(await exported(matching)).toEqual(['a@example.com', 'b@example.com'])
  const body = { name: 'Orgs', filter: 'email ~ example.org' }
  const { json } = await admin.request('POST /v1/segments', { key: await admin.nest.key(), body })
  expect(await exported({ which: 'matching', segment: json.id })).toEqual(['c@example.org'])
})

test('its columns are those that are ticked', async () => {
  const { admin, session, open } = wizard
  const page = (await open(`${bulk}?which=ids&ids=${ids[0]}`)).text
  expect(page).toMatch(/<summary>Columns<.*name="column" value="email" checked.*name="column" value="gclid"\/>/s)
  const form = new URLSearchParams([
    ...Object.entries({ ids: ids[0]!, action: 'export', format: 'csv' }),
    ['column', 'email'],
    ['column', 'gclid'],
  ])
  const headers = { origin, 'content-type': 'application/x-www-form-urlencoded', ...session }
  const sent = await admin.app.request(`${origin}${bulk}`, { method: 'POST', body: form.toString(), headers })
  await admin.nest.settle()
  const [, file] = /href="([^"]+\/file)" download/.exec((await open(sent.headers.get('location')!)).text)!
  expect(await (await admin.get(file!, session)).text()).toBe('email,gclid\r\na@example.com,\r\n')
})

test('without any of them nothing is exported', async () => {
  const refused = await wizard.go(bulk, { ids: ids[0]!, action: 'export', format: 'csv' })
  expect([refused.status, refused.text]).toEqual([
    422,
    expect.stringMatching(/Nothing was changed yet.*Name a column/s),
  ])
  expect(refused.text).toMatch(/<details open[^>]*><summary>Columns/)
})

test('it is offered to who may export, and done for nobody else', async () => {
  const { admin } = wizard
  const user = { email: 'member@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...user, role: 'member' })
  const member = cookieOf(await admin.post('/admin/sign-in', user))
  const page = await (await admin.get(`${bulk}?which=ids&ids=${ids[0]}`, member)).text()
  expect(page).toContain('Change 1 lead')
  expect(page).not.toContain('value="export"')
  const sent = { ids: ids[0]!, action: 'export', format: 'csv', column: 'email' }
  expect((await admin.post(bulk, sent, member)).status).toBe(403)
  const job = (await admin.post(bulk, sent, wizard.session)).headers.get('location')
  await admin.nest.settle()
  expect(await (await admin.get(job!, member)).text()).not.toContain(`${job}/file`)
  expect((await admin.get(`${job}/file`, member)).status).toBe(403)
})
