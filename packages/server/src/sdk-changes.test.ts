import { createLeadNest } from '@leadnest/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

let server: TestServer
let leadnest: ReturnType<typeof createLeadNest>

beforeAll(async () => {
  server = await testServer()
  leadnest = createLeadNest({ url: await server.listen(), key: await server.nest.key() })
})
afterAll(() => server.close())

test('a lead is edited, tagged, moved and deleted', async () => {
  const { id } = await leadnest.leads.create({ email: 'ada@example.com' })
  expect(await leadnest.leads.update(id, { stage: 'won', company: 'Engines' })).toMatchObject({
    stage: 'won',
    company: 'Engines',
  })
  expect((await leadnest.leads.tag(id, { add: ['VIP'] })).tags).toEqual(['VIP'])
  expect(await leadnest.tags.list()).toMatchObject([{ name: 'VIP', leads: 1 }])
  expect(await leadnest.leads.delete(id)).toBeNull()
  await expect(leadnest.leads.get(id)).rejects.toMatchObject({ code: 'not_found' })
})

test('a note is written once however often it is sent, edited and deleted', async () => {
  const { id } = await leadnest.leads.create({ email: 'grace@example.com' })
  const write = () => leadnest.notes.create(id, { body: 'Call on Monday' }, { idempotencyKey: 'monday' })
  const [note, again] = await Promise.all([write(), write()])
  expect(again).toEqual(note)
  expect((await leadnest.notes.update(note.id, { body: 'Call on Tuesday' })).body).toBe('Call on Tuesday')
  expect((await leadnest.notes.list(id)).data.map(({ body }) => body)).toEqual(['Call on Tuesday'])
  expect(await leadnest.notes.delete(note.id)).toBeNull()
})

test('pipelines are listed and made, and refuse to lose a stage in use', async () => {
  const admin = createLeadNest({
    url: await server.listen(),
    key: await server.nest.key({ scopes: ['leads:read', 'leads:write', 'settings:write'] }),
  })
  const made = await admin.pipelines.create({ name: 'Partners', stages: [{ key: 'p1', name: 'First' }] })
  expect((await admin.pipelines.list()).map(({ name }) => name)).toEqual(['Sales', 'Partners'])
  await admin.leads.create({ email: 'partner@example.com' }).then(({ id }) => admin.leads.update(id, { stage: 'p1' }))
  await expect(admin.pipelines.delete(made.id)).rejects.toMatchObject({ code: 'stage_in_use', status: 409 })
})
