import { createWorkspace, insertForm } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
const minute = 60_000
const start = Date.parse('2026-10-24T20:00:00Z')
let time = start
let key: string
/** An access token of a person, which ends after a quarter of an hour. */
let ada: { id: string; email: string }
const password = 'correct horse battery'

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
  ada = await server.nest.user({ email: 'ada@example.com', password })
  await server.request('PATCH /v1/workspace', { key, body: { timeZone: 'Europe/Berlin' } })
  await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    insertForm(tx, server.nest.workspaceId, {
      slug: 'demo',
      name: 'Demo',
      fields: [{ name: 'email', label: 'E-mail', type: 'email', required: true }],
      submitLabel: 'Send',
      successMessage: 'Thank you',
    }),
  )
})
afterAll(() => server.close())

const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
const submit = async (form: string, email: string, test = false) => {
  await ask(`POST /v1/forms/${form}/submissions`, { fields: { email, ...(form === 'contact' && { name: 'X' }) }, test })
  return (await ask(`GET /v1/leads?email=${email}`)).json.data[0]?.id as string
}
/** Ada does something, as herself. */
async function act(route: string, body: object) {
  const { json } = await ask('POST /v1/auth/login', { email: ada.email, password })
  expect((await ask(route, body, json.accessToken)).status).toBeLessThan(300)
}
const report = async (query = '') => (await ask(`GET /v1/reports/speed-to-lead${query}`)).json
const speed = async (id: string) =>
  (await ask(`GET /v1/leads/${id}/speed`)).json.data as { seconds: number | null; respondedBy: string | null }[]

test('the time to the first act of a person is kept, once for each submission before it', async () => {
  const id = await submit('contact', 'first@example.com')
  await ask(`POST /v1/leads/${id}/tags`, { add: ['by a key'] })
  expect(await speed(id)).toMatchObject([{ seconds: null, respondedBy: null }])
  time += 2 * minute
  await submit('contact', 'first@example.com')
  time += minute
  await act('POST /v1/leads', { email: 'first@example.com', company: 'ACME' })
  expect(await speed(id)).toMatchObject([{ seconds: 60, respondedBy: ada.id }, { seconds: 180 }])
  time += minute
  await submit('contact', 'first@example.com')
  await act(`POST /v1/leads/${id}/notes`, { body: 'Called' })
  expect((await speed(id)).map(({ seconds }) => seconds)).toEqual([0, 60, 180])
})

test('sending a form in the name of a visitor is no answer to it', async () => {
  const { json } = await ask('POST /v1/auth/login', { email: ada.email, password })
  const fields = { email: 'typed@example.com' }
  await ask('POST /v1/forms/demo/submissions', { fields }, json.accessToken)
  await ask('POST /v1/forms/demo/submissions', { fields }, json.accessToken)
  const { id } = (await ask('GET /v1/leads?email=typed@example.com')).json.data[0]
  expect((await speed(id)).map(({ seconds }) => seconds)).toEqual([null, null])
})

test('the report counts by owner, form and day of the workspace', async () => {
  const { id: workspaceId } = await createWorkspace(server.nest, { name: 'Elsewhere' })
  const other = await server.nest.key({ workspaceId })
  await ask('POST /v1/forms/contact/submissions', { fields: { email: 'x@example.com', name: 'X' } }, other)

  // Before, and on, the day that is 25 hours long in Berlin.
  time = Date.parse('2026-10-24T21:59:00Z')
  const owned = await submit('demo', 'owned@example.com')
  time += 10 * minute
  await act(`PATCH /v1/leads/${owned}`, { ownerId: ada.id })
  time = Date.parse('2026-10-25T22:59:59Z')
  await submit('demo', 'late@example.com')
  await submit('demo', 'test@example.com', true)

  const all = await report('?from=2026-10-24&to=2026-10-26')
  expect(all).toMatchObject({
    from: '2026-10-24',
    to: '2026-10-26',
    timeZone: 'Europe/Berlin',
    submissions: 7,
    responded: 4,
    waiting: 3,
    medianSeconds: 120,
    withinFiveMinutes: 3,
  })
  expect(all.p90Seconds).toBeCloseTo(474)
  expect(all.byDay.map(({ day, submissions }: { day: string; submissions: number }) => [day, submissions])).toEqual([
    ['2026-10-24', 6],
    ['2026-10-25', 1],
    ['2026-10-26', 0],
  ])
  expect(all.byDay[2]).toEqual({
    day: '2026-10-26',
    submissions: 0,
    responded: 0,
    waiting: 0,
    medianSeconds: null,
    p90Seconds: null,
    withinFiveMinutes: 0,
  })
  expect(all.byOwner).toMatchObject([
    { ownerId: null, submissions: 6, responded: 3 },
    { ownerId: ada.id, submissions: 1, responded: 1, medianSeconds: 600, withinFiveMinutes: 0 },
  ])
  expect(all.byForm).toMatchObject([
    { formName: 'Demo', submissions: 4, responded: 1 },
    { formName: 'Contact', submissions: 3, responded: 3 },
  ])
})

test('the last 30 days are reported unless told', async () => {
  time = Date.parse('2026-11-23T23:30:00Z')
  const { from, to, submissions, byDay } = await report()
  expect([from, to, submissions, byDay.length]).toEqual(['2026-10-26', '2026-11-24', 0, 30])
  expect((await report('?to=2026-10-25')).submissions).toBe(7)
  expect((await report('?from=2026-10-25')).submissions).toBe(1)
})

test.each([
  ['from', '?from=yesterday'],
  ['from', '?from=2026-02-30'],
  ['to', '?to=2026-10-25T00:00:00Z'],
  ['to', '?from=2026-10-25&to=2026-10-24'],
  ['from', '?from=2020-01-01&to=2026-01-01'],
  ['until', '?until=2026-10-24'],
])('a range is refused at %s: %s', async (path, query) => {
  expect(await report(query)).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path }] })
})
