import { listLeads, sql } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())

let n = 0
const newEmail = () => `held${++n}@example.com`

/** Sent without a token, so it is held. */
async function hold(more: object = {}, email = newEmail()): Promise<string> {
  time += 1000
  const { json } = await server.request('POST /v1/forms/contact/submissions', {
    headers: { origin },
    body: { fields: { name: 'Ada', email, message: 'Hello' }, ...more },
  })
  expect(json.status).toBe('held')
  return json.id
}

const get = async (id: string) => (await server.request(`GET /v1/submissions/${id}`, { key })).json
const release = (id: string, init: object = {}) =>
  server.request(`POST /v1/submissions/${id}/release`, { key, ...init })
const spam = (id: string) => server.request(`POST /v1/submissions/${id}/spam`, { key })
const leadOf = async (email: string) =>
  (await listLeads(server.nest, server.nest.workspaceId, { limit: 50, sort: '-createdAt', email })).data[0]
const eventsOf = async (id: string) =>
  (
    await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      tx.query<{ type: string; leadId: string | null; actor: { type: string }; createdAt: string }>(sql`
        select type, lead_id, actor, created_at from events
        where workspace_id = ${server.nest.workspaceId} and submission_id = ${id} order by xid, id`),
    )
  ).map(({ type, leadId, actor, createdAt }) => [type, leadId, actor.type, createdAt])

describe('the list', () => {
  test('is of a verdict, a form and a lead, newest first, with a cursor', async () => {
    const ids = [await hold(), await hold(), await hold({ trap: 'x' })]
    const list = async (query: string) => (await server.request(`GET /v1/submissions?${query}`, { key })).json
    expect((await list('verdict=held')).data.map(({ id }: { id: string }) => id)).toEqual([ids[1], ids[0]])
    expect((await list('verdict=spam')).data).toMatchObject([{ id: ids[2], reasons: ['trap_filled', 'no_token'] }])
    const first = await list('verdict=held,spam&form=contact&limit=2')
    const second = await list(`verdict=held,spam&form=contact&limit=2&cursor=${first.nextCursor}`)
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids.toReversed())
    expect(second.nextCursor).toBeNull()

    const released = (await release(ids[0]!)).json
    expect((await list(`lead=${released.leadId}`)).data).toEqual([released])
    const { id: form } = (await server.request('GET /v1/forms/contact')).json
    expect((await list(`form=${form}&verdict=accepted`)).data).toEqual([released])
  })

  test.each([
    ['verdict=maybe', 'invalid_input', 'verdict.0'],
    ['form=nowhere', 'unknown_reference', 'form'],
    ['form=A B', 'invalid_input', 'form'],
    ['lead=x', 'invalid_input', 'lead'],
    ['cursor=x', 'invalid_cursor', 'cursor'],
    ['spam=true', 'invalid_input', 'spam'],
  ])('refuses ?%s with %s', async (query, code, path) => {
    const { json } = await server.request(`GET /v1/submissions?${query}`, { key })
    expect(json).toMatchObject({ status: 422, code, errors: [{ path }] })
  })
})

describe('release', () => {
  test('makes the lead that it would have been, with its own time, attribution and actor', async () => {
    const email = newEmail()
    const id = await hold({ attribution: { utmSource: 'fair' } }, email)
    const sentAt = new Date(time).toISOString()
    time += 3_600_000
    const { status, json } = await release(id)

    const lead = (await leadOf(email))!
    expect(lead.attribution).toEqual({ first: { utmSource: 'fair' }, last: { utmSource: 'fair' } })
    expect([status, json]).toEqual([
      200,
      {
        ...(await get(id)),
        verdict: 'accepted',
        leadId: lead.id,
        reasons: ['no_token'],
        createdAt: sentAt,
        releasedAt: new Date(time).toISOString(),
        releasedBy: expect.objectContaining({ type: 'key' }),
      },
    ])
    expect(await eventsOf(id)).toEqual([
      ['submission.held', null, 'visitor', sentAt],
      ['lead.captured', lead.id, 'visitor', sentAt],
      ['submission.released', lead.id, 'key', new Date(time).toISOString()],
    ])
  })

  test('twice, and twenty times at once, acts once and answers the same', async () => {
    const email = newEmail()
    const id = await hold({}, email)
    const answers = await Promise.all(Array.from({ length: 20 }, () => release(id)))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect((await release(id)).text).toBe(answers[0]!.text)
    const lead = await leadOf(email)
    expect((await eventsOf(id)).filter(([type]) => type === 'lead.captured')).toHaveLength(1)
    expect((await eventsOf(id)).filter(([type]) => type === 'submission.released')).toHaveLength(1)
    expect(answers[0]!.json.leadId).toBe(lead!.id)
  })

  test('under an Idempotency-Key is answered with the same bytes', async () => {
    const id = await hold()
    const headers = { 'idempotency-key': 'release once' }
    const first = await release(id, { headers })
    const again = await release(id, { headers })
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true'])
  })

  test('of somebody who is known fills the blanks of their lead', async () => {
    const email = newEmail()
    await server.request('POST /v1/leads', { key, body: { email, name: 'Ada Lovelace' } })
    const before = (await leadOf(email))!
    const { json } = await release(await hold({ fields: { name: 'A.', email, phone: '+44 20 7946 0958' } }, email))
    expect(json.leadId).toBe(before.id)
    expect(await leadOf(email)).toMatchObject({ name: 'Ada Lovelace', phone: '+442079460958' })
  })

  test('of two of one person at once makes one lead', async () => {
    const email = newEmail()
    const ids = [await hold({}, email), await hold({}, email)]
    const [one, other] = await Promise.all(ids.map((id) => release(id)))
    expect(one!.json.leadId).toBe(other!.json.leadId)
  })

  test('of a test is stored, and makes no lead', async () => {
    const email = newEmail()
    const id = await hold({ test: true }, email)
    expect((await release(id)).json).toMatchObject({ verdict: 'accepted', leadId: null, test: true })
    expect(await leadOf(email)).toBeUndefined()
  })

  test('brings spam back too', async () => {
    const email = newEmail()
    const id = await hold({ trap: 'x' }, email)
    expect((await release(id)).json).toMatchObject({ verdict: 'accepted', reasons: ['trap_filled', 'no_token'] })
    expect(await leadOf(email)).toBeDefined()
  })

  test('what was released is told by its receipt', async () => {
    const id = await hold()
    await release(id)
    expect((await server.request(`GET /v1/receipts/${id}`)).json.status).toBe('lead_created')
  })

  test('of many is all or none, and in the order of the ids', async () => {
    const ids = [await hold(), await hold(), await hold()]
    const unknown = '019a7c3e-5b2a-7c41-9d0f-3a6b8e2f4c10'
    const refused = await server.request('POST /v1/submissions/release', { key, body: { ids: [...ids, unknown] } })
    expect(refused.json).toMatchObject({ code: 'unknown_reference', errors: [{ path: 'ids.3' }] })
    expect((await get(ids[0]!)).verdict).toBe('held')

    const { json } = await server.request('POST /v1/submissions/release', { key, body: { ids: ids.toReversed() } })
    expect(json.data.map(({ id, verdict }: { id: string; verdict: string }) => [id, verdict])).toEqual(
      ids.map((id) => [id, 'accepted']),
    )
  })

  test.each([[[]], [Array.from({ length: 201 }, () => '019a7c3e-5b2a-7c41-9d0f-3a6b8e2f4c10')], [['x']]])(
    'of ids that are none is refused: %#',
    async (ids) => {
      const { json } = await server.request('POST /v1/submissions/release', { key, body: { ids } })
      expect(json.code).toBe('invalid_input')
    },
  )
})

describe('spam', () => {
  test('is marked once, by whom is told, and leaves the list of held', async () => {
    const id = await hold()
    const { json } = await spam(id)
    expect(json).toMatchObject({ id, verdict: 'spam', reasons: ['no_token', 'marked_as_spam'], leadId: null })
    expect((await spam(id)).json).toEqual(json)
    expect((await eventsOf(id)).map(([type, , actor]) => [type, actor])).toEqual([
      ['submission.held', 'visitor'],
      ['submission.marked_spam', 'key'],
    ])
  })

  test('what was let through cannot be taken for spam, alone or among others', async () => {
    const [released, held] = [await hold(), await hold()]
    await release(released)
    expect((await spam(released)).json).toMatchObject({ status: 409, code: 'submission_accepted' })
    const many = await server.request('POST /v1/submissions/spam', { key, body: { ids: [held, released] } })
    expect(many.json.code).toBe('submission_accepted')
    expect((await get(held)).verdict).toBe('held')
    expect((await server.request('POST /v1/submissions/spam', { key, body: { ids: [held] } })).json.data).toMatchObject(
      [{ id: held, verdict: 'spam' }],
    )
  })
})

test('who may only read leads may not release', async () => {
  const id = await hold()
  const reader = await server.nest.key({ scopes: ['leads:read'] })
  expect((await server.request(`POST /v1/submissions/${id}/release`, { key: reader })).json.code).toBe('forbidden')
  expect((await server.request(`GET /v1/submissions/${id}`, { key: reader })).json.verdict).toBe('held')
})
