import { createLeadNest, type Job } from '@leadnest/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

let server: TestServer
let leadnest: ReturnType<typeof createLeadNest>

beforeAll(async () => {
  server = await testServer()
  leadnest = createLeadNest({ url: await server.listen(), key: await server.nest.key() })
  for (let i = 0; i < 3; i++) await leadnest.leads.create({ email: `lead${i}@example.com` })
})
afterAll(() => server.close())

const everyone = { filter: 'email ~ example.com', action: { type: 'move' as const, stage: 'contacted' } }

test('a bulk change is looked at, started, waited for and undone', async () => {
  expect(await leadnest.leads.bulk({ ...everyone, dryRun: true })).toMatchObject({ matched: 3, sample: [{}, {}, {}] })
  const { id } = await leadnest.leads.bulk(everyone)
  const seen: Job['status'][] = []
  const [ended] = await Promise.all([
    leadnest.jobs.wait(id, { onProgress: ({ status }) => seen.push(status) }),
    server.nest.settle(),
  ])
  expect(ended).toMatchObject({ status: 'succeeded', result: { changed: 3 } })
  expect(seen.at(-1)).toBe('succeeded')

  const undo = await leadnest.jobs.undo(id)
  await server.nest.settle()
  expect((await leadnest.jobs.get(undo.id)).result).toEqual({ restored: 3, leftAlone: 0 })
  expect((await leadnest.jobs.list({ limit: 1 })).data).toMatchObject([{ id: undo.id, undoOf: id }])
  await expect(leadnest.jobs.undo(id)).rejects.toMatchObject({ code: 'undo_not_possible', status: 409 })
})

test('waiting ends when it is told to, and the job when it is cancelled', async () => {
  const { id } = await leadnest.leads.bulk(everyone)
  const stop = new AbortController()
  const waiting = leadnest.jobs.wait(id, { signal: stop.signal, onProgress: () => stop.abort(new Error('Enough')) })
  await expect(waiting).rejects.toThrow('Enough')
  expect((await leadnest.jobs.cancel(id)).status).toBe('cancelled')
  expect((await leadnest.jobs.wait(id)).status).toBe('cancelled')
})
