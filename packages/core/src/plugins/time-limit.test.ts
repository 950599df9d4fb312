import { afterEach, expect, test } from 'vitest'
import { definePlugin } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { turnOf, within } from './run-plugin.ts'

let nest: TestNest
afterEach(() => nest.close())

const asker = definePlugin({ id: 'asker', name: 'Asker', capabilities: ['http:api.far.example'] })

test('what a plugin sends ends when its time is up, without its handing a signal on; its own signal goes before', async () => {
  const ended: unknown[] = []
  nest = await testNest({
    plugins: [asker],
    outbound: (_url, init) =>
      new Promise((_, fail) => {
        init!.signal!.addEventListener('abort', () => {
          ended.push(init!.signal!.reason)
          fail(init!.signal!.reason)
        })
      }),
  })
  const { context } = (await turnOf(nest, nest.workspaceId, asker))!
  const tooLong = 'The plugin asker took more than 0.02 s.'
  await expect(within(20, asker, () => context.fetch('https://api.far.example/slow'))).rejects.toThrow(tooLong)
  expect(ended).toEqual([new Error(tooLong)])
  const own = AbortSignal.abort('enough')
  await expect(within(20, asker, () => context.fetch('https://api.far.example/slow', { signal: own }))).rejects.toThrow(
    tooLong,
  )
  expect(ended).toHaveLength(1)
})

test('an answer that a plugin hands on is read after its time', async () => {
  const held: AbortSignal[] = []
  nest = await testNest({
    plugins: [asker],
    outbound: async (_url, init) => {
      held.push(init!.signal!)
      return new Response('a long recording')
    },
  })
  const { context } = (await turnOf(nest, nest.workspaceId, asker))!
  const answer = await within(20, asker, () => context.fetch('https://api.far.example/recording'))
  const up = Promise.withResolvers<void>()
  AbortSignal.timeout(40).addEventListener('abort', () => up.resolve())
  await up.promise
  expect(held[0]!.aborted).toBe(false)
  expect(await answer.text()).toBe('a long recording')
})
