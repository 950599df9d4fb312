import { sql } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  for (const [name, stage] of [
    ['Ada Lovelace', 'won'],
    ['Ada Byron', 'new'],
    ['Bob', 'new'],
  ]) {
    const { id } = (await server.request('POST /v1/leads', { key, body: { name } })).json
    await server.request(`PATCH /v1/leads/${id}`, { key, body: { stage } })
  }
})
afterAll(() => server.close())

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
const names = async (query: string) =>
  (await ask(`GET /v1/leads?sort=name&${query}`)).json.data.map(({ name }: { name: string }) => name)
const eventsOf = async (type: string) => {
  const { rows } = await server.nest.pool
    .query(`
    select set_config('leadnest.workspace_id', '${server.nest.workspaceId}', false);
    select data, actor, source from events where type = '${type}' order by id`)
    .then((results) => (results as unknown as { rows: { data: object }[] }[])[1]!)
  return rows
}

test('a segment is a filter and a search by a name; its leads are those that answer both', async () => {
  const made = await ask('POST /v1/segments', { name: 'New Adas', filter: 'stage = new', q: 'ada' })
  expect(made).toMatchObject({ status: 201, json: { name: 'New Adas', filter: 'stage = new', q: 'ada' } })
  const { id } = made.json
  expect(await names(`segment=${id}`)).toEqual(['Ada Byron'])
  expect((await ask(`GET /v1/segments/${id}`)).json).toEqual(made.json)
  expect((await ask(`GET /v1/segments/${id}?count=true`)).json.count).toEqual({ value: 1, exact: true })
  expect((await ask('GET /v1/segments?count=true')).json).toEqual({
    data: [{ ...made.json, count: { value: 1, exact: true } }],
    nextCursor: null,
  })

  const changed = (await ask(`PATCH /v1/segments/${id}`, { filter: '', name: 'Adas' })).json
  expect(changed).toMatchObject({ id, name: 'Adas', filter: '', q: 'ada' })
  expect(await names(`segment=${id}`)).toEqual(['Ada Byron', 'Ada Lovelace'])
  expect(await names(`segment=${id}&filter=stage%20=%20won&q=love`)).toEqual(['Ada Lovelace'])
  expect(await ask(`PATCH /v1/segments/${id}`, { name: 'Adas' })).toMatchObject({ status: 200, json: changed })

  expect((await ask(`DELETE /v1/segments/${id}`)).status).toBe(204)
  expect((await ask(`GET /v1/segments/${id}`)).status).toBe(404)
  expect((await ask(`GET /v1/leads?segment=${id}`)).json).toMatchObject({
    status: 422,
    code: 'unknown_reference',
    errors: [{ path: 'segment' }],
  })
  expect((await eventsOf('segment.saved')).map(({ data }) => data)).toEqual([
    { segmentId: id, name: 'New Adas', changes: {} },
    { segmentId: id, name: 'Adas', changes: { name: ['New Adas', 'Adas'], filter: ['stage = new', ''] } },
  ])
  expect((await eventsOf('segment.deleted')).map(({ data }) => data)).toEqual([{ segmentId: id, name: 'Adas' }])
})

test('a segment that contradicts itself as time goes by is nobody, and breaks nothing', async () => {
  const filter = 'createdAt > -7d and createdAt < 2026-12-01'
  const { id } = (await ask('POST /v1/segments', { name: 'Until December', filter })).json
  await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query(sql`update segments set filter = 'createdAt > -7d and createdAt < 2020-01-01' where id = ${id}`),
  )
  expect((await ask(`GET /v1/leads?segment=${id}`)).json.data).toEqual([])
  const counted = (await ask('GET /v1/segments?count=true')).json.data
  expect(counted.find((segment: { id: string }) => segment.id === id).count).toEqual({ value: 0, exact: true })
  await ask(`DELETE /v1/segments/${id}`)
})

test('a cursor is of one segment', async () => {
  const [one, other] = await Promise.all(
    ['One', 'Other'].map(
      async (name) => (await ask('POST /v1/segments', { name, filter: 'name is not empty' })).json.id,
    ),
  )
  const { nextCursor } = (await ask(`GET /v1/leads?limit=1&segment=${one}`)).json
  expect((await ask(`GET /v1/leads?limit=1&segment=${one}&cursor=${encodeURIComponent(nextCursor)}`)).status).toBe(200)
  expect((await ask(`GET /v1/leads?limit=1&segment=${other}&cursor=${encodeURIComponent(nextCursor)}`)).json.code).toBe(
    'invalid_cursor',
  )
})

describe('is refused:', () => {
  test.each([
    [{ name: '', filter: '' }, 'invalid_input', 'name'],
    [{ name: 'X', filter: 'stage = new and stage = won' }, 'invalid_input', 'filter'],
    [{ name: 'X', filter: 'fields.nothing = 1' }, 'invalid_input', 'filter'],
    [{ name: 'X', q: 'x'.repeat(201) }, 'invalid_input', 'q'],
    [{ name: 'X', id: 'x' }, 'invalid_input', 'id'],
    [{ name: 'TAKEN' }, 'name_taken', 'name'],
  ])('%j', async (body, code, path) => {
    await ask('POST /v1/segments', { name: 'Taken' })
    const { json } = await ask('POST /v1/segments', body)
    expect(json).toMatchObject({ status: code === 'name_taken' ? 409 : 422, code, errors: [{ path }] })
  })

  test('a name that another segment has, and a filter that cannot be read, by a change too', async () => {
    const { id } = (await ask('POST /v1/segments', { name: 'Free', filter: 'stage = new' })).json
    await ask('POST /v1/segments', { name: 'Used' })
    expect((await ask(`PATCH /v1/segments/${id}`, { name: 'used' })).json.code).toBe('name_taken')
    const { json } = await ask(`PATCH /v1/segments/${id}`, { filter: 'stage = new and' })
    expect(json.errors[0].message).toMatch(/^Position 16: /)
    expect((await ask(`GET /v1/segments/${id}`)).json).toMatchObject({ name: 'Free', filter: 'stage = new' })
  })

  test('a key that may only read, or nothing of leads', async () => {
    const reader = await server.nest.key({ scopes: ['leads:read'] })
    expect((await server.request('GET /v1/segments', { key: reader })).status).toBe(200)
    expect((await server.request('POST /v1/segments', { key: reader, body: { name: 'X' } })).status).toBe(403)
    const other = await server.nest.key({ scopes: ['forms:read'] })
    expect((await server.request('GET /v1/segments', { key: other })).status).toBe(403)
  })

  test('a count that is neither true nor false', async () => {
    expect((await ask('GET /v1/leads?count=yes')).json).toMatchObject({ status: 422, errors: [{ path: 'count' }] })
  })
})
