import { type TestNest, testNest } from '@leadnest/core/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pluginHello } from './index.ts'

let nest: TestNest

beforeEach(async () => {
  nest = await testNest({
    plugins: [pluginHello()],
    settings: { 'plugin-hello': { greeting: 'Good morning', account: 'A1', token: 't0ken' } },
    clock: '2027-03-01T09:00:00Z',
  })
})
afterEach(() => nest.close())

const notes = async () => (await nest.events('note.added')).length

test('whoever sends a form is greeted, and asked after three days', async () => {
  await nest.capture('contact', { email: 'ada@example.com', name: 'Ada' })
  await nest.settle()
  expect(await notes()).toBe(1)
  expect(await nest.jobs('plugin-hello')).toMatchObject([{ name: 'ask', runAt: '2027-03-04T09:00:00.000Z' }])

  await nest.clock.advance({ days: 3 })
  expect(await notes()).toBe(2)
})

test('another system sends people, with the token of its account', async () => {
  const send = (token: string) =>
    nest.request('POST', '/plugins/plugin-hello/people/A1', {
      headers: { authorization: `Bearer ${token}` },
      body: { email: 'ben@example.com' },
    })
  expect((await send('wrong')).status).toBe(401)
  expect((await send('t0ken')).status).toBe(201)
  expect(await nest.events('lead.created')).toMatchObject([{ actor: { type: 'plugin', id: 'plugin-hello' } }])
})
