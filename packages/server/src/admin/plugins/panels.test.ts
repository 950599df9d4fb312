import { createLead, findForm } from '@leadnest/core'
import { definePlugin, html } from '@leadnest/core/plugin'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, signInOwner } from '../testing/open-admin.ts'

const never = () => new Promise<never>(() => {})

const crm = definePlugin({
  id: 'crm',
  name: 'CRM',
  capabilities: ['leads:read'],
  panels: {
    lead: [
      {
        title: 'Deals <b>',
        draw: async ({ lead, at, principal, time }, { leads, workspaceId }) => {
          const known = await leads.get(lead.id)
          return html`<p>${known?.name}: ${principal.user?.email} ${time(lead.createdAt)}</p>
            <a href="${at}/deals/${lead.id}">all of ${workspaceId}</a>`
        },
      },
      { title: 'Nothing', draw: () => undefined },
      { title: 'For admins', scope: 'settings:write', draw: () => html`<p>secret deal</p>` },
    ],
    form: { title: 'Ads', draw: ({ form }) => html`<p>Ads of ${form.slug}</p>` },
    dashboard: { title: 'Sales', draw: () => html`<p>7 sales</p>` },
  },
})
const slow = definePlugin({
  id: 'slow',
  name: 'Slow <i>',
  panels: {
    lead: { title: 'Waits', draw: never },
    form: {
      title: 'Throws',
      draw() {
        throw new Error('a secret of the inside')
      },
    },
    dashboard: { title: 'Text', draw: () => '<b>no markup</b>' as never },
  },
})

let admin: Admin
let session: { cookie: string }
let lead: string
let form: string

beforeAll(async () => {
  admin = await openAdmin({ plugins: [slow, crm] })
  session = await signInOwner(admin)
  const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }
  lead = (await createLead(admin.nest, admin.nest.workspaceId, { name: 'Ada <b>', email: 'a@example.com' }, by)).result
    .id
  form = (await findForm(admin.nest, 'contact')).form.id
})
afterAll(() => admin.close())

const open = async (path: string, as = session) => {
  const answer = await admin.get(path, as)
  return { status: answer.status, text: await answer.text() }
}

test("a lead's page has what plugins draw; one that hangs is named there and holds nothing else up", async () => {
  const { status, text } = await open(`/admin/leads/${lead}`)
  expect(status).toBe(200)
  for (const seen of [
    '<h2>Deals &lt;b&gt;</h2>',
    '<p>Ada &lt;b&gt;: owner@nest.test <time',
    `<a href="/admin/plugins/crm/deals/${lead}">all of ${admin.nest.workspaceId}</a>`,
    'secret deal',
    '<h2>Waits</h2>',
    'The plugin Slow &lt;i&gt; could not draw this.',
    'id="timeline"',
  ])
    expect(text).toContain(seen)
  expect(text).not.toContain('Nothing</h2>')
  expect((await open('/admin/settings/plugins')).text).toContain('took more than 1 s')
})

test("a form's page and the reports have theirs", async () => {
  const onForm = await open(`/admin/forms/${form}`)
  expect([onForm.status, onForm.text]).toEqual([200, expect.stringContaining('<p>Ads of contact</p>')])
  expect(onForm.text).toContain('could not draw this')
  expect(onForm.text).not.toContain('secret')
  const reports = await open('/admin/reports')
  expect([reports.status, reports.text]).toEqual([200, expect.stringContaining('<p>7 sales</p>')])
  expect(reports.text).not.toContain('no markup')
  expect(reports.text).toContain('Speed to lead')
  expect((await open('/admin/reports?to=x')).text).toContain('<p>7 sales</p>')
})

test('who lacks the scope, and a workspace where it is off, see none', async () => {
  const theirs = { email: 'viewer@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...theirs, role: 'viewer' })
  const answer = await admin.post('/admin/sign-in', theirs)
  const viewer = { cookie: answer.headers.get('set-cookie')!.split(';')[0]! }
  const { text } = await open(`/admin/leads/${lead}`, viewer)
  expect(text).toContain('Deals &lt;b&gt;')
  expect(text).not.toContain('secret deal')
  await admin.post('/admin/settings/plugins/crm/turn', { enabled: 'false' }, session)
  expect((await open(`/admin/leads/${lead}`)).text).not.toContain('Deals')
})

test('after five failures its panels rest, and say so without being asked', async () => {
  for (let i = 0; i < 5; i++) await open(`/admin/forms/${form}`)
  expect((await open(`/admin/leads/${lead}`)).text).toContain('The plugin Slow &lt;i&gt; rests after failures.')
})
