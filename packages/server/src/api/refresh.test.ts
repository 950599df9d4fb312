import { disableUser, setPassword, sql } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
const password = 'correct horse battery'
const day = 86_400_000
interface Tokens {
  accessToken: string
  refreshToken: string
}

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  for (const role of ['owner', 'member'] as const)
    await server.nest.user({ email: `${role}@example.com`, password, role })
})
afterAll(() => server.close())

const login = async (email = 'owner@example.com', secret = password): Promise<Tokens> =>
  (await server.request('POST /v1/auth/login', { body: { email, password: secret } })).json
const refresh = (refreshToken: string) => server.request('POST /v1/auth/refresh', { body: { refreshToken } })
const logout = (refreshToken: string) => server.request('POST /v1/auth/logout', { body: { refreshToken } })
const alive = async ({ accessToken }: Tokens) =>
  (await server.request('GET /v1/me', { key: accessToken })).status === 200

test('a refresh gives a new access token and the next refresh token', async () => {
  const first = await login()
  time += 60_000
  const second = await refresh(first.refreshToken)
  expect(second.json).toEqual({
    accessToken: expect.any(String),
    refreshToken: expect.any(String),
    expiresIn: 900,
    tokenType: 'Bearer',
  })
  expect(second.json.refreshToken).not.toBe(first.refreshToken)
  expect([await alive(first), await alive(second.json)]).toEqual([true, true])
})

test('an app whose access token ran out refreshes and signs out though it sends it along', async () => {
  const first = await login()
  time += 16 * 60_000
  expect(await alive(first)).toBe(false)
  const as = { key: first.accessToken }
  const { refreshToken } = first
  const second = (await server.request('POST /v1/auth/refresh', { ...as, body: { refreshToken } })).json
  expect(await alive(second)).toBe(true)
  const body = { refreshToken: second.refreshToken }
  expect((await server.request('POST /v1/auth/logout', { ...as, body })).status).toBe(204)
  expect(await alive(second)).toBe(false)
})

test('only hashes of refresh tokens are stored', async () => {
  const { refreshToken } = await login()
  const stored = await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ row: string }>(
      sql`select r::text as row from refresh_tokens r where workspace_id = ${server.nest.workspaceId}`,
    ),
  )
  const secret = refreshToken.split('_').slice(1).join('_')
  expect(JSON.stringify(stored)).not.toContain(secret)
  expect(JSON.stringify(stored)).not.toContain(Buffer.from(secret, 'base64url').toString('hex'))
})

test('a token that was spent a while ago ends the whole session, for thief and owner alike', async () => {
  const first = await login()
  const second: Tokens = (await refresh(first.refreshToken)).json
  const other = await login()
  time += 11_000
  expect((await refresh(first.refreshToken)).json).toMatchObject({ status: 401, code: 'unauthenticated' })
  expect((await refresh(second.refreshToken)).json.code).toBe('unauthenticated')
  expect([await alive(first), await alive(second)]).toEqual([false, false])
  expect(await alive(other)).toBe(true)
})

test('refreshes in one moment log nobody out: each gets a token that goes on', async () => {
  const { refreshToken } = await login()
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refreshToken)))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(new Set(answers.map(({ json }) => json.refreshToken)).size).toBe(20)
  time += 9_000
  expect((await refresh(refreshToken)).status).toBe(200)
  time += 5_000
  for (const { json } of answers.slice(0, 3)) expect((await refresh(json.refreshToken)).status).toBe(200)
})

test('logging out ends the session with all its tokens, and no other', async () => {
  const [first, other] = [await login(), await login()]
  const second: Tokens = (await refresh(first.refreshToken)).json
  expect(await alive(second)).toBe(true)
  expect((await logout(first.refreshToken)).status).toBe(204)
  expect([await alive(first), await alive(second), await alive(other)]).toEqual([false, false, true])
  expect((await refresh(second.refreshToken)).status).toBe(401)
  expect((await logout(first.refreshToken)).status).toBe(204)
})

test('a refresh token is good for thirty days, and each refresh gives thirty more', async () => {
  const first = await login()
  time += 29 * day
  const second: Tokens = (await refresh(first.refreshToken)).json
  time += 29 * day
  const third: Tokens = (await refresh(second.refreshToken)).json
  time += 30 * day
  expect((await refresh(third.refreshToken)).json.code).toBe('unauthenticated')
})

test('a new password and a new role end the session', async () => {
  const before = await login('member@example.com')
  time += 10
  await setPassword(server.nest, 'member@example.com', 'another horse battery')
  expect([await alive(before), (await refresh(before.refreshToken)).status]).toEqual([false, 401])

  const after = await login('member@example.com', 'another horse battery')
  const { user } = (await server.request('GET /v1/me', { key: after.accessToken })).json
  const key = (await login()).accessToken
  time += 10
  await server.request(`PATCH /v1/members/${user.id}`, { key, body: { role: 'viewer' } })
  expect([await alive(after), (await refresh(after.refreshToken)).status]).toEqual([false, 401])
})

test('whoever is disabled is out at once, and comes back only by signing in', async () => {
  await server.nest.user({ email: 'disabled@example.com', password, role: 'viewer' })
  const before = await login('disabled@example.com')
  expect(await alive(before)).toBe(true)
  time += 10
  await disableUser(server.nest, 'disabled@example.com', true)
  expect([await alive(before), (await refresh(before.refreshToken)).status]).toEqual([false, 401])
  expect((await login('disabled@example.com')).accessToken).toBeUndefined()
  await disableUser(server.nest, 'disabled@example.com', false)
  expect([await alive(before), (await refresh(before.refreshToken)).status]).toEqual([false, 401])
  expect(await alive(await login('disabled@example.com'))).toBe(true)
})

test.each(['', 'x', 'ln_sk_x', `${'0'.repeat(32)}_${'A'.repeat(43)}`])('%j is no refresh token', async (token) => {
  expect((await refresh(token)).json).toMatchObject({ status: 401, code: 'unauthenticated' })
  expect((await logout(token)).status).toBe(204)
})

test('an answer with a refresh token is never kept for a replay', async () => {
  const { refreshToken } = await login()
  const headers = { 'idempotency-key': 'k' }
  expect((await server.request('POST /v1/auth/refresh', { body: { refreshToken }, headers })).json.code).toBe(
    'idempotency_unsupported',
  )
})
