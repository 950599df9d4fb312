import { definePlugin } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, signInOwner } from '../../testing/open-admin.ts'

const shop = definePlugin({
  id: 'shop',
  name: 'Shop <script>',
  capabilities: ['leads:read', 'http:shop.example'],
  settings: v.object({
    token: v.pipe(v.string(), v.minLength(8, 'At least 8 characters.'), v.title('Token'), v.metadata({ secret: true })),
    limit: v.pipe(v.number('Give a number.'), v.title('Limit')),
    gifts: v.optional(v.boolean(), false),
    words: v.optional(v.array(v.string()), []),
  }),
})
const everything = definePlugin({
  id: 'everything',
  name: 'Everything',
  capabilities: [
    'leads:read',
    'leads:write',
    'forms:read',
    'submissions:write',
    'members:read',
    'links',
    'events:read',
    'imports',
    'exports',
    'tables',
    'channels',
    'send:sms',
    'http:*',
  ],
  migrations: {
    '1_orders': 'create table plugin_everything_orders (workspace_id uuid primary key)',
    '2_paid': 'alter table plugin_everything_orders add column paid boolean',
  },
  health() {},
  routes: { 'POST /orders/in': () => new Response() },
  names: () => [],
})
const page = '/admin/settings/plugins/shop'
let admin: Admin
let session: { cookie: string }

beforeAll(async () => {
  admin = await openAdmin({ plugins: [shop, everything] })
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const open = async (path: string) => (await admin.get(path, session)).text()

test('a plugin says what it needs and may do, takes its settings, and shows no secret', async () => {
  expect(await open('/admin/settings/plugins')).toContain('Needs settings')
  expect(await open(page)).toContain('Sends to shop.example.')

  const typed = { token: 'a long secret', limit: '12', gifts: 'true', words: 'one\r\n two \n' }
  const saved = await admin.post(page, typed, session)
  expect([saved.status, saved.headers.get('location')]).toEqual([303, `${page}?saved=1`])
  const shown = await open(page)
  for (const seen of ['value="12"', 'one\ntwo', 'It is set.', 'Shop &lt;script&gt;']) expect(shown).toContain(seen)
  expect(shown).not.toContain('a long secret')

  await admin.post(page, { ...typed, token: '', limit: '13' }, session)
  expect(await open(page)).toContain('value="13"')
  expect(await open('/admin/settings/plugins')).not.toContain('Needs settings')
})

test('what a plugin may do and adds is said in words, its tables by their names', async () => {
  const shown = await open('/admin/settings/plugins/everything')
  for (const name of everything.capabilities!) expect(shown).not.toContain(name === 'tables' ? '2_paid' : `${name}.`)
  for (const words of [
    'Writes to leads by SMS.',
    'Reads who works here: names and e-mail addresses.',
    'Brings a way to write to leads, and takes in what they answer.',
    'plugin_everything_orders',
    'POST http://localhost:3000/plugins/everything/orders/in',
    'says whether it reaches what it works with',
  ])
    expect(shown).toContain(words)
  expect(shown).not.toMatch(/Sends to (send|members|links|channels)|1_orders|health/)
})

test('what a setting refuses is shown with what was typed beside it', async () => {
  const refused = await admin.post(page, { token: 'short', limit: 'many', gifts: '', words: '' }, session)
  const shown = await refused.text()
  expect(refused.status).toBe(422)
  for (const seen of ['At least 8 characters.', 'Give a number.', 'value="many"', 'href="#limit"'])
    expect(shown).toContain(seen)
  expect(shown).not.toContain('value="short"')
  expect(await open(page)).toContain('value="13"')
})

test('it is turned off and on, by those who may', async () => {
  await admin.post(`${page}/turn`, { enabled: 'false' }, session)
  expect(await open('/admin/settings/plugins')).toContain('Off')
  const member = { email: 'member@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...member, role: 'member' })
  const theirs = cookieOf(await admin.post('/admin/sign-in', member))
  expect((await admin.post(`${page}/turn`, { enabled: 'true' }, theirs)).status).toBe(403)
  expect(await open('/admin/settings/plugins')).toContain('Off')
  await admin.post(`${page}/turn`, { enabled: 'true' }, session)
  expect(await open('/admin/settings/plugins')).toContain('On')
})
