import { afterAll, beforeAll, expect, test } from 'vitest'
import { pluginHello } from '../../../../examples/plugin-hello/src/index.ts'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [pluginHello()] })
})
afterAll(() => server.close())

test('the example lists nobody until somebody was greeted', async () => {
  const key = await server.nest.key()
  const greeted = async () => (await server.request('GET /v1/plugin-hello/greeted', { key })).json
  expect(await greeted()).toEqual({ names: [] })
  await server.nest.capture('contact', { email: 'ada@example.com', name: 'Ada' })
  await server.nest.settle()
  expect(await greeted()).toEqual({ names: ['Ada'] })
})
