import { sql } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
const ids: Record<string, string> = {}

const people = [
  { name: 'Ada Lovelace', email: 'ada@engines.example', phone: '+44 20 7946 0958', company: 'Engines Ltd' },
  {
    firstName: 'Bob',
    lastName: 'Müller',
    email: 'bob@example.com',
    company: 'ACME 100%',
    fields: { hobby: 'Fly_fishing' },
  },
  { name: 'Cyd O\\Hara', phone: '030 1234567', fields: { hobby: 'chess in Adelaide' } },
  { name: '', email: 'zoe@example.com', phone: '+1 212 736 5000' },
]

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  await server.nest.field('hobby')
  for (const [index, body] of people.entries()) {
    ids['abcz'[index]!] = (await ask('POST /v1/leads', body)).json.id
  }
})
afterAll(() => server.close())

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
const letters = Object.entries
const find = async (query: string) => {
  const { json } = await ask(`GET /v1/leads?sort=createdAt&${query}`)
  return json.data.map(({ id }: { id: string }) => letters(ids).find(([, other]) => other === id)?.[0] ?? id).join('')
}
const search = (q: string) => find(`q=${encodeURIComponent(q)}`)

describe('a search finds', () => {
  test.each([
    ['lovelace', 'a'],
    ['LOVE', 'a'],
    ['lovelace ada', 'a'],
    ['ada bob', ''],
    ['engines ltd ada', 'a'],
    ['ad', 'ac'],
    ['da', ''],
    ['l', 'a'],
    ['mü', 'b'],
    ['MÜLLER', 'b'],
    ['bob m', 'b'],
    ['example.com', 'bz'],
    ['100%', 'b'],
    ['%', 'b'],
    ['_', 'b'],
    ['fly_fish', 'b'],
    ['flyxfish', ''],
    ['o\\hara', 'c'],
    ['chess', 'c'],
    ['+44 20 7946', 'a'],
    ['020 7946 0958', 'a'],
    ['7946-0958', 'a'],
    ['0044 20 7946', 'a'],
    ['(212) 736', 'z'],
    ['1234567', 'c'],
    ['999', ''],
    ['nobody', ''],
    ['  ', 'abcz'],
  ])('%s', async (q, expected) => {
    expect(await search(q)).toBe(expected)
  })

  test('together with a filter, and says how many', async () => {
    expect(await find('q=example.com&filter=company%20is%20empty')).toBe('z')
    expect((await ask('GET /v1/leads?q=example.com&count=true&limit=1')).json.count).toEqual({ value: 2, exact: true })
  })
})

describe('leads are sorted', () => {
  test.each([
    ['name', 'abcz'],
    ['-name', 'zcba'],
    ['createdAt', 'abcz'],
    ['-createdAt', 'zcba'],
    ['lastActivityAt', 'abcz'],
    ['-lastActivityAt', 'zcba'],
    ['score', 'cabz'],
    ['-score', 'zbac'],
  ])('by %s, page by page too', async (sort, expected) => {
    const points = { a: 5, b: 5, c: -3, z: 70 }
    await server.nest.inWorkspace(server.nest.workspaceId, async (tx) => {
      for (const [name, score] of Object.entries(points))
        await tx.query(
          sql`update leads set score = ${score} where workspace_id = ${server.nest.workspaceId} and id = ${ids[name]!}`,
        )
    })
    const found: string[] = []
    for (let cursor = ''; ; ) {
      const { json } = await ask(`GET /v1/leads?limit=1&sort=${sort}${cursor}`)
      found.push(json.data[0].id)
      expect(json.data[0]).not.toHaveProperty('sortValue')
      if (!json.nextCursor) break
      cursor = `&cursor=${encodeURIComponent(json.nextCursor)}`
    }
    expect(found).toEqual([...expected].map((name) => ids[name]))
  })

  test('by nothing else', async () => {
    expect((await ask('GET /v1/leads?sort=email')).json).toMatchObject({ status: 422, errors: [{ path: 'sort' }] })
  })
})

test('what changes is found as it is then', async () => {
  const { id } = (await ask('POST /v1/leads', { email: 'eve@example.com', company: 'Before' })).json
  ids.e = id
  await ask(`PATCH /v1/leads/${id}`, { company: 'Afterwards', fields: { hobby: 'sailing' } })
  await ask(`POST /v1/leads/${id}/tags`, { add: ['VIP', 'second'] })
  expect(await search('before')).toBe('')
  expect(await search('afterwards sailing')).toBe('e')
  expect(await find('filter=company%20=%20before')).toBe('')
  expect(await find('filter=tag%20=%20VIP%20and%20fields.hobby%20=%20Sailing')).toBe('e')

  await ask(`POST /v1/leads/${id}/tags`, { remove: ['VIP'] })
  expect(await find('filter=tag%20=%20VIP')).toBe('')
  expect(await find('filter=tag%20=%20second')).toBe('e')

  await ask(`DELETE /v1/leads/${id}`)
  expect(await search('afterwards')).toBe('')
  expect((await ask('GET /v1/leads?filter=tag%20=%20second&count=true')).json).toMatchObject({
    data: [],
    count: { value: 0 },
  })
  await ask('POST /v1/leads', { email: 'eve@example.com' })
  expect(await find('filter=tag%20=%20second&q=afterwards')).toBe('e')
})

test('two who tag a lead at once are both found', async () => {
  const { id } = (await ask('POST /v1/leads', { email: 'tagged@example.com' })).json
  const tags = Array.from({ length: 8 }, (_, index) => `t${index}`)
  await Promise.all(tags.map((tag) => ask(`POST /v1/leads/${id}/tags`, { add: [tag] })))
  for (const tag of tags)
    expect(
      (await ask(`GET /v1/leads?filter=tag%20=%20${tag}`)).json.data.map((lead: { id: string }) => lead.id),
    ).toEqual([id])
})

test('a text that is too long to be looked through is still found by a filter', async () => {
  await Promise.all(['long1', 'long2', 'long3'].map((name) => server.nest.field(name)))
  const fields = { long1: 'x '.repeat(4000), long2: 'y '.repeat(4000), long3: `${'z '.repeat(4000)} needle` }
  const { id } = (await ask('POST /v1/leads', { email: 'long@example.com', fields })).json
  const { data } = (await ask('GET /v1/leads?filter=fields.long3%20~%20needle')).json
  expect(data.map((lead: { id: string }) => lead.id)).toEqual([id])
  expect(await search('needle')).toBe('')
})

test('all of it that is more than 10,000 is not counted', async () => {
  const { workspaceId, pool } = server.nest
  await pool.query(`
    select set_config('leadnest.workspace_id', '${workspaceId}', false);
    insert into leads (workspace_id, id, name, company, created_at, updated_at, last_activity_at)
      select '${workspaceId}', gen_random_uuid(), 'Many ' || i, case when i <= 9999 then 'Nearly' else 'Other' end, now(), now(), now()
      from generate_series(1, 12000) as i;
    reset leadnest.workspace_id`)
  const countOf = async (query: string) => (await ask(`GET /v1/leads?limit=1&count=true&${query}`)).json.count
  expect(await countOf('')).toEqual({ value: 10_000, exact: false })
  expect(await countOf('q=many')).toEqual({ value: 10_000, exact: false })
  expect(await countOf('filter=company%20=%20nearly')).toEqual({ value: 9999, exact: true })
  expect(await countOf('filter=company%20~%20nearly%20and%20stage%20=%20new')).toEqual({ value: 9999, exact: true })
  expect(await countOf('filter=stage%20=%20new')).toEqual({ value: 10_000, exact: false })
  // More than are looked at one by one, and none of the first on the list.
  const { data } = (await ask('GET /v1/leads?limit=3&sort=-name&filter=company%20=%20nearly')).json
  expect(data.map(({ name }: { name: string }) => name)).toEqual(['Many 9999', 'Many 9998', 'Many 9997'])

  // As many as are held in memory; of these, nearly all and nearly nobody pass what else is asked.
  const { rows } = (
    (await pool.query(`
      select set_config('leadnest.workspace_id', '${workspaceId}', false);
      insert into tags (workspace_id, name) values ('${workspaceId}', 'some');
      insert into lead_tags (workspace_id, lead_id, name)
        select workspace_id, id, 'some' from leads where name like 'Many %5' or name like 'Many %00';
      select name from leads where name like 'Many %5' or name like 'Many %00' order by lower(name) desc;
      reset leadnest.workspace_id`)) as unknown as { rows: { name: string }[] }[]
  )[3]!
  const some = rows.map(({ name }) => name)
  for (const [filter, expected] of [
    ['tag = some', some],
    ['tag = some and name ~ 11', some.filter((name) => name.includes('11'))],
    ['tag = some and lastName is empty and company = nearly', some.filter((name) => Number(name.slice(5)) <= 9999)],
  ] as const) {
    const found: string[] = []
    for (let cursor = ''; found.length < 450; ) {
      const { json } = await ask(`GET /v1/leads?limit=150&sort=-name&filter=${encodeURIComponent(filter)}${cursor}`)
      found.push(...json.data.map(({ name }: { name: string }) => name))
      if (!json.nextCursor) break
      cursor = `&cursor=${encodeURIComponent(json.nextCursor)}`
    }
    expect(found).toEqual(expected.slice(0, 450))
  }
})

test('what has stayed too long is found by that', async () => {
  const [fresh, old] = await Promise.all(
    ['fresh', 'old'].map(async (name) => (await ask('POST /v1/leads', { name, company: 'Staying' })).json.id),
  )
  await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query(
      sql`update leads set created_at = now() - interval '100 days' where workspace_id = ${server.nest.workspaceId} and id = ${old}`,
    ),
  )
  for (const [rotten, id] of [
    ['true', old],
    ['false', fresh],
  ]) {
    const { data } = (await ask(`GET /v1/leads?filter=company%20=%20staying%20and%20rotten%20=%20${rotten}`)).json
    expect(data).toMatchObject([{ id, rotten: rotten === 'true' }])
  }
})
