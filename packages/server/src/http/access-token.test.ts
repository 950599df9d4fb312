import { createHmac, generateKeyPairSync, sign as signRsa } from 'node:crypto'
import { newId } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'
import { createAccessTokens } from './access-token.ts'

type Part = Record<string, unknown>
let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
const password = 'correct horse battery'
const secret = 'a JWT secret of tests, 32 bytes long'
let strangerId: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  await server.nest.user({ email: 'owner@example.com', password })
  strangerId = (await server.nest.user({ email: 'other@example.com', password })).id
})
afterAll(() => server.close())

const loggedIn = async (): Promise<string> =>
  (await server.request('POST /v1/auth/login', { body: { email: 'owner@example.com', password } })).json.accessToken
const me = (authorization: string) => server.request('GET /v1/me', { headers: { authorization } })

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const parts = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map((text) => JSON.parse(Buffer.from(text, 'base64url').toString())) as [Part, Part]
const mac = (body: string, key = secret, hash = 'sha256') =>
  `${body}.${createHmac(hash, key).update(body).digest('base64url')}`
const sign = (header: Part, payload: Part, key?: string, hash?: string) =>
  mac(`${part(header)}.${part(payload)}`, key, hash)
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const without = (payload: Part, name: string) => Object.fromEntries(Object.entries(payload).filter(([n]) => n !== name))

/** Each is made of a token that is good, and signed with the right secret unless that is what is forged. */
const forgeries: [string, (header: Part, payload: Part, token: string) => string][] = [
  ['alg none, without a signature', (h, p) => `${part({ ...h, alg: 'none' })}.${part(p)}.`],
  ['alg None, with the old signature', (h, p, t) => `${part({ ...h, alg: 'None' })}.${part(p)}.${t.split('.')[2]}`],
  ['another secret', (h, p) => sign(h, p, 'another secret, also 32 bytes long')],
  ['an empty secret', (h, p) => sign(h, p, '')],
  ['its public kid as the secret', (h, p) => sign(h, p, String(h.kid))],
  ['HS512 with the right secret', (h, p) => sign({ ...h, alg: 'HS512' }, p, secret, 'sha512')],
  [
    'RS256 with a key of its own, brought along',
    (h, p) => {
      const body = `${part({ ...h, alg: 'RS256', jwk: rsa.publicKey.export({ format: 'jwk' }) })}.${part(p)}`
      return `${body}.${signRsa('sha256', Buffer.from(body), rsa.privateKey).toString('base64url')}`
    },
  ],
  [
    'HS256 with a public key as the secret',
    (h, p) => sign(h, p, rsa.publicKey.export({ format: 'pem', type: 'spki' }) as string),
  ],
  ['a kid that is not ours', (h, p) => sign({ ...h, kid: '../../dev/null' }, p)],
  ['no kid', (h, p) => sign(without(h, 'kid'), p)],
  ['the type of an ID token', (h, p) => sign({ ...h, typ: 'JWT' }, p)],
  ['no type', (h, p) => sign(without(h, 'typ'), p)],
  ['a critical header that we do not know', (h, p) => sign({ ...h, crit: ['admin'], admin: true }, p)],
  ['another issuer', (h, p) => sign(h, { ...p, iss: 'https://evil.example' })],
  ['another audience', (h, p) => sign(h, { ...p, aud: 'leadnest-admin' })],
  ['an end that is over', (h, p) => sign(h, { ...p, exp: Number(p.nbf) - 1 })],
  ['no end', (h, p) => sign(h, without(p, 'exp'))],
  ['an end in words', (h, p) => sign(h, { ...p, exp: 'never' })],
  ['a beginning that is to come', (h, p) => sign(h, { ...p, nbf: Number(p.nbf) + 60 })],
  ['no beginning', (h, p) => sign(h, without(p, 'nbf'))],
  ['no session', (h, p) => sign(h, without(p, 'sid'))],
  ['a session that there is not', (h, p) => sign(h, { ...p, sid: newId() })],
  ['another user with this session', (h, p) => sign(h, { ...p, sub: strangerId })],
  ['another workspace with this session', (h, p) => sign(h, { ...p, workspace: newId() })],
  ['SQL for a user', (h, p) => sign(h, { ...p, sub: "' or 1=1" })],
  ['a payload changed after signing', (h, p, t) => `${part(h)}.${part({ ...p, sub: strangerId })}.${t.split('.')[2]}`],
  ['a header changed after signing', (h, p, t) => `${part({ ...h, x: 1 })}.${part(p)}.${t.split('.')[2]}`],
  ['a cut signature', (_h, _p, t) => t.slice(0, -4)],
  ['two payloads', (h, p, t) => `${part(h)}.${part(p)}.${part(p)}.${t.split('.')[2]}`],
  ['a payload that is no JSON', (h) => mac(`${part(h)}.${Buffer.from('{').toString('base64url')}`)],
]

describe('a token is refused with', () => {
  test.each(forgeries)('%s', async (_name, forge) => {
    const token = await loggedIn()
    const [header, payload] = parts(token)
    expect((await me(`Bearer ${sign(header, payload)}`)).status).toBe(200)
    const refused = await me(`Bearer ${forge(header, payload, token)}`)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(refused.json).toMatchObject({ status: 401, code: 'unauthenticated' })
  })

  test.each([
    ['the header twice', (token: string) => `Bearer ${token}, Bearer ${token}`],
    ['another scheme', (token: string) => `Basic ${token}`],
    ['no scheme', (token: string) => token],
  ])('%s', async (_name, header) => {
    expect((await me(header(await loggedIn()))).json.code).toBe('unauthenticated')
  })

  test('its quarter of an hour over', async () => {
    const token = await loggedIn()
    time += 15 * 60_000 + 1000
    expect((await me(`Bearer ${token}`)).json.code).toBe('unauthenticated')
  })
})

test('a server whose clock is a little behind takes a token at once, and one that is far behind does not', async () => {
  const token = await loggedIn()
  time -= 3000
  expect((await me(`Bearer ${token}`)).status).toBe(200)
  time -= 3000
  expect((await me(`Bearer ${token}`)).json.code).toBe('unauthenticated')
  time += 6000
})

test('while a secret is changed, the tokens of the old one are good until it is taken away', async () => {
  const login = (await server.request('POST /v1/auth/login', { body: { email: 'owner@example.com', password } })).json
  const [, { sid, sub, workspace }] = parts(login.accessToken)
  const of = (jwtSecrets: string[]) => createAccessTokens(server.nest, { jwtSecrets, ttlMinutes: 15 })
  const [before, during, after] = [of(['old secret']), of(['new secret', 'old secret']), of(['new secret'])]
  const session = { sessionId: String(sid), userId: String(sub), workspaceId: String(workspace) }
  const [old, fresh] = await Promise.all(
    [before, during].map(async (tokens) => (await tokens.issue(session)).accessToken),
  )
  expect(await during.principalOf(old!)).toMatchObject({ user: { id: sub } })
  expect(await during.principalOf(fresh!)).toMatchObject({ user: { id: sub } })
  expect(await after.principalOf(fresh!)).toMatchObject({ user: { id: sub } })
  expect(await after.principalOf(old!)).toBeUndefined()
  expect(await before.principalOf(fresh!)).toBeUndefined()
})
