import { newId, sql } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let time = Date.parse('2026-11-25T09:00:00.000Z')
beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())

const ask = async (route: string, body?: object) => {
  const { json } = await server.request(route, { key, ...(body && { body }) })
  time += 1000
  await server.nest.settle()
  time += 1000
  return json
}
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
const explain = async (id: string, query = ''): Promise<any> => ask(`GET /v1/leads/${id}/explain${query}`)
/** Oldest first: kind, decision, because. */
const told = async (id: string) =>
  (await explain(id)).data
    .map(({ kind, decision, because }: { kind: string; decision: string; because: object[] }) => [
      kind,
      decision,
      because,
    ])
    .reverse()

test('a lead says by what it was known, what its rules gave and who was passed over, whatever the rules are now', async () => {
  const [ada, ben] = await Promise.all(
    ['ada@example.com', 'ben@example.com'].map((email) =>
      server.nest.user({ email, password: 'correct horse battery' }),
    ),
  )
  const rule = await ask('POST /v1/assignment-rules', {
    name: 'Sales',
    strategy: 'fixed',
    memberIds: [ada!.id, ben!.id],
  })
  const points = await ask('POST /v1/score-rules', { name: 'Has a phone', points: 5, filter: 'phone is not empty' })
  const absent = { absentUntil: '2027-01-01T00:00:00.000Z' }
  for (const { id } of [ada!, ben!]) await ask(`PATCH /v1/members/${id}`, absent)

  const sent = await ask('POST /v1/forms/contact/submissions', {
    fields: { name: 'Grace', email: 'grace@example.com', phone: '+44 20 7946 0001' },
  })
  const { id } = (await ask('GET /v1/leads?email=grace@example.com')).data[0]
  await ask(`PATCH /v1/members/${ben!.id}`, { absentUntil: null })
  await ask('POST /v1/leads', { email: 'GRACE@example.com', company: 'Navy' })
  await ask(`PATCH /v1/leads/${id}`, { company: 'US Navy' })

  const of = { ruleId: rule.id, ruleName: 'Sales', strategy: 'fixed' }
  const expected = [
    ['matched', 'created', [{ matchedBy: null }]],
    ['scored', '5', [{ from: 0 }, { ruleId: points.id, ruleName: 'Has a phone', points: 5 }]],
    ['waiting', 'waiting', [of, { memberId: ada!.id, reason: 'absent' }, { memberId: ben!.id, reason: 'absent' }]],
    ['assigned', ben!.id, [of, { memberId: ada!.id, reason: 'absent' }]],
    ['matched', 'updated', [{ matchedBy: 'email' }]],
  ]
  // Scored and waiting are of the same moment.
  expect((await told(id)).sort(byKind)).toEqual(expected.sort(byKind))
  expect((await explain(id)).data.at(-1)).toMatchObject({ kind: 'matched', submissionId: sent.id })

  await ask(`PATCH /v1/score-rules/${points.id}`, { name: 'Reachable' })
  await ask(`DELETE /v1/assignment-rules/${rule.id}`)
  expect((await told(id)).sort(byKind)).toEqual(expected)

  await ask(`DELETE /v1/score-rules/${points.id}`)
  const gone = [{ from: 5 }, { ruleId: points.id, ruleName: 'Reachable', points: -5 }]
  expect((await told(id)).at(-1)).toEqual(['scored', '0', gone])
})

const byKind = ([one]: unknown[], [other]: unknown[]) => String(one).localeCompare(String(other))

test('it says which identity was not written, and what another lead gave up', async () => {
  const one = await ask('POST /v1/leads', { externalId: 'one', email: 'one@example.com' })
  const two = await ask('POST /v1/leads', { externalId: 'two', phone: '+442079460002' })
  await ask('POST /v1/leads', { externalId: 'one', phone: '+442079460002', email: null })
  // The two are of the same moment.
  expect((await told(one.id)).slice(1).sort(byKind)).toEqual([
    ['duplicate', 'suggested', [{ leadId: two.id, reason: 'phone' }]],
    [
      'matched',
      'updated',
      [{ matchedBy: 'externalId' }, { notWritten: 'phone', reason: 'other_lead', leadId: two.id }],
    ],
  ])
  await ask(`DELETE /v1/leads/${two.id}`)
  await ask('POST /v1/leads', { externalId: 'one', phone: '+442079460002' })
  expect((await told(one.id)).at(-1)).toEqual([
    'matched',
    'updated',
    [{ matchedBy: 'externalId' }, { taken: 'phone', leadId: two.id }],
  ])
  await ask(`DELETE /v1/leads/${one.id}`)
  await ask('POST /v1/leads', { externalId: 'one' })
  expect((await told(one.id)).at(-1)).toEqual(['matched', 'revived', [{ matchedBy: 'externalId' }]])
})

test('a survivor says what was decided about the other, and whom it is known by since', async () => {
  const one = await ask('POST /v1/leads', { email: 'old@example.com', externalId: 'crm-old' })
  const two = await ask('POST /v1/leads', { email: 'new@example.com', externalId: 'crm-new' })
  const { id: merge } = await ask('POST /v1/leads/merge', { leadIds: [one.id, two.id] })
  await ask('POST /v1/leads', { email: 'new@example.com' })
  const created = ['matched', 'created', [{ matchedBy: null }]]
  const known = [
    'matched',
    'updated',
    [
      { matchedBy: 'email', alias: true },
      { notWritten: 'email', reason: 'alias' },
    ],
  ]
  expect(await told(one.id)).toEqual([created, created, known])
  await ask(`POST /v1/merges/${merge}/undo`)
  expect([await told(one.id), await told(two.id)]).toEqual([[created, known], [created]])
})

test('it comes in pages, newest first, and what was stored before there were reasons has none', async () => {
  const { id } = await ask('POST /v1/leads', { email: 'pages@example.com' })
  for (let i = 0; i < 4; i++) await ask('POST /v1/leads', { email: 'pages@example.com' })
  const seen: string[] = []
  for (let cursor = ''; ; ) {
    const { data, nextCursor } = await explain(id, `?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
    seen.push(...data.map((decision: { id: string }) => decision.id))
    if (!nextCursor) break
    cursor = nextCursor
  }
  expect(seen).toEqual((await explain(id)).data.map((decision: { id: string }) => decision.id))
  expect(seen).toHaveLength(5)
  expect(seen).toEqual(seen.toSorted().reverse())

  await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query(sql`update events set data = data - 'match' where lead_id = ${id}`),
  )
  expect(await told(id)).toEqual([['matched', 'created', []]])
  const { code } = (await server.request(`GET /v1/leads/${newId()}/explain`, { key })).json
  expect(code).toBe('not_found')
})
