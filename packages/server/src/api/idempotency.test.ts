import { createLead, newId, sql } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let time = Date.parse('2026-11-25T09:00:00Z')
let lead: string
let n = 0

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())
beforeEach(async () => {
  n++
  lead = (await send('POST /v1/leads', { email: `lead${n}@example.com` })).json.id
})

const send = (route: string, body?: unknown, idempotencyKey?: string, as = key) =>
  server.request(route, {
    key: as,
    ...(body !== undefined && { body }),
    ...(idempotencyKey !== undefined && { headers: { 'idempotency-key': idempotencyKey } }),
  })
const notes = async () => (await send(`GET /v1/leads/${lead}/notes`)).json.data
const events = async () => (await send(`GET /v1/leads/${lead}/timeline`)).json.data

describe('a request that is repeated under its key', () => {
  test.each([
    ['creates', (id: string) => [`POST /v1/leads/${id}/notes`, { body: 'Once' }] as const],
    ['changes', (id: string) => [`PATCH /v1/leads/${id}`, { company: 'Once' }] as const],
    ['tags', (id: string) => [`POST /v1/leads/${id}/tags`, { add: ['once'] }] as const],
    ['deletes', (id: string) => [`DELETE /v1/leads/${id}`] as const],
  ])('%s once, and is answered with the same bytes', async (_, request) => {
    const [route, body] = request(lead)
    const first = await send(route, body, `same-${n}`)
    const again = await send(route, body, `"same-${n}"`)
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
    if (!route.startsWith('DELETE')) expect(await events()).toHaveLength(2)
  })

  test('is answered with the refusal that it was given, even when it would work by now', async () => {
    const move = () => send(`PATCH /v1/leads/${lead}`, { stage: `later-${n}` }, `refused-${n}`)
    const first = await move()
    expect(first.json).toMatchObject({ status: 422, code: 'unknown_reference' })
    await send('POST /v1/pipelines', { name: 'Later', stages: [{ key: `later-${n}`, name: 'Later' }] })
    const again = await move()
    expect([again.text, again.headers.get('content-type')]).toEqual([first.text, 'application/problem+json'])
  })

  test('is tried again where it was not the use case that refused it', async () => {
    const reader = await server.nest.key({ scopes: ['leads:read'] })
    expect((await send(`PATCH /v1/leads/${lead}`, { company: 'X' }, 'k', reader)).status).toBe(403)
    expect((await send(`PATCH /v1/leads/${lead}`, { companyy: 'X' }, `wrong-${n}`)).status).toBe(422)
    expect((await send(`PATCH /v1/leads/${lead}`, { company: 'X' }, `wrong-${n}`)).json.company).toBe('X')
  })

  test('is free again when its answer has expired', async () => {
    await send(`POST /v1/leads/${lead}/notes`, { body: 'Same' }, `old-${n}`)
    time += 25 * 3_600_000
    await send(`POST /v1/leads/${lead}/notes`, { body: 'Same' }, `old-${n}`)
    expect(await notes()).toHaveLength(2)
  })

  test('belongs to its credential', async () => {
    const other = await server.nest.key()
    await send(`POST /v1/leads/${lead}/notes`, { body: 'Mine' }, `scope-${n}`)
    const theirs = await send(`POST /v1/leads/${lead}/notes`, { body: 'Mine' }, `scope-${n}`, other)
    expect(theirs.headers.get('idempotency-replayed')).toBeNull()
    expect(await notes()).toHaveLength(2)
  })
})

describe('another request under the same key is refused:', () => {
  test.each([
    ['body', (id: string) => [`POST /v1/leads/${id}/notes`, { body: 'Other' }] as const],
    ['path', () => [`POST /v1/leads/${newId()}/notes`, { body: 'One' }] as const],
    ['method', (id: string) => [`PATCH /v1/leads/${id}`, { company: 'One' }] as const],
  ])('%s', async (_, request) => {
    await send(`POST /v1/leads/${lead}/notes`, { body: 'One' }, `mismatch-${n}`)
    const [route, body] = request(lead)
    expect((await send(route, body, `mismatch-${n}`)).json).toMatchObject({ status: 422, code: 'idempotency_mismatch' })
    expect(await notes()).toHaveLength(1)
  })
})

test.each(['', ' ', '""', 'x'.repeat(256), 'tab\there', 'ünïcode'])('%j is no key', async (bad) => {
  const { json } = await send(`POST /v1/leads/${lead}/notes`, { body: 'X' }, bad)
  expect(json).toMatchObject({ status: 400, code: 'invalid_idempotency_key' })
  expect(await notes()).toEqual([])
})

test('1,000 equal requests at once are one lead, and everybody learns of it', async () => {
  const create = () => send('POST /v1/leads', { name: 'Only once' }, `thousand-${n}`)
  const answers = await Promise.all(Array.from({ length: 1000 }, create))
  const done = answers.filter(({ status }) => status === 201)
  expect(answers.filter(({ status }) => status !== 201 && status !== 409)).toEqual([])
  expect(new Set(done.map(({ text }) => text)).size).toBe(1)
  expect((await create()).text).toBe(done[0]!.text)
  expect((await send('GET /v1/leads?q=only%20once')).json.data).toHaveLength(1)
})

describe('while a request is being carried out', () => {
  /** Holds the lead, so that whatever changes it waits. */
  async function held(work: () => Promise<void>) {
    await server.nest.inWorkspace(server.nest.workspaceId, async (tx) => {
      await tx.query(
        sql`select 1 as held from leads where workspace_id = ${server.nest.workspaceId} and id = ${lead} for update`,
      )
      await work()
    })
  }

  test('its repeats are told so at once, wait for nothing, and are answered when it is done', async () => {
    const add = () => send(`POST /v1/leads/${lead}/notes`, { body: 'Slow' }, `slow-${n}`)
    let first: ReturnType<typeof add>
    await held(async () => {
      first = add()
      // Fifty duplicates on ten connections would starve this one if they waited.
      await expect
        .poll(async () => {
          const { rows } = await server.nest.pool.query(
            "select 1 from pg_locks where not granted and locktype = 'transactionid'",
          )
          return rows.length
        })
        .toBe(1)
      const repeats = await Promise.all(Array.from({ length: 50 }, add))
      for (const { json, headers } of repeats) {
        expect(json).toMatchObject({ status: 409, code: 'idempotency_in_flight' })
        expect(headers.get('retry-after')).toBe('1')
      }
      expect((await send('GET /v1/tags')).status).toBe(200)
    })
    const done = await first!
    expect(done.status).toBe(201)
    expect((await add()).text).toBe(done.text)
    expect(await notes()).toHaveLength(1)
  })

  test('a crash leaves the key claimed for a minute, and nothing half done', async () => {
    const add = () => send(`POST /v1/leads/${lead}/notes`, { body: 'Crashed' }, `crash-${n}`)
    await send(`POST /v1/leads/${lead}/notes`, { body: 'Crashed' }, `crash-${n}`)
    // As a crash before the commit would leave it.
    await server.nest.inWorkspace(server.nest.workspaceId, async (tx) => {
      await tx.query(sql`delete from notes where workspace_id = ${server.nest.workspaceId} and lead_id = ${lead}`)
      await tx.query(sql`
        update idempotency_records set status = 0, body = '', expires_at = ${new Date(time + 60_000)}
        where workspace_id = ${server.nest.workspaceId} and key = ${`crash-${n}`}`)
    })
    expect((await add()).json.code).toBe('idempotency_in_flight')
    time += 61_000
    expect((await add()).status).toBe(201)
    expect(await notes()).toHaveLength(1)
  })
})

test('a use case without a key needs none', async () => {
  const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }
  const { result, status } = await createLead(server.nest, server.nest.workspaceId, { email: 'direct@example.com' }, by)
  expect([status, result.email]).toEqual([201, 'direct@example.com'])
})
