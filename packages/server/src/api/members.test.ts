import { createWorkspace, findSession, newId, type Role, signIn, sql } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let time = Date.parse('2026-11-24T09:00:00Z')
const password = 'correct horse battery'

/** A member of each role, in a workspace of their own for each test. */
let workspaceId: string
let count = 0
type Person = { id: string; email: string; token: string }
let people: Record<Role, Person>

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
})
afterAll(() => server.close())
beforeEach(async () => {
  workspaceId = (await createWorkspace(server.nest, { name: `Members ${count++}` })).id
  const person = async (role: Role) => [role, await somebody(role)] as const
  people = Object.fromEntries(
    await Promise.all([person('owner'), person('admin'), person('member'), person('viewer')]),
  ) as typeof people
})

async function somebody(role: Role, at = workspaceId): Promise<Person> {
  const email = `${role}${count++}@example.com`
  const { id } = await server.nest.user({ email, password, role, workspaceId: at })
  return { id, email, token: await login(email) }
}
const login = async (email: string) =>
  (await server.request('POST /v1/auth/login', { body: { email, password } })).json?.accessToken as string
const as = (role: Role, route: string, body?: object) =>
  server.request(route, { key: people[role].token, ...(body && { body }) })
const roles = ['owner', 'admin', 'member', 'viewer'] as const

describe('members', () => {
  test('are listed with what they may and when they work', async () => {
    const { json } = await as('viewer', 'GET /v1/members')
    expect(json.data).toHaveLength(4)
    expect(json.data[0]).toEqual({
      id: people.admin.id,
      email: people.admin.email,
      name: null,
      role: 'admin',
      absentFrom: null,
      absentUntil: null,
      workingHours: null,
    })
  })

  test('are users of the installation, and come once', async () => {
    const { id: elsewhere } = await createWorkspace(server.nest, { name: 'Elsewhere' })
    const other = await somebody('viewer', elsewhere)
    const add = (email: string, headers = {}) =>
      server.request('POST /v1/members', { key: people.admin.token, body: { email, role: 'member' }, headers })
    const added = await add(` ${other.email.toUpperCase()} `, { 'idempotency-key': 'add' })
    expect(added).toMatchObject({ status: 201, json: { id: other.id, email: other.email, role: 'member' } })
    const again = await add(` ${other.email.toUpperCase()} `, { 'idempotency-key': 'add' })
    expect([again.json, again.headers.get('idempotency-replayed')]).toEqual([added.json, 'true'])
    expect((await add(other.email)).json).toMatchObject({ status: 409, code: 'identity_taken' })
    expect((await add('nobody@example.com')).json).toMatchObject({
      status: 422,
      code: 'unknown_reference',
      errors: [{ path: 'email', message: expect.stringContaining('leadnest user create') }],
    })
    expect((await add('nobody')).json).toMatchObject({ status: 422, errors: [{ path: 'email' }] })
    expect((await server.request('GET /v1/me', { key: other.token })).json.workspaces).toHaveLength(2)
  })

  test.each(roles)('a %s may do so much', async (role) => {
    const manages = role === 'owner' || role === 'admin'
    const { id: elsewhere } = await createWorkspace(server.nest, { name: 'Elsewhere' })
    const fresh = await somebody('viewer', elsewhere)
    const tried = {
      add: await as(role, 'POST /v1/members', { email: fresh.email, role: 'viewer' }),
      own: await as(role, `PATCH /v1/members/${people[role].id}`, { absentUntil: '2026-12-01T00:00:00Z' }),
      others: await as(role, `PATCH /v1/members/${(await somebody('viewer')).id}`, { workingHours: null }),
      role: await as(role, `PATCH /v1/members/${(await somebody('viewer')).id}`, { role: 'member' }),
      remove: await as(role, `DELETE /v1/members/${(await somebody('viewer')).id}`),
      makeOwner: await as(role, `PATCH /v1/members/${(await somebody('viewer')).id}`, { role: 'owner' }),
      unmakeOwner: await as(role, `PATCH /v1/members/${(await somebody('owner')).id}`, { role: 'viewer' }),
      removeOwner: await as(role, `DELETE /v1/members/${(await somebody('owner')).id}`),
    }
    const ok = (right: boolean, status = 200) => (right ? status : 403)
    expect(Object.fromEntries(Object.entries(tried).map(([name, { status }]) => [name, status]))).toEqual({
      add: ok(manages, 201),
      own: 200,
      others: ok(manages),
      role: ok(manages),
      remove: ok(manages, 204),
      makeOwner: ok(role === 'owner'),
      unmakeOwner: ok(role === 'owner'),
      removeOwner: ok(role === 'owner', 204),
    })
  })

  test('cannot raise themselves, and a key makes no owner', async () => {
    const raise = { role: 'admin' }
    expect((await as('member', `PATCH /v1/members/${people.member.id}`, raise)).json.code).toBe('forbidden')
    const key = await server.nest.key({ workspaceId })
    const byKey = (role: Role) =>
      server.request(`PATCH /v1/members/${people.member.id}`, { key, body: { role, absentFrom: null } })
    expect((await byKey('owner')).json).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await byKey('viewer')).json.role).toBe('viewer')
    const reader = await server.nest.key({ workspaceId, scopes: ['members:read'] })
    expect((await server.request(`DELETE /v1/members/${people.viewer.id}`, { key: reader })).status).toBe(403)
  })

  test('the last owner stays one, also when two leave in the same moment', async () => {
    for (const [route, body] of [
      [`PATCH /v1/members/${people.owner.id}`, { role: 'admin' }],
      [`DELETE /v1/members/${people.owner.id}`, undefined],
    ] as const)
      expect((await as('owner', route, body)).json).toMatchObject({ status: 409, code: 'last_owner' })
    const second = await somebody('owner')
    const leave = ({ id, token }: Person) => server.request(`DELETE /v1/members/${id}`, { key: token })
    const left = await Promise.all([leave(people.owner), leave(second)])
    expect(left.map(({ status }) => status).sort()).toEqual([204, 409])
  })

  test.each([
    ['absentUntil', { absentFrom: '2026-12-02T00:00:00Z', absentUntil: '2026-12-01T00:00:00Z' }],
    ['absentFrom', { absentFrom: 'soon' }],
    ['workingHours', { workingHours: [] }],
    ['workingHours.0', { workingHours: [{ days: [1], from: '17:00', to: '09:00' }] }],
    ['role', { role: 'king' }],
    ['email', { email: 'new@example.com' }],
  ])('are refused at %s', async (path, body) => {
    expect((await as('owner', `PATCH /v1/members/${people.viewer.id}`, body)).json).toMatchObject({
      status: 422,
      code: 'invalid_input',
      errors: [{ path }],
    })
  })
})

describe('sessions and access tokens of a member end', () => {
  const alive = async ({ token }: Person) => (await server.request('GET /v1/me', { key: token })).status
  const patch = (body: object) => as('owner', `PATCH /v1/members/${people.member.id}`, body)

  test('with a new role, and not with new hours', async () => {
    const { token } = await signIn(server.nest, { email: people.member.email, password })
    time += 1
    await patch({ workingHours: [{ days: [1], from: '09:00', to: '17:00' }] })
    expect([await alive(people.member), Boolean(await findSession(server.nest, token))]).toEqual([200, true])
    await patch({ role: 'viewer' })
    expect([await alive(people.member), await findSession(server.nest, token)]).toEqual([401, null])
    expect((await server.request('GET /v1/me', { key: await login(people.member.email) })).json.role).toBe('viewer')
  })

  test('with the membership, and do not come back with it', async () => {
    const { token } = await signIn(server.nest, { email: people.member.email, password })
    time += 1
    const owned = (await as('owner', 'POST /v1/leads', { email: 'owned@example.com' })).json
    await as('owner', `PATCH /v1/leads/${owned.id}`, { ownerId: people.member.id })
    expect((await as('member', `DELETE /v1/members/${people.member.id}`)).status).toBe(204)
    expect([await alive(people.member), await findSession(server.nest, token)]).toEqual([401, null])
    expect((await as('owner', `GET /v1/leads/${owned.id}`)).json.ownerId).toBe(people.member.id)
    await as('owner', 'POST /v1/members', { email: people.member.email, role: 'admin' })
    expect([await alive(people.member), await findSession(server.nest, token)]).toEqual([401, null])
    expect((await as('owner', `DELETE /v1/members/${newId()}`)).json.code).toBe('not_found')
  })

  test('and each change is one event', async () => {
    await patch({ role: 'viewer', absentFrom: '2026-12-01T00:00:00Z' })
    await patch({ role: 'viewer' })
    const events = await server.nest.inWorkspace(workspaceId, (tx) =>
      tx.query<{ type: string; data: object; actor: object }>(sql`
        select type, data, actor from events where workspace_id = ${workspaceId} and type like 'member.%'`),
    )
    expect(events).toEqual([
      {
        type: 'member.updated',
        actor: { type: 'user', id: people.owner.id, name: people.owner.email },
        data: {
          userId: people.member.id,
          email: people.member.email,
          changes: { role: ['member', 'viewer'], absentFrom: [null, '2026-12-01T00:00:00.000Z'] },
        },
      },
    ])
  })
})
