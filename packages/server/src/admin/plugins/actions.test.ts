import { createLead, type Lead } from '@leadnest/core'
import { defineAction, definePlugin, invalid } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, signInOwner } from '../testing/open-admin.ts'

const did: { lead: string | null; input: unknown; key: string; by: string | null; job: boolean }[] = []
let broken: string | undefined

const phone = definePlugin({
  id: 'phone',
  name: 'Phone <b>',
  capabilities: ['leads:write'],
  actions: {
    ring: {
      title: 'Ring',
      async run({ lead, by, idempotencyKey }, { leads }) {
        did.push({ lead: lead.email, input: {}, key: idempotencyKey, by: by.actor.name, job: by.jobId !== undefined })
        if (broken === lead.email) throw new Error('a secret of the inside')
        await leads.tag(lead.id, { add: ['rung'] })
        return `Rang <i>${lead.email}</i>.`
      },
    },
    text: defineAction({
      title: 'Send a text',
      confirm: 'Each text costs money.',
      input: v.object({
        body: v.pipe(v.string(), v.maxLength(20, 'At most 20 characters.'), v.title('Text')),
        times: v.optional(v.pipe(v.number('Give a number.'), v.title('Times')), 1),
      }),
      run({ lead, input, by, idempotencyKey }) {
        if (input.body === 'no') throw invalid('input.body', 'This word is not sent.')
        const job = by.jobId !== undefined
        did.push({ lead: lead.email, input, key: idempotencyKey, by: by.actor.name, job })
        return undefined
      },
    }),
    wipe: { title: 'Wipe', scope: 'settings:write', on: ['selection'], run: () => undefined },
  },
})

let admin: Admin
let session: { cookie: string }
let member: { cookie: string }
let key: string
let leads: Lead[]

beforeAll(async () => {
  admin = await openAdmin({ plugins: [phone] })
  session = await signInOwner(admin)
  const theirs = { email: 'member@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...theirs, role: 'member' })
  member = cookieOf(await admin.post('/admin/sign-in', theirs))
  key = await admin.nest.key()
  const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }
  leads = []
  for (let i = 0; i < 12; i++)
    leads.push((await createLead(admin.nest, admin.nest.workspaceId, { email: `p${i}@example.com` }, by)).result)
})
afterAll(() => admin.close())
beforeEach(() => {
  did.length = 0
  broken = undefined
})

const path = () => `/admin/leads/${leads[0]!.id}`
const open = async (path: string, as = session) => (await admin.get(path, as)).text()
const turn = (enabled: boolean) =>
  admin.post('/admin/settings/plugins/phone/turn', { enabled: String(enabled) }, session)
const jobOf = async (answer: Response) => {
  await admin.nest.settle()
  return (await admin.request(`GET /v1/jobs/${answer.headers.get('location')!.split('/').at(-1)}`, { key })).json
}
const bulk = (action: object, which: object = { all: true }) =>
  admin.request('POST /v1/leads/bulk', {
    key,
    body: { ...which, action: { type: 'plugin', plugin: 'phone', ...action } },
  })

test('a button on a lead does it at once, in the name of whoever pressed it, and says what came of it', async () => {
  const page = await open(path())
  expect(page).toContain(`<form method="post" action="${path()}/actions/phone/ring">`)
  expect(page).not.toContain('Wipe')
  const once = /name="key" value="([^"]+)"/.exec(page)![1]!
  const sent = await admin.post(`${path()}/actions/phone/ring`, { key: once }, session)
  await admin.post(`${path()}/actions/phone/ring`, { key: once }, session)
  expect(await open(sent.headers.get('location')!)).toContain('Rang &lt;i&gt;p0@example.com&lt;/i&gt;.')
  expect(did).toHaveLength(2)
  expect(did[0]).toMatchObject({ lead: 'p0@example.com', by: 'owner@nest.test', job: false })
  expect(did[1]!.key).toBe(did[0]!.key)
  const { data } = (await admin.request(`GET /v1/leads/${leads[0]!.id}/timeline`, { key })).json
  expect(data[0]).toMatchObject({ type: 'lead.tagged', actor: { name: 'owner@nest.test' }, source: 'admin' })
})

test('one that asks is asked on a page, and loses nothing that was typed', async () => {
  const form = `${path()}/actions/phone/text`
  expect(await open(path())).toContain(`href="${form}"`)
  const asked = await open(form)
  for (const seen of ['Each text costs money.', 'name="phone.text.body"', 'Phone &lt;b&gt;', 'value="1"'])
    expect(asked).toContain(seen)
  const long = { 'phone.text.body': 'A text "that" is too long', 'phone.text.times': 'many' }
  const refused = await admin.post(form, long, session)
  const again = await refused.text()
  expect(refused.status).toBe(422)
  for (const seen of [
    'At most 20 characters.',
    'Give a number.',
    'value="A text &quot;that&quot; is too long"',
    'value="many"',
  ])
    expect(again).toContain(seen)
  expect(again).toContain('href="#phone.text.body"')
  const no = await admin.post(form, { 'phone.text.body': 'no' }, session)
  expect([no.status, await no.text()]).toEqual([422, expect.stringContaining('<a href="#phone.text.body">This word')])
  expect(did).toEqual([])
  const sent = await admin.post(form, { 'phone.text.body': 'Hello', 'phone.text.times': '' }, session)
  expect(did[0]!.input).toEqual({ body: 'Hello', times: 1 })
  expect(await open(sent.headers.get('location')!)).toContain('Send a text: done.')
})

test('a selection is done by a job, each lead once; what fails is counted', async () => {
  broken = 'p3@example.com'
  const ids = leads.slice(0, 7).map(({ id }) => id)
  const page = await open(`/admin/leads/bulk?${ids.map((id) => `ids=${id}`).join('&')}`)
  for (const seen of ['Ring: 7 leads', 'Send a text: 7 leads', 'Wipe: 7 leads', 'name="phone.text.body"'])
    expect(page).toContain(seen)
  const { result } = (await bulk({ action: 'ring' }, { ids })).json
  expect(result).toBe(null)
  await admin.nest.settle()
  const { data } = (await admin.request('GET /v1/jobs', { key })).json
  expect(data[0]).toMatchObject({
    kind: 'bulk_plugin',
    status: 'succeeded',
    progress: { done: 7, total: 7 },
    result: { matched: 7, changed: 6, unchanged: 0, failed: 1 },
    undoUntil: null,
  })
  expect(did.map(({ lead }) => lead).sort()).toEqual(
    leads
      .slice(0, 7)
      .map(({ email }) => email)
      .sort(),
  )
  expect(did.every(({ job, key }) => job && key.startsWith(`phone:${data[0].id}:`))).toBe(true)
  expect(await open(`/admin/jobs/${data[0].id}`)).toContain('1 could not be done, 6 done')
  await turn(true)
})

test('all that match, by the admin, with what is asked', async () => {
  const fields = { which: 'matching', q: 'p1', action: 'plugin', plugin: 'phone', 'plugin-action': 'text' }
  const refused = await admin.post('/admin/leads/bulk', { ...fields, 'phone.text.body': 'x'.repeat(21) }, session)
  const again = await refused.text()
  expect([refused.status, again.includes(`value="${'x'.repeat(21)}"`)]).toEqual([422, true])
  expect(again).toContain('<a href="#phone.text.body">At most 20 characters.</a>')
  const started = await admin.post('/admin/leads/bulk', { ...fields, 'phone.text.body': 'Hello' }, session)
  expect((await jobOf(started)).result).toMatchObject({ matched: 3, changed: 3 })
  expect(did.map(({ lead, input }) => [lead, input]).sort()).toEqual(
    ['p10@example.com', 'p11@example.com', 'p1@example.com'].map((lead) => [lead, { body: 'Hello', times: 1 }]),
  )
})

test('what cannot be is refused before a job begins', async () => {
  const codes = async (answer: ReturnType<typeof bulk>) => {
    const { status, json } = await answer
    return [status, json.code, json.errors?.[0]?.path]
  }
  expect(await codes(bulk({ action: 'fly' }))).toEqual([422, 'unknown_reference', 'action.action'])
  expect(await codes(bulk({ action: 'toString' }))).toEqual([422, 'unknown_reference', 'action.action'])
  expect(await codes(bulk({ plugin: 'nobody', action: 'ring' }))).toEqual([422, 'unknown_reference', 'action.plugin'])
  expect(await codes(bulk({ action: 'text', input: { body: 7 } }))).toEqual([422, 'invalid_input', 'action.input.body'])
  expect(await codes(bulk({ action: 'ring', input: { more: 1 } }))).toEqual([422, 'invalid_input', 'action.input.more'])
  const small = await admin.nest.key({ scopes: ['leads:write'] })
  const wipe = { all: true, action: { type: 'plugin', plugin: 'phone', action: 'wipe' } }
  expect((await admin.request('POST /v1/leads/bulk', { key: small, body: wipe })).json.code).toBe('forbidden')
  expect(await open(`/admin/leads/bulk?ids=${leads[0]!.id}`, member)).not.toContain('Wipe')
  const forged = { which: 'matching', action: 'plugin', plugin: 'phone', 'plugin-action': 'wipe' }
  expect((await admin.post('/admin/leads/bulk', forged, member)).status).toBe(404)
  await turn(false)
  expect(await codes(bulk({ action: 'ring' }))).toEqual([409, 'plugin_off', undefined])
  expect((await admin.post(`${path()}/actions/phone/ring`, {}, session)).status).toBe(404)
  expect(await open(path())).not.toContain('Ring')
  await turn(true)
})

test('while the plugin rests its job waits, and goes on when the rest is over', async () => {
  const { nest } = admin
  await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query({
      text: "update plugin_states set failures = 5, resting_until = now() + interval '5 minutes' where workspace_id = $1",
      values: [nest.workspaceId],
    } as never),
  )
  nest.recent.forget()
  const { id } = (await bulk({ action: 'ring' })).json
  await nest.settle()
  expect((await admin.request(`GET /v1/jobs/${id}`, { key })).json).toMatchObject({
    status: 'running',
    progress: { done: 0, total: 12 },
  })
  expect(did).toEqual([])
  await turn(true)
  await nest.pool.query('update graphile_worker._private_jobs set run_at = now()')
  await nest.settle()
  expect((await admin.request(`GET /v1/jobs/${id}`, { key })).json.result).toMatchObject({ changed: 12, failed: 0 })
})

test('one that is turned off meanwhile ends its job with the reason', async () => {
  const { id } = (await bulk({ action: 'ring' })).json
  await turn(false)
  await admin.nest.settle()
  const job = (await admin.request(`GET /v1/jobs/${id}`, { key })).json
  expect([job.status, job.error.code]).toEqual(['failed', 'plugin_off'])
  await turn(true)
})

test('actions are checked where they are written', () => {
  const bad = (actions: object) => () => definePlugin({ id: 'bad', name: 'Bad', actions: actions as never })
  const run = () => undefined
  expect(bad({ Ring: { title: 'Ring', run } })).toThrow('must be named in small letters')
  expect(bad({ ring: { run } })).toThrow('needs a title')
  expect(bad({ ring: { title: 'R', on: [], run } })).toThrow('is offered nowhere')
  const input = v.object({ token: v.pipe(v.string(), v.metadata({ secret: true })) })
  expect(bad({ ring: { title: 'R', input, run } })).toThrow('asks for a secret, token')
})
