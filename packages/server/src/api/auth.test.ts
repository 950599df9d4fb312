import { createHmac } from 'node:crypto'
import { findSession, setPassword, signIn, sql } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
  expect(json).toEqual({ accessToken: expect.any(String), refreshToken: null, expiresIn: 900, tokenType: 'Bearer' })
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
})

test('a role that changed counts at once, also for a token that was made before', async () => {
  const user = await server.nest.user({ email: 'moved@example.com', password: owner.password, role: 'owner' })
  const key = await tokenOf('moved@example.com')
  expect((await me(key)).json.role).toBe('owner')
  const { workspaceId } = server.nest
  const inside = (statement: ReturnType<typeof sql>) =>
    server.nest.inWorkspace(workspaceId, (tx) => tx.query(statement))

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

describe('a token is refused when', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const decode = (token: string) =>
    token
      .split('.')
      .slice(0, 2)
      .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString())) as [
      Record<string, unknown>,
      Record<string, unknown>,
    ]
  const sign = (header: object, payload: object, secret = 'a JWT secret of tests, 32 bytes long', hash = 'sha256') => {
    const body = `${part(header)}.${part(payload)}`
    return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`
  }

  const forgeries: [string, (header: Record<string, unknown>, payload: Record<string, unknown>) => string][] = [
    ['it says alg none', (header, payload) => `${part({ ...header, alg: 'none' })}.${part(payload)}.`],
    [
      'it is signed with another secret',
      (header, payload) => sign(header, payload, 'another secret, also 32 bytes long'),
    ],
    [
      'it is signed with another algorithm',
      (header, payload) => sign({ ...header, alg: 'HS512' }, payload, undefined, 'sha512'),
    ],
    ['it names an unknown key', (header, payload) => sign({ ...header, kid: 'x' }, payload)],
    ['it is of another type', (header, payload) => sign({ ...header, typ: 'JWT' }, payload)],
    ['it is of another issuer', (header, payload) => sign(header, { ...payload, iss: 'x' })],
    ['it is for somebody else', (header, payload) => sign(header, { ...payload, aud: 'x' })],
    ['it has no end', (header, { exp: _, ...payload }) => sign(header, payload)],
    ['it begins later', (header, payload) => sign(header, { ...payload, nbf: Number(payload.nbf) + 60 })],
    [
      'it names another workspace',
      (header, payload) => sign(header, { ...payload, workspace: '00000000-0000-7000-8000-000000000000' }),
    ],
    ['it names nobody', (header, payload) => sign(header, { ...payload, sub: "' or 1=1" })],
  ]
  test.each(forgeries)('%s', async (_name, forge) => {
    const [header, payload] = decode(await tokenOf(owner.email))
    expect((await me(sign(header, payload))).status).toBe(200)
    expect((await me(forge(header, payload))).json.code).toBe('unauthenticated')
  })

  test('its quarter of an hour is over', async () => {
    const key = await tokenOf(owner.email)
    time += 15 * 60_000 + 1000
    expect((await me(key)).json.code).toBe('unauthenticated')
  })
})
