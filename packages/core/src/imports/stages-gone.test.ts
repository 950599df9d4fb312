import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Core } from '../core.ts'
import { getLead, listPipelines, replacePipeline, sql } from '../index.ts'
import { runJob } from '../jobs/run-job.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('a stage that goes while an import runs is unknown to the rows that follow, and no new lead begins in it', async () => {
  const { id, imports, file, lead } = await importDesk(nest)
  const [sales] = await listPipelines(nest, id)
  const replace = (keys: string[]) => {
    const stages = keys.map((key) => ({ key, name: key, kind: 'open' as const, rottenAfterDays: null }))
    return replacePipeline(nest, id, sales!.id, { name: 'Sales', stages }, by)
  }
  await replace(['first', 'trial', 'kept'])
  const rows = Array.from({ length: 1200 }, (_, i) => `p${i}@example.com\tkept`)
  rows[1198] = 'trial@example.com\ttrial'
  rows[1199] = 'last@example.com\t'
  const { id: jobId } = await imports.begin({ fileId: await file(['email\tstage', ...rows]) }, by)
  let written = 0
  const watched: Core = {
    ...nest,
    async patiently<T>(workspaceId: string, work: (tx: Tx) => Promise<T>): Promise<T> {
      const result = await nest.patiently(workspaceId, work)
      if (written++ === 0) await replace(['kept'])
      return result
    },
  }
  await runJob(watched, { workspaceId: id, jobId }, { patience: Number.POSITIVE_INFINITY })
  await nest.settle()
  expect(await imports.get(jobId)).toMatchObject({
    status: 'succeeded',
    created: 1199,
    failed: 1,
    errors: [{ row: 1199, column: 'stage', code: 'unknown_stage' }],
  })
  expect(await getLead(nest, id, await lead('last@example.com'))).toMatchObject({ stage: 'kept' })
})

test('a dry run holds no stages', async () => {
  const { id, run } = await importDesk(nest)
  await nest.inWorkspace(id, async (tx) => {
    await tx.query(sql`select key from stages where workspace_id = ${id} for update`)
    expect(await run(['email\tstage', 'ada@example.com\tnew'], { dryRun: true })).toMatchObject({ created: 1 })
  })
})
