import { findSession, setPassword, signIn, sql } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
const owner = { email: 'owner@example.com', password: 'correct horse battery' }

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  await server.nest.user(owner)
  await server.nest.user({ email: 'viewer@example.com', password: owner.password, role: 'viewer' })
})
afterAll(() => server.close())

const login = (body: object, headers = {}) => server.request('POST /v1/auth/login', { body, headers })
const tokenOf = async (email: string) => (await login({ email, password: owner.password })).json.accessToken as string
const me = (key: string) => server.request('GET /v1/me', { key })

test('signing in gives a token that says who asks', async () => {
  const { json } = await login({ ...owner, email: ' Owner@Example.com ' })
  expect(json).toEqual({
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    expiresIn: 900,
    tokenType: 'Bearer',
  })
  expect((await me(json.accessToken)).json).toMatchObject({
    user: { email: 'owner@example.com' },
    role: 'owner',
    workspace: { id: server.nest.workspaceId },
    workspaces: [{ role: 'owner' }],
  })
})

test('somebody unknown and a wrong password are answered alike', async () => {
  const answers = [
    await login({ ...owner, password: 'wrong horse battery' }),
    await login({ ...owner, email: 'nobody@example.com' }),
  ]
  expect(answers.map(({ status, json }) => [status, json.code, json.detail])).toEqual(
    Array(2).fill([401, 'unauthenticated', 'E-mail or password is not right.']),
  )
})

test('an answer with a secret is never kept, so the idempotency key is refused', async () => {
  expect((await login(owner, { 'idempotency-key': 'k' })).json).toMatchObject({
    status: 400,
    code: 'idempotency_unsupported',
  })
})

test('a viewer reads, and may not write', async () => {
  const key = await tokenOf('viewer@example.com')
  expect((await server.request('GET /v1/leads', { key })).status).toBe(200)
  expect((await server.request('POST /v1/leads', { key, body: { email: 'x@example.com' } })).json).toMatchObject({
    status: 403,
    code: 'forbidden',
    detail: expect.stringContaining('viewer'),
  })
  expect((await server.request('POST /v1/workspaces', { key, body: { name: 'X' } })).json.code).toBe('forbidden')
})

test('a second workspace belongs to whoever made it, and has a form of its own', async () => {
  const made = await server.request('POST /v1/workspaces', {
    key: await tokenOf(owner.email),
    body: { name: 'Second Café' },
  })
  expect([made.status, made.json]).toEqual([
    201,
    { id: expect.any(String), name: 'Second Café', slug: 'second-cafe', createdAt: expect.any(String) },
  ])

  const there = (await login({ ...owner, workspace: made.json.id })).json.accessToken
  expect((await me(there)).json).toMatchObject({ workspace: { id: made.json.id }, role: 'owner' })
  expect((await server.request('GET /v1/forms/contact', { key: there })).json.id).not.toBe(
    (await server.request('GET /v1/forms/contact')).json.id,
  )
  expect((await login({ email: 'viewer@example.com', password: owner.password, workspace: made.json.id })).status).toBe(
    401,
  )
  expect(
    (await server.request('GET /v1/events?type=workspace.created&wait=30', { key: there })).json.data,
  ).toMatchObject([{ actor: { type: 'user', name: expect.any(String) }, source: 'api', data: { name: 'Second Café' } }])
})

test('a role that changed counts at once, also for a token that was made before', async () => {
  const user = await server.nest.user({ email: 'moved@example.com', password: owner.password, role: 'owner' })
  const key = await tokenOf('moved@example.com')
  expect((await me(key)).json.role).toBe('owner')
  const { workspaceId } = server.nest
  // As another process does it, a second later.
  const inside = async (statement: ReturnType<typeof sql>) => {
    await server.nest.inWorkspace(workspaceId, (tx) => tx.query(statement))
    server.nest.recent.forget()
  }

  await inside(sql`update memberships set role = 'viewer' where workspace_id = ${workspaceId} and user_id = ${user.id}`)
  expect((await server.request('POST /v1/workspaces', { key, body: { name: 'X' } })).json.code).toBe('forbidden')
  await inside(sql`delete from memberships where workspace_id = ${workspaceId} and user_id = ${user.id}`)
  expect((await me(key)).json.code).toBe('unauthenticated')
})

test('a new password ends the tokens and sessions that were made before it, and none after', async () => {
  const before = { email: 'renewed@example.com', password: owner.password }
  await server.nest.user(before)
  const [key, session] = [await tokenOf(before.email), await signIn(server.nest, before)]
  time += 10
  await setPassword(server.nest, before.email, 'another horse battery')
  expect((await me(key)).json.code).toBe('unauthenticated')
  expect(await findSession(server.nest, session.token)).toBeNull()

  const { accessToken } = (await login({ ...before, password: 'another horse battery' })).json
  expect((await me(accessToken)).status).toBe(200)
})
