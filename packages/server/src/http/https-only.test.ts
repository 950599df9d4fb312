import { afterAll, beforeAll, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ production: true, trustedProxyHops: 1 })
})
afterAll(() => server.close())

const over = (proto: string) => ({ headers: { 'x-forwarded-proto': proto } })

test('in production, what comes over plain http is led to https, and nothing is taken', async () => {
  const led = await server.request('GET /admin/leads?q=a%2Fb', over('http'))
  expect([led.status, led.headers.get('location')]).toEqual([308, `${origin}/admin/leads?q=a%2Fb`])
  expect((await server.request('GET //evil.example/x', over('http'))).headers.get('location')).toBe(
    `${origin}//evil.example/x`,
  )
  const sent = await server.request('POST /v1/auth/login', { body: { email: 'a@b.c', password: 'x' }, ...over('http') })
  expect(sent.json).toMatchObject({ status: 403, code: 'forbidden' })
  const page = 'https://app.example.com'
  const asked = await server.request('POST /v1/leads', { body: {}, headers: { ...over('http').headers, origin: page } })
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([403, page])
})

test('https, what the proxy does not say, and what somebody says before it, go on', async () => {
  expect((await server.request('GET /v1/leads', over('https'))).status).toBe(401)
  expect((await server.request('GET /v1/leads', over('http, https'))).status).toBe(401)
  expect((await server.request('GET /v1/leads')).status).toBe(401)
  expect((await server.request('GET /healthz', over('http'))).status).toBe(200)
})
