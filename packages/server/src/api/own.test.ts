import { findSession, signIn, sql } from '@leadnest/core'
import { generateHOTP } from '@oslojs/otp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
const password = 'correct horse battery'
const wrong = 'wrong horse battery'

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
})
afterAll(() => server.close())

/** Somebody of their own for each test, and how they ask. */
async function person(name: string) {
  const email = `${name}@example.com`
  const user = await server.nest.user({ email, password, role: 'viewer' })
  const login = (more: object = {}) => server.request('POST /v1/auth/login', { body: { email, password, ...more } })
  const { accessToken, refreshToken } = (await login()).json
  const ask = (route: string, body?: object, key = accessToken) => server.request(route, { key, ...(body && { body }) })
  return { user, email, login, ask, accessToken, refreshToken }
}
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
function codeOf(secret: string, at = time): string {
  const bits = [...secret].map((letter) => base32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Uint8Array.from(bits.match(/.{8}/g)!.map((byte) => Number.parseInt(byte, 2)))
  return generateHOTP(key, BigInt(Math.floor(at / 30_000)), 6)
}
async function withTotp(name: string) {
  const someone = await person(name)
  const { secret, uri } = (await someone.ask('POST /v1/me/totp', { password })).json
  const confirmed = await someone.ask('POST /v1/me/totp/confirm', { code: codeOf(secret) })
  time += 60_000
  return { ...someone, secret: secret as string, uri: uri as string, codes: confirmed.json.recoveryCodes as string[] }
}
const changes = (userId: string) =>
  server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ data: { changed: string[] } }>(sql`
      select data from events where workspace_id = ${server.nest.workspaceId} and type = 'user.updated'
        and data->>'userId' = ${userId} order by xid`),
  )

test('everybody changes their own name; a key has none', async () => {
  const { ask, user } = await person('named')
  expect((await ask('PATCH /v1/me', { name: ' Ada ' })).json).toEqual({ ...user, name: 'Ada' })
  expect((await ask('GET /v1/me')).json.user.name).toBe('Ada')
  expect((await ask('PATCH /v1/me', { name: '' })).json.name).toBeNull()
  expect((await changes(user.id)).map(({ data }) => data.changed)).toEqual([['name'], ['name']])
  expect((await ask('PATCH /v1/me', { name: 'x'.repeat(101) })).json.errors).toMatchObject([{ path: 'name' }])
  expect((await ask('PATCH /v1/me', { name: 'X' }, await server.nest.key())).json.code).toBe('forbidden')
})

test('a new password needs the old one, and ends every session and token', async () => {
  const { ask, login, email, user, refreshToken } = await person('changed')
  const browser = await signIn(server.nest, { email, password })
  const change = (current: string, to: string) => ask('POST /v1/me/password', { current, password: to })
  expect((await change(wrong, 'another horse battery')).json).toMatchObject({
    status: 401,
    errors: [{ path: 'current' }],
  })
  expect((await change(password, 'short')).json.errors).toMatchObject([{ path: 'password' }])
  expect((await ask('GET /v1/me')).status).toBe(200)
  time += 10
  expect((await change(password, 'another horse battery')).status).toBe(204)
  expect((await ask('GET /v1/me')).status).toBe(401)
  expect((await server.request('POST /v1/auth/refresh', { body: { refreshToken } })).status).toBe(401)
  expect(await findSession(server.nest, browser.token)).toBeNull()
  expect([(await login()).status, (await login({ password: 'another horse battery' })).status]).toEqual([401, 200])
  expect((await changes(user.id)).map(({ data }) => data.changed)).toEqual([['password']])
})

test('sessions are seen and ended by whose they are, and by nobody else', async () => {
  const [ada, ben] = [await person('ada'), await person('ben')]
  time += 10
  const browser = await signIn(server.nest, { email: ada.email, password })
  const { data } = (await ada.ask('GET /v1/me/sessions')).json
  expect(data).toMatchObject([{ kind: 'browser' }, { kind: 'app', workspaceId: server.nest.workspaceId }])
  expect((await ben.ask(`DELETE /v1/me/sessions/${data[0].id}`)).json.code).toBe('not_found')
  expect(await findSession(server.nest, browser.token)).not.toBeNull()
  expect((await ada.ask(`DELETE /v1/me/sessions/${data[0].id}`)).status).toBe(204)
  expect(await findSession(server.nest, browser.token)).toBeNull()
  await ada.ask(`DELETE /v1/me/sessions/${data[1].id}`)
  expect((await ada.ask('GET /v1/me')).status).toBe(401)
  expect((await ben.ask('GET /v1/me')).status).toBe(200)
})

test('a code is asked for after the right password only', async () => {
  const { login, secret } = await withTotp('two-steps')
  expect((await login({ password: wrong })).json.code).toBe('unauthenticated')
  expect((await login({ password: wrong, totp: codeOf(secret) })).json.code).toBe('unauthenticated')
  expect((await login()).json).toMatchObject({ status: 401, code: 'totp_required' })
  expect((await login({ totp: '000000' })).json).toMatchObject({ code: 'unauthenticated', errors: [{ path: 'totp' }] })
  expect((await login({ totp: codeOf(secret) })).status).toBe(200)
})

test('a code works once, also in the same moment, and half a minute around its own', async () => {
  const { login, secret } = await withTotp('once')
  const totp = codeOf(secret)
  const answers = await Promise.all([login({ totp }), login({ totp }), login({ totp })])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  time += 120_000
  expect((await login({ totp: codeOf(secret, time - 60_000) })).status).toBe(401)
  expect((await login({ totp: codeOf(secret, time - 30_000) })).status).toBe(200)
  expect((await login({ totp: codeOf(secret, time + 60_000) })).status).toBe(401)
  expect((await login({ totp: codeOf(secret, time + 30_000) })).status).toBe(200)
  // One that lies before the last is spent too.
  expect((await login({ totp: codeOf(secret) })).status).toBe(401)
})

test('each of ten recovery codes works once, as it is written or typed', async () => {
  const { login, ask, codes } = await withTotp('recovered')
  expect(new Set(codes).size).toBe(10)
  const [first, second] = codes as [string, string]
  expect((await login({ totp: first })).status).toBe(200)
  expect((await login({ totp: first })).status).toBe(401)
  expect((await login({ totp: ` ${second.toUpperCase().replaceAll('-', ' ')}` })).status).toBe(200)
  expect((await ask('GET /v1/me/totp')).json).toEqual({ enabled: true, recoveryCodesLeft: 8 })
})

test('neither the secret nor the recovery codes are stored as they are', async () => {
  const { secret, codes } = await withTotp('sealed')
  const stored = JSON.stringify(
    await server.nest.outside((tx) =>
      tx.query(sql`select t::text, r::text from user_totp t join recovery_codes r using (user_id)`),
    ),
  )
  expect(stored).not.toContain(secret)
  for (const code of codes) expect(stored).not.toContain(code.replaceAll('-', ''))
})

test('it is turned on with the password and a code, and off with both', async () => {
  const { ask, login, user, secret, uri } = await withTotp('on-and-off')
  expect(uri).toBe(
    `otpauth://totp/LeadNest:on-and-off%40example.com?issuer=LeadNest&algorithm=SHA1&secret=${secret}&period=30&digits=6`,
  )
  expect((await ask('POST /v1/me/totp', { password })).json.code).toBe('invalid_input')
  expect((await ask('POST /v1/me/totp/disable', { password: wrong, code: codeOf(secret) })).json.errors).toMatchObject([
    { path: 'password' },
  ])
  expect((await ask('POST /v1/me/totp/disable', { password, code: '000000' })).json.errors).toMatchObject([
    { path: 'code' },
  ])
  expect((await ask('POST /v1/me/totp/disable', { password, code: codeOf(secret) })).status).toBe(204)
  expect((await login()).status).toBe(200)
  expect((await changes(user.id)).map(({ data }) => data.changed)).toEqual([['totp'], ['totp']])

  expect((await ask('POST /v1/me/totp', { password: wrong })).json.errors).toMatchObject([{ path: 'password' }])
  const begun = (await ask('POST /v1/me/totp', { password })).json
  expect(begun.secret).not.toBe(secret)
  expect((await ask('POST /v1/me/totp/confirm', { code: '000000' })).json.errors).toMatchObject([{ path: 'code' }])
  expect((await login()).status).toBe(200)
  expect((await ask('GET /v1/me/totp')).json).toEqual({ enabled: false, recoveryCodesLeft: 0 })
})
