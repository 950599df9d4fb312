import { createLead, createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, owner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let listeners = 0

beforeAll(async () => {
  admin = await openAdmin()
  await admin.nest.user({ ...owner, role: 'owner' })
  session = cookieOf(await admin.post('/admin/sign-in', owner))
  const { subscribe } = admin.feed
  admin.feed.subscribe = (workspaceId, listener) => {
    const unsubscribe = subscribe(workspaceId, listener)
    listeners++
    return () => {
      listeners--
      unsubscribe()
    }
  }
})
afterAll(() => admin.close())

async function listen(headers: Record<string, string> = {}) {
  const answer = await admin.get('/admin/live', { ...session, ...headers })
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  return { answer, reader, next: async () => (await reader.read()).value }
}

const key = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const add = (workspaceId = admin.nest.workspaceId) =>
  createLead(admin.nest, workspaceId, { name: 'Ada', fields: {} }, key)

test('an open list hears of a lead of its own workspace, and of no other', async () => {
  const other = await createWorkspace(admin.nest, { name: 'Other' })
  const { answer, reader, next } = await listen()
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  expect(await next()).toContain('event: ready')

  const message = next()
  await add(other.id)
  const early = await Promise.race([message, new Promise((resolve) => setTimeout(resolve, 300, 'nothing'))])
  expect(early).toBe('nothing')
  await add()
  expect(await message).toBe('event: lead\ndata: \n\n')
  await reader.cancel()
  await expect.poll(() => listeners).toBe(0)
})

test('a browser that was away is told at once, for it may have missed something', async () => {
  const { reader, next } = await listen({ 'last-event-id': '0' })
  await next()
  expect(await next()).toContain('event: lead')
  await reader.cancel()
})

test('HEAD is answered as GET is, and leaves nobody listening', async () => {
  await expect.poll(() => listeners).toBe(0)
  const answer = await admin.app.request(`${origin}/admin/live`, { method: 'HEAD', headers: session })
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([200, 'text/event-stream', null])
  expect(listeners).toBe(0)
})

test('a stream ends with its session', async () => {
  const own = cookieOf(await admin.post('/admin/sign-in', owner))
  const { reader, next } = await listen(own)
  await next()
  await admin.post('/admin/sign-out', {}, own)
  await add()
  expect(await reader.read()).toEqual({ done: true, value: undefined })
})

test('without a session there is no stream', async () => {
  const answer = await admin.get('/admin/live')
  expect([answer.status, await answer.text()]).toEqual([401, 'Sign in first.'])
})

test('a server that stops ends its streams', async () => {
  const { reader, next } = await listen()
  await next()
  admin.feed.end()
  expect((await reader.read()).done).toBe(true)
  expect(listeners).toBe(0)
})
