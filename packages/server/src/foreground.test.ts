import { setImmediate } from 'node:timers/promises'
import { defineApi, definePlugin } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

const slow = { begun: Promise.withResolvers<void>(), end: Promise.withResolvers<void>() }
const slowly = definePlugin({
  id: 'slowly',
  name: 'Slowly',
  api: defineApi(
    { 'GET /v1/slowly': { summary: 'Take your time', access: 'leads:read', returns: v.object({ done: v.boolean() }) } },
    {
      'GET /v1/slowly': async () => {
        slow.begun.resolve()
        await slow.end.promise
        return { done: true }
      },
    },
  ),
})

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [slowly] })
})
afterAll(() => server.close())

test('what nobody waits for lets a request go first', async () => {
  const key = await server.nest.key()
  // It counts for 100 ms, which a busy machine may need to read the key.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const answer = server.request('GET /v1/slowly', { key })
  await slow.begun.promise
  let begun = false
  const batch = server.nest.foreground.behind(async () => {
    begun = true
  })
  for (let i = 0; i < 5; i++) await setImmediate()
  expect(begun).toBe(false)
  slow.end.resolve()
  expect((await answer).json).toEqual({ done: true })
  await batch
  expect(begun).toBe(true)
})
