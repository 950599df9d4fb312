import { sql } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
const owner = { email: 'owner@example.com', password: 'correct horse battery' }

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time), loginFailures: 10 })
  await server.nest.user(owner)
})
beforeEach(() => void (time += 16 * 60_000))
afterAll(() => server.close())

const login = (body: object, from: string) => server.request('POST /v1/auth/login', { body, from })
const wrong = (email: string, from: string) => login({ email, password: 'wrong horse battery' }, from)
const statuses = async (answers: Promise<{ status: number }>[]) =>
  (await Promise.all(answers)).map(({ status }) => status).sort()
const addresses = (count: number) => Array.from({ length: count }, (_, i) => `198.51.100.${i}`)
const rows = () =>
  server.nest.outside((tx) =>
    tx.query<{ points: number }>(sql`select key, points, expire from rate_limits order by key`),
  )

test.each(['owner@example.com', 'nobody@example.com', 'no address'])(
  'ten tries at %s may fail in a quarter of an hour, however many come at once and from wherever',
  async (email) => {
    const answers = await statuses(addresses(30).map((from) => wrong(email, from)))
    expect(answers).toEqual([...Array(10).fill(401), ...Array(20).fill(429)])
  },
)

test('the account stays shut for the right password too, says until when, and opens again', async () => {
  for (const from of addresses(10)) await wrong(owner.email, from)
  const before = await rows()
  const shut = await login(owner, '203.0.113.9')
  expect(shut.json).toMatchObject({ status: 429, code: 'rate_limited', detail: expect.stringContaining('15 minutes') })
  expect(shut.headers.get('retry-after')).toBe('900')
  expect(await rows()).toEqual(before)

  time += 15 * 60_000
  expect((await login(owner, '203.0.113.9')).status).toBe(200)
})

test('ten tries from one address may fail, whatever the account; of IPv6 that is a /64', async () => {
  const tries = Array.from({ length: 15 }, (_, i) => wrong(`guess${i}@example.com`, `2001:db8:1:2::${i + 1}`))
  expect(await statuses(tries)).toEqual([...Array(10).fill(401), ...Array(5).fill(429)])
  expect((await login(owner, '2001:db8:1:2:ffff::')).status).toBe(429)
  expect((await login(owner, '2001:db8:1:3::1')).status).toBe(200)
})

test('who signs in with the right password is never counted', async () => {
  for (let i = 0; i < 12; i++) expect((await login(owner, '203.0.113.10')).status).toBe(200)
  expect((await rows()).every(({ points }) => points <= 10)).toBe(true)
  expect((await wrong(owner.email, '203.0.113.10')).status).toBe(401)
})

test('the admin and the API count together', async () => {
  const signIn = (password: string) =>
    server.request('POST /admin/sign-in', {
      raw: new URLSearchParams({ email: owner.email, password }).toString(),
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    })
  for (const from of addresses(5)) await wrong(owner.email, from)
  for (let i = 0; i < 5; i++) expect((await signIn('wrong horse battery')).status).toBe(422)
  const shut = await signIn(owner.password)
  expect(shut.status).toBe(429)
  expect(shut.headers.get('retry-after')).toBe('900')
})

test('nothing in the table tells whose address or account it was', async () => {
  await wrong(owner.email, '203.0.113.11')
  expect(JSON.stringify(await rows())).not.toMatch(/owner|203\.0|example/)
})
