import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../index.ts'
import { runJob } from '../jobs/run-job.ts'
import { definePlugin } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { lines } from './testing/lines.ts'

let began = 0
const all = Promise.withResolvers<void>()
/** Each import waits behind its first rows until three are there: of imports that come one after the other none would end. */
const meeting = definePlugin({
  id: 'meeting',
  name: 'Meeting',
  capabilities: ['imports'],
  importers: {
    meeting: {
      ...lines,
      async *read(source, options, place) {
        for await (const batch of lines.read(source, options, place)) {
          yield batch
          if (place.from === null && ++began === 3) all.resolve()
          await all.promise
        }
      },
    },
  },
})

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [meeting] })
})
afterAll(() => nest.close())

test('two imports at once, and the same file twice at once: no lead twice, true counts', async () => {
  const { id: workspaceId, imports, file } = await importDesk(nest)
  const text = (from: number) => ['email\tname', ...Array.from({ length: 4000 }, (_, i) => row(from + i))]
  const row = (i: number) => `p${i}@example.com\tN${i}`
  const files = [text(0), text(0), text(2000)]
  const begun = await Promise.all(files.map(async (one) => imports.begin({ fileId: await file(one) }, by)))
  const patience = Number.POSITIVE_INFINITY
  await Promise.all(begun.map(({ id: jobId }) => runJob(nest, { workspaceId, jobId }, { patience })))
  const ended = await Promise.all(begun.map(({ id }) => imports.get(id)))
  for (const { status, total, created, updated, skipped, failed } of ended)
    expect({ status, sum: created + updated + skipped + failed, failed }).toEqual({
      status: 'succeeded',
      sum: total,
      failed: 0,
    })
  expect(ended.reduce((sum, { created }) => sum + created, 0)).toBe(6000)
  const leads = await nest.inWorkspace(workspaceId, (tx) =>
    tx.query<{ email: string }>(sql`select email from leads where workspace_id = ${workspaceId}`),
  )
  expect(new Set(leads.map(({ email }) => email)).size).toBe(6000)
  expect(leads).toHaveLength(6000)
}, 60_000)
