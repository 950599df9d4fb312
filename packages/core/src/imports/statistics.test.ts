import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorkspace } from '../index.ts'
import { runJob } from '../jobs/run-job.ts'
import { type TestNest, testNest } from '../testing.ts'
import { importPowersOf } from './import-powers-of.ts'
import { by } from './testing/desk.ts'
import { importing } from './testing/lines.ts'
import { watched } from './testing/watched.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test.each([
  { rows: 1000, dryRun: false, looks: 0 },
  { rows: 1600, dryRun: true, looks: 0 },
  { rows: 1600, dryRun: false, looks: 1 },
])('the tables are looked at $looks times for $rows rows (dry run: $dryRun)', async ({ rows, dryRun, looks }) => {
  const { core, statements } = watched(nest)
  const { id: workspaceId } = await createWorkspace(nest, { name: 'Statistics' })
  const imports = importPowersOf(core, workspaceId, () => undefined)
  const source = (async function* () {
    yield Buffer.from(['email', ...Array.from({ length: rows }, (_, i) => `p${i}@example.com`)].join('\n'))
  })()
  const { id: fileId } = await imports.store(source, { name: 'a.tsv' })
  const { id: jobId } = await imports.begin({ fileId, format: 'lines', dryRun }, by)
  await runJob(core, { workspaceId, jobId }, { patience: Number.POSITIVE_INFINITY })
  expect(await imports.get(jobId)).toMatchObject({ status: 'succeeded', created: rows })
  expect(statements.filter((text) => text.startsWith('analyze'))).toHaveLength(looks)
})
