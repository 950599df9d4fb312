import { sql } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let owner: string
const password = 'correct horse battery'
const inDays = (days: number) => new Date(time + days * 86_400_000).toISOString()

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  for (const role of ['owner', 'admin', 'member'] as const)
    await server.nest.user({ email: `${role}@example.com`, password, role })
  owner = await login('owner')
})
afterAll(() => server.close())

async function login(role: string): Promise<string> {
  const body = { email: `${role}@example.com`, password }
  return (await server.request('POST /v1/auth/login', { body })).json.accessToken
}
const create = (body: object, key = owner) => server.request('POST /v1/api-keys', { key, body })
const works = async (key: string) => (await server.request('GET /v1/leads', { key })).status === 200
const events = () =>
  server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ type: string }>(sql`
      select type from events where workspace_id = ${server.nest.workspaceId} and type like 'key.%' order by xid`),
  )

test('a key is shown once, and what is stored of it is no way in', async () => {
  const before = (await events()).length
  const { status, json } = await create({ name: ' CRM ', scopes: ['leads:read', 'leads:read'], expiresAt: inDays(30) })
  const { key, ...rest } = json
  expect([status, rest]).toEqual([
    201,
    {
      id: expect.any(String),
      kind: 'secret',
      name: 'CRM',
      scopes: ['leads:read'],
      origins: [],
      hint: key.slice(-4),
      createdAt: inDays(0),
      expiresAt: inDays(30),
      lastUsedAt: null,
      revokedAt: null,
    },
  ])
  expect(key).toMatch(/^ln_sk_[0-9a-f]{32}_[\w-]{43}$/)
  expect(await works(key)).toBe(true)
  const list = await server.request('GET /v1/api-keys', { key: owner })
  expect(list.json.data.map(({ id }: { id: string }) => id)).toContain(json.id)
  const stored = await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query(sql`select k::text, e::text from api_keys k, events e where k.workspace_id = ${server.nest.workspaceId}`),
  )
  for (const text of [list.text, JSON.stringify(stored)]) expect(text).not.toContain(key.slice(-43))
  expect((await events()).slice(before)).toEqual([{ type: 'key.created' }])
})

test('nobody gives more than they have', async () => {
  const admin = await login('admin')
  expect((await create({ name: 'X', scopes: ['members:write'] }, admin)).status).toBe(201)
  expect((await create({ name: 'X', scopes: ['workspaces:write'] }, admin)).json).toMatchObject({
    code: 'invalid_input',
    errors: [{ path: 'scopes.0', message: expect.stringContaining('signs in to make another') }],
  })
  expect((await create({ name: 'X', scopes: ['leads:read'] }, await login('member'))).json.code).toBe('forbidden')

  const maker = (await create({ name: 'X', scopes: ['keys:write', 'leads:read'], expiresAt: inDays(2) })).json
  expect((await create({ name: 'X', scopes: ['leads:write'], expiresAt: inDays(1) }, maker.key)).json.code).toBe(
    'forbidden',
  )
  expect((await create({ name: 'X', scopes: ['leads:read'] }, maker.key)).json.code).toBe('forbidden')
  expect((await create({ name: 'X', scopes: ['leads:read'], expiresAt: inDays(2) }, maker.key)).status).toBe(201)
  const longer = await server.request(`PATCH /v1/api-keys/${maker.id}`, { key: maker.key, body: { expiresAt: null } })
  expect(longer.json.code).toBe('forbidden')
})

test('nobody changes a key that can do more than they can', async () => {
  const maker = (await create({ name: 'X', scopes: ['keys:write', 'leads:read'] })).json
  const equal = (await create({ name: 'X', scopes: ['leads:read'] })).json
  const strong = (await create({ name: 'X', scopes: ['leads:read', 'members:write'], expiresAt: inDays(1) })).json
  const prolong = (id: string) =>
    server.request(`PATCH /v1/api-keys/${id}`, { key: maker.key, body: { expiresAt: inDays(9) } })
  expect((await prolong(strong.id)).json).toMatchObject({
    code: 'forbidden',
    detail: expect.stringContaining('members:write'),
  })
  expect((await prolong(equal.id)).json.expiresAt).toBe(inDays(9))
})

test('a key ends when it is revoked, and when its time is over', async () => {
  const [revoked, expiring] = await Promise.all(
    [{}, { expiresAt: inDays(1) }].map(
      async (more) => (await create({ name: 'X', scopes: ['leads:read'], ...more })).json,
    ),
  )
  expect([await works(revoked.key), await works(expiring.key)]).toEqual([true, true])
  const end = () => server.request(`DELETE /v1/api-keys/${revoked.id}`, { key: owner })
  expect([(await end()).status, (await end()).status, await works(revoked.key)]).toEqual([204, 404, false])
  time += 86_400_000
  owner = await login('owner')
  // What was looked up a second ago is not asked again.
  server.nest.recent.forget()
  expect(await works(expiring.key)).toBe(false)
})

test('the last use is noted, once a minute', async () => {
  const { key, id } = (await create({ name: 'X', scopes: ['leads:read', 'keys:read'] })).json
  const used = async () => {
    server.nest.recent.forget()
    await works(key)
    await expect
      .poll(async () => {
        const { data } = (await server.request('GET /v1/api-keys', { key: owner })).json
        return data.find((one: { id: string }) => one.id === id).lastUsedAt
      })
      .not.toBeNull()
    const { data } = (await server.request('GET /v1/api-keys', { key: owner })).json
    return data.find((one: { id: string }) => one.id === id).lastUsedAt as string
  }
  const first = await used()
  expect(first).toBe(new Date(time).toISOString())
  time += 59_000
  expect(await used()).toBe(first)
})

test('a key is renamed, and its end moved', async () => {
  const { key: _, ...made } = (await create({ name: 'Old', scopes: ['leads:read'] })).json
  const before = (await events()).length
  const patch = (body: object) => server.request(`PATCH /v1/api-keys/${made.id}`, { key: owner, body })
  expect((await patch({ name: 'New', expiresAt: inDays(3) })).json).toEqual({
    ...made,
    name: 'New',
    expiresAt: inDays(3),
  })
  await patch({ name: 'New' })
  expect((await events()).slice(before)).toEqual([{ type: 'key.updated' }])
})

describe('a publishable key with origins', () => {
  const use = (key: string, origin?: string, route = 'GET /v1/forms/contact') =>
    server.request(route, {
      key,
      headers: origin ? { origin } : {},
      ...(route.startsWith('POST') && { body: { fields: { name: 'Ada', email: 'ada@example.com' } } }),
    })

  test('works on pages of these, and on no other', async () => {
    const made = await create({ kind: 'publishable', name: 'Site', origins: ['https://www.example.com/contact'] })
    expect(made.json).toMatchObject({ scopes: [], origins: ['https://www.example.com'] })
    const { key, id } = made.json
    const submit = 'POST /v1/forms/contact/submissions'
    expect((await use(key, 'https://www.example.com')).status).toBe(200)
    expect((await use(key, 'https://www.example.com', submit)).status).toBe(201)
    for (const origin of [
      'https://evil.example',
      'http://www.example.com',
      'https://www.example.com.evil.example',
      'null',
    ])
      expect([origin, (await use(key, origin)).json.code]).toEqual([origin, 'origin_not_allowed'])
    expect((await use(key, undefined, submit)).json.code).toBe('origin_not_allowed')

    await server.request(`PATCH /v1/api-keys/${id}`, { key: owner, body: { origins: [] } })
    expect((await use(key, 'https://evil.example')).status).toBe(200)
  })
})

test.each([
  ['name', { name: ' ', scopes: ['leads:read'] }],
  ['scopes', { name: 'X' }],
  ['scopes.0', { name: 'X', scopes: ['everything'] }],
  ['scopes', { name: 'X', kind: 'publishable', scopes: ['leads:read'] }],
  ['origins', { name: 'X', scopes: ['leads:read'], origins: ['https://a.example'] }],
  ['origins.0', { name: 'X', kind: 'publishable', origins: ['*'] }],
  ['expiresAt', { name: 'X', scopes: ['leads:read'], expiresAt: '2020-01-01T00:00:00Z' }],
  ['expiresAt', { name: 'X', scopes: ['leads:read'], expiresAt: 'tomorrow' }],
  ['revokedAt', { name: 'X', scopes: ['leads:read'], revokedAt: null }],
])('is refused at %s: %j', async (path, body) => {
  expect((await create(body)).json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path }] })
})

test('an answer with a key is never kept for a replay', async () => {
  const body = { name: 'X', scopes: ['leads:read'] }
  const answer = await server.request('POST /v1/api-keys', { key: owner, body, headers: { 'idempotency-key': 'k' } })
  expect(answer.json.code).toBe('idempotency_unsupported')
})
