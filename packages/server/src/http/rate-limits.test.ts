import { sql } from '@leadnest/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'
import { createLimiter, type Limiter } from './limiter.ts'
import { noLimits } from './rate-limits.ts'

let server: TestServer
const counted = () =>
  server.nest.outside((tx) =>
    tx.query<{ points: number }>(sql`select key, points, expire from rate_limits order by key`),
  )
const passed = (answers: { status: number }[]) => answers.filter(({ status }) => status !== 429).length

describe('200 requests a minute', () => {
  let key: string
  const list = (init: Parameters<TestServer['request']>[1] = { key }) => server.request('GET /v1/leads', init)
  const times = async (count: number, send: (i: number) => ReturnType<typeof list>) => {
    const answers = []
    for (let i = 0; i < count; i++) answers.push(await send(i))
    return answers
  }

  beforeEach(async () => {
    server = await testServer({ limits: { ...noLimits, perMinute: 200, submitPerMinute: 30 }, trustedProxyHops: 0 })
    key = await server.nest.key()
  })
  afterEach(async () => {
    vi.useRealTimers()
    await server.close()
  })

  test('exactly 200 of a key pass, the 201st is refused and told until when, and a minute later it passes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const answers = await times(200, () => list())
    expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200))
    expect(answers[0]!.headers.get('ratelimit-policy')).toBe('"default";q=200;w=60')
    expect(answers.map(({ headers }) => headers.get('ratelimit'))).toEqual(
      Array.from({ length: 200 }, (_, i) => `"default";r=${199 - i};t=60`),
    )

    const before = await counted()
    const refused = await list()
    expect(refused.json).toMatchObject({ status: 429, code: 'rate_limited', requestId: expect.any(String) })
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(refused.headers.get('retry-after')).toBe('60')
    expect(refused.headers.get('ratelimit')).toBe('"default";r=0;t=60')
    expect(await counted()).toEqual(before)

    vi.setSystemTime(Date.now() + 60_001)
    expect((await list()).headers.get('ratelimit')).toBe('"default";r=199;t=60')
  })

  test('also of 300 at once', async () => {
    expect(passed(await Promise.all(Array.from({ length: 300 }, () => list())))).toBe(200)
  })

  test('each key and each address has its own; what an address claims to be changes nothing', async () => {
    const forged = (i: number) => list({ headers: { 'x-forwarded-for': `203.0.113.${i}` } })
    expect(passed(await times(205, forged))).toBe(200)
    expect((await list({ from: '192.0.2.2' })).status).toBe(401)
    expect((await list()).status).toBe(200)
    expect((await list({ key: await server.nest.key(), from: '192.0.2.1' })).status).toBe(200)
  })

  test('of IPv6 a /64 is one address', async () => {
    expect(passed(await times(205, (i) => list({ from: `2001:db8:1:2::${i.toString(16)}` })))).toBe(200)
    expect((await list({ from: '2001:db8:1:3::1' })).status).toBe(401)
  })

  test('guessing keys is counted by address', async () => {
    const guess = (i: number) => list({ key: `ln_sk_${i}` })
    expect(passed(await times(205, guess))).toBe(200)
    expect((await guess(1)).json.code).toBe('rate_limited')
  })

  test('guessed keys cost the database no more than the limit, and shut nobody out who was let in before', async () => {
    await list({ key, from: '192.0.2.2' })
    const keys = await Promise.all(Array.from({ length: 220 }, () => server.nest.key()))
    const wrong = (i: number) => list({ key: `${keys[i]!.slice(0, -3)}AAA` })
    const lookUps = vi.spyOn(server.nest, 'inWorkspace')
    expect(passed(await Promise.all(keys.map((_, i) => wrong(i))))).toBe(200)
    expect(lookUps).toHaveBeenCalledTimes(200)
    expect((await list({ key: keys[0]! })).json.code).toBe('rate_limited')
    expect((await list({ key: keys[0]!, from: '192.0.2.2' })).status).toBe(200)
    expect((await list()).status).toBe(200)
    expect((await server.request('GET /v1/forms/contact')).status).toBe(200)
  })

  test('health, assets and admin pages do not count', async () => {
    await times(205, () => list({}))
    for (const path of ['/healthz', '/readyz', '/admin/sign-in', '/openapi.json', '/demo', '/f/form.css']) {
      const answer = await server.request(`GET ${path}`)
      expect([path, answer.status, answer.headers.get('ratelimit')]).not.toContain(429)
      expect([path, answer.headers.get('ratelimit')]).toEqual([path, null])
    }
  })

  test('30 forms a minute may be sent from one address; a server with its key sends more; what is refused is not stored', async () => {
    const submit = (i: number, init: object = {}) =>
      server.request('POST /v1/forms/contact/submissions', {
        body: { fields: { email: `visitor${i}@example.com` } },
        headers: { origin },
        ...init,
      })
    const publishable = await server.nest.key({ kind: 'publishable', scopes: [] })
    const answers = await times(35, (i) => submit(i, i % 2 ? { key: publishable } : {}))
    expect(answers.map(({ status }) => status)).toEqual([...Array(30).fill(201), ...Array(5).fill(429)])
    const [first, last] = [answers[0]!.headers, answers.at(-1)!.headers]
    expect(first.get('ratelimit-policy')).toBe('"default";q=200;w=60, "submit";q=30;w=60')
    expect(first.get('ratelimit')).toBe('"default";r=199;t=60, "submit";r=29;t=60')
    expect([last.get('access-control-allow-origin'), last.get('access-control-expose-headers')]).toEqual([
      origin,
      expect.stringContaining('RateLimit'),
    ])

    const page = await server.request('POST /f/contact', {
      raw: 'email=visitor@example.com',
      headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect([page.status, page.headers.get('content-type')]).toEqual([429, 'text/html; charset=UTF-8'])
    expect(page.headers.get('retry-after')).toMatch(/^\d+$/)
    expect((await submit(99, { key })).status).toBe(201)
    expect((await submit(98, { from: '192.0.2.9' })).status).toBe(201)

    const { workspaceId } = server.nest
    const [stored] = await server.nest.inWorkspace(workspaceId, (tx) =>
      tx.query<{ count: number }>(sql`select count(*) from submissions where workspace_id = ${workspaceId}`),
    )
    expect(stored).toEqual({ count: 32 })
  })
})

describe('several processes', () => {
  beforeEach(async () => void (server = await testServer()))
  afterEach(() => server.close())
  const process = (limit = 200) => createLimiter(server.nest, { name: 'default', limit })
  const take = async (limiters: Limiter[], count: number, atOnce = 1) => {
    let allowed = 0
    for (let i = 0; i < count; i += atOnce) {
      const standings = await Promise.all(
        Array.from({ length: atOnce }, (_, j) => limiters[(i + j) % limiters.length]!.take('somebody')),
      )
      allowed += standings.filter(({ allowed }) => allowed).length
    }
    return allowed
  }

  test.each([1, 50, 400])('share a limit within 5 %, %i at once', async (atOnce) => {
    const allowed = await take([process(), process()], 400, atOnce)
    expect(allowed).toBeGreaterThanOrEqual(190)
    expect(allowed).toBeLessThanOrEqual(210)
  })

  test('one that comes when all is gone lets through no more than its first 5 %', async () => {
    const [first, second] = [process(), process()]
    expect(await take([first], 250)).toBe(200)
    expect(await take([second], 250)).toBe(10)
  })

  test('whoever comes rarely costs no query, and a lot of requests few', async () => {
    const limiter = process(1000)
    await take([limiter], 50)
    expect(await counted()).toEqual([])
    const query = vi.spyOn(server.nest.pool, 'query')
    await take([limiter], 950)
    expect(query.mock.calls.length).toBe(19)
    expect((await counted()).map(({ points }) => points)).toEqual([1000])
  })

  test('a limit lower than 20 is exact', async () => {
    expect(await take([process(7)], 20)).toBe(7)
  })

  test('without the table each counts alone, and nothing fails', async () => {
    await server.nest.pool.query('alter table rate_limits rename to gone')
    expect(await take([process(), process()], 500)).toBe(400)
    await server.nest.pool.query('alter table gone rename to rate_limits')
  })
})
