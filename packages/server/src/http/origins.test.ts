import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  // What nobody expects: a table that is gone.
  await server.nest.pool.query('alter table score_rules rename to gone')
})
afterAll(() => server.close())

type Init = Parameters<TestServer['request']>[1]
const email = 'ada@example.com'

const answers: [number, string, () => Init][] = [
  [200, 'GET /v1/leads', () => ({ key })],
  [400, 'POST /v1/leads', () => ({ key, raw: '{' })],
  [401, 'GET /v1/leads', () => ({})],
  [401, 'GET /v1/leads', () => ({ key: 'ln_sk_wrong' })],
  [403, 'POST /v1/workspaces', () => ({ key, body: { name: 'X' } })],
  [404, 'GET /v1/leads/nobody', () => ({ key })],
  [404, 'GET /v1/nothing', () => ({ key })],
  [405, 'PUT /v1/leads', () => ({ key, body: {} })],
  [413, 'POST /v1/leads', () => ({ key, raw: `{"name":"${'x'.repeat(70_000)}"}` })],
  [415, 'POST /v1/leads', () => ({ key, body: { email }, headers: { 'content-type': 'text/plain' } })],
  [422, 'POST /v1/leads', () => ({ key, body: { email: 1 } })],
  [500, 'GET /v1/score-rules', () => ({ key })],
]

test.each(answers)('a listed page can read a %i of %s, another page cannot', async (status, route, init) => {
  const from = async (origin: string) => {
    const { headers = {}, ...rest } = init() ?? {}
    const answer = await server.request(route, { ...rest, headers: { ...headers, origin } })
    return [answer.status, answer.headers.get('access-control-allow-origin'), answer.headers.get('vary')]
  }
  expect(await from('https://app.example.com')).toEqual([status, 'https://app.example.com', 'Origin'])
  expect(await from('https://app.example.com.evil.example')).toEqual([status, null, 'Origin'])
})
