import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, owner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin()
  await admin.nest.user({ ...owner, role: 'owner' })
  session = cookieOf(await admin.post('/admin/sign-in', owner))
})
afterAll(() => admin.nest.close())

async function listen(headers: Record<string, string> = {}) {
  const answer = await admin.get('/admin/live', { ...session, ...headers })
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  return { answer, reader, next: async () => (await reader.read()).value }
}

test('an open list hears of a lead of its own workspace, and of no other', async () => {
  const { answer, reader, next } = await listen()
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  expect(await next()).toContain('event: ready')
  admin.tell('0198c5f0-0000-7000-8000-000000000000')
  admin.tell(admin.nest.workspaceId)
  expect(await next()).toBe('event: lead\ndata: \n\n')
  await reader.cancel()
  await expect.poll(() => admin.listeners.size).toBe(0)
})

test('a browser that was away is told at once, for it may have missed something', async () => {
  const { reader, next } = await listen({ 'last-event-id': '0' })
  await next()
  expect(await next()).toContain('event: lead')
  await reader.cancel()
})

test('a stream ends with its session', async () => {
  const own = cookieOf(await admin.post('/admin/sign-in', owner))
  const { reader, next } = await listen(own)
  await next()
  await admin.post('/admin/sign-out', {}, own)
  admin.tell(admin.nest.workspaceId)
  expect(await reader.read()).toEqual({ done: true, value: undefined })
})

test('without a session there is no stream', async () => {
  const answer = await admin.get('/admin/live')
  expect([answer.status, await answer.text()]).toEqual([401, 'Sign in first.'])
})

test('a server that stops ends its streams', async () => {
  const { reader, next } = await listen()
  await next()
  admin.closing.abort()
  expect((await reader.read()).done).toBe(true)
  expect(admin.listeners.size).toBe(0)
})
