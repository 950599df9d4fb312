import { clearForms, createWorkspace, sql } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-01-01T09:00:00Z')
const day = 86_400_000
let server: TestServer
let key: string
beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())

async function ask(route: string, body?: object) {
  const { json, status, text } = await server.request(route, { key, ...(body && { body }) })
  if (status >= 400) throw new Error(`${route}: ${text}`)
  return json
}
let made = 0
async function makeForm(retention?: object) {
  const fields = [
    { name: 'email', type: 'email', label: 'E-mail' },
    { name: 'message', type: 'text', label: 'Message' },
  ]
  return ask('POST /v1/forms', { slug: `form${made}`, name: `Form ${made++}`, fields, ...(retention && { retention }) })
}
/** Sends a form by a trusted server (accepted) or by a page that brings no token (held), or fills the trap (spam). */
async function send(form: { id: string }, email: string, how: 'accepted' | 'held' | 'spam'): Promise<string> {
  const body = { fields: { email, message: `from ${email}` }, ...(how === 'spam' && { trap: 'x' }) }
  const door = how === 'accepted' ? { key } : { headers: { origin } }
  const { json } = await server.request(`POST /v1/forms/${form.id}/submissions`, { body, ...door })
  return json.id
}
const preview = (form: { id: string }, tried = '') => ask(`GET /v1/forms/${form.id}/retention${tried}`)
const found = (...counts: number[]) =>
  Object.fromEntries(
    ['spam', 'held', 'submissions', 'leads'].map((kind, i) => [kind, { value: counts[i], exact: true }]),
  )
const statusOf = async (id: string) => (await server.request(`GET /v1/receipts/${id}`)).json.status
const clearedOf = (form: { id: string }) =>
  server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ cleared: object }>(sql`
      select data -> 'cleared' as cleared from events
      where workspace_id = ${server.nest.workspaceId} and type = 'form.cleared' and data ->> 'formId' = ${form.id} order by id`),
  )
const leadOf = async (email: string) => (await ask(`GET /v1/leads?email=${email}`)).data[0]

test('unless told, spam goes after 90 days, and what is held waits for a person', async () => {
  const form = await makeForm()
  expect(form.retention).toEqual({ spamDays: 90, heldDays: null, submissionDays: null, leadDays: null })
  const [spam, held, accepted] = [
    await send(form, 'spam@example.com', 'spam'),
    await send(form, 'held@example.com', 'held'),
    await send(form, 'accepted@example.com', 'accepted'),
  ]
  time += 89 * day
  await clearForms(server.nest)
  expect(await statusOf(spam)).toBe('held')
  time += 2 * day
  expect(await preview(form)).toEqual(found(1, 0, 0, 0))
  await clearForms(server.nest)
  expect([await statusOf(spam), await statusOf(held), await statusOf(accepted)]).toEqual([
    'erased',
    'held',
    'lead_created',
  ])
  expect(await clearedOf(form)).toEqual([{ cleared: { spam: 1 } }])
  await clearForms(server.nest)
  expect(await clearedOf(form)).toHaveLength(1)
  expect(await preview(form)).toEqual(found(0, 0, 0, 0))
})

test('rules are tried before they hold, changed one by one, and refused at the field', async () => {
  const form = await makeForm({ heldDays: 10 })
  const held = await send(form, 'tried@example.com', 'held')
  const sent = await send(form, 'kept@example.com', 'accepted')
  time += 8 * day
  expect(await preview(form)).toEqual(found(0, 0, 0, 0))
  expect(await preview(form, '?heldDays=7&submissionDays=7&leadDays=7')).toEqual(found(0, 1, 1, 1))
  expect(await preview(form, '?heldDays=never')).toEqual(found(0, 0, 0, 0))
  const { retention } = await ask(`PATCH /v1/forms/${form.id}`, { retention: { submissionDays: 7 } })
  expect(retention).toEqual({ spamDays: 90, heldDays: 10, submissionDays: 7, leadDays: null })

  await clearForms(server.nest)
  expect([await statusOf(held), await statusOf(sent)]).toEqual(['held', 'erased'])
  // What was sent is gone, the lead is not.
  expect((await leadOf('kept@example.com')).email).toBe('kept@example.com')
  const later = await send(form, 'kept@example.com', 'accepted')
  time += 8 * day
  expect(await preview(form)).toEqual(found(0, 1, 1, 0))
  await clearForms(server.nest)
  expect([await statusOf(held), await statusOf(later)]).toEqual(['erased', 'erased'])

  const bad = { retention: { spamDays: 0, heldDays: 1.5, leadDays: '3', forever: 1 } }
  const { status, json } = await server.request(`PATCH /v1/forms/${form.id}`, { key, body: bad })
  expect([status, json.errors.map(({ path }: { path: string }) => path).sort()]).toEqual([
    422,
    ['retention.forever', 'retention.heldDays', 'retention.leadDays', 'retention.spamDays'],
  ])
  for (const query of ['spamDays=0', 'leadDays=soon', 'heldDays=-1'])
    expect((await server.request(`GET /v1/forms/${form.id}/retention?${query}`, { key })).status).toBe(422)
})

test('who keeps everything for longer than there are ids keeps everything', async () => {
  const form = await makeForm({ spamDays: 36_500, heldDays: 30_000, submissionDays: 36_500, leadDays: 36_500 })
  const sent = await send(form, 'for.ever@example.com', 'accepted')
  expect(await preview(form)).toEqual(found(0, 0, 0, 0))
  await clearForms(server.nest)
  expect(await statusOf(sent)).toBe('lead_created')
})

test('leads go after so long without activity, but for whom another door knows, who is won, or has something coming', async () => {
  const [short, long, never] = [await makeForm({ leadDays: 30 }), await makeForm({ leadDays: 60 }), await makeForm()]
  const people = ['alone', 'both', 'other', 'told', 'won', 'coming', 'active'].map((name) => `${name}@quiet.example`)
  await ask('POST /v1/leads', { email: people[3] })
  for (const email of people) await send(short, email, 'accepted')
  await send(long, people[1]!, 'accepted')
  await send(never, people[2]!, 'accepted')
  await ask(`PATCH /v1/leads/${(await leadOf(people[4]!)).id}`, { stage: 'won' })
  const nextAction = { text: 'Call', dueAt: new Date(time + 100 * day).toISOString() }
  await ask(`PATCH /v1/leads/${(await leadOf(people[5]!)).id}`, { nextAction })
  const alone = await leadOf(people[0]!)
  time += 20 * day
  await ask(`POST /v1/leads/${(await leadOf(people[6]!)).id}/events`, { name: 'trial.started' })
  time += 11 * day
  const there = async () => (await Promise.all(people.map(leadOf))).map((lead) => Boolean(lead))

  expect(await preview(short)).toEqual(found(0, 0, 0, 1))
  await clearForms(server.nest)
  expect(await there()).toEqual([false, true, true, true, true, true, true])
  expect((await server.request(`GET /v1/leads/${alone.id}`, { key })).status).toBe(404)
  // Told once no transaction of the shared Postgres is older.
  await expect
    .poll(async () => (await ask('GET /v1/events?type=lead.erased&limit=200')).data.at(-1), { timeout: 15_000 })
    .toMatchObject({ leadId: alone.id, actor: { type: 'system' }, data: { reason: 'retention' } })
  time += 31 * day
  await clearForms(server.nest)
  expect(await there()).toEqual([false, false, true, true, true, true, false])
})

test('what is let through after the night that it would have gone in goes in the next', async () => {
  const form = await makeForm({ submissionDays: 7 })
  const late = await send(form, 'late@example.com', 'held')
  await send(form, 'in.time@example.com', 'accepted')
  time += 8 * day
  await clearForms(server.nest)
  await ask(`POST /v1/submissions/${late}/release`)
  expect(await preview(form)).toEqual(found(0, 0, 1, 0))
  await clearForms(server.nest)
  expect(await statusOf(late)).toBe('erased')
  const early = await send(form, 'early@example.com', 'held')
  await ask(`POST /v1/submissions/${early}/release`)
  time += 6 * day
  await clearForms(server.nest)
  expect(await statusOf(early)).toBe('lead_created')
  time += 2 * day
  expect(await preview(form)).toEqual(found(0, 0, 1, 0))
  await clearForms(server.nest)
  expect([await statusOf(early), await preview(form)]).toEqual(['erased', found(0, 0, 0, 0)])
})

test('a preview looks at so many leads and no more, and the night at all of them', async () => {
  const [one, other] = [await makeForm({ leadDays: 30 }), await makeForm({ leadDays: 60 })]
  const { workspaceId } = server.nest
  await server.nest.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into leads (workspace_id, id, created_at, updated_at, last_activity_at)
      select ${workspaceId}::uuid, gen_random_uuid(), old, old, old
      from generate_series(1, 12000), (select ${new Date(time - 1000 * day)}::timestamptz as old) o`),
  )
  await send(one, 'behind@example.com', 'accepted')
  await send(other, 'further@example.com', 'accepted')
  time += 61 * day
  expect((await preview(one)).leads).toEqual({ value: 0, exact: false })
  expect(await preview(one, '?leadDays=never')).toEqual(found(0, 0, 0, 0))
  await clearForms(server.nest)
  expect([await leadOf('behind@example.com'), await leadOf('further@example.com')]).toEqual([undefined, undefined])
})

test('each workspace has its own rules', async () => {
  const { id } = await createWorkspace(server.nest, { name: 'Other' })
  const theirs = await server.nest.key({ workspaceId: id })
  const form = await makeForm()
  const spam = await send(form, 'mine@example.com', 'spam')
  time += 91 * day
  const { json } = await server.request(`GET /v1/forms/${form.id}/retention`, { key: theirs })
  expect(json.code).toBe('not_found')
  await clearForms(server.nest)
  expect(await statusOf(spam)).toBe('erased')
})
