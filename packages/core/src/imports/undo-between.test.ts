import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Core } from '../core.ts'
import { createLead, getLead, updateLead } from '../index.ts'
import { runJob } from '../jobs/run-job.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type TestNest, testNest } from '../testing.ts'
import { importPowersOf } from './import-powers-of.ts'
import { importing } from './testing/lines.ts'

const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'command' as const }
let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('what somebody wrote between two rows of an import about one person is what its undo gives back', async () => {
  const { workspaceId } = nest
  const { result: lead } = await createLead(
    nest,
    workspaceId,
    { email: 'ada@example.com', name: 'Before', company: 'Before', fields: {} },
    by,
  )
  const rows = Array.from({ length: 1200 }, (_, i) => `p${i}@example.com\tP\tP`)
  rows[0] = 'ada@example.com\tFirst row\tFirst row'
  rows[1199] = 'ada@example.com\tLast row\tLast row'
  async function* bytes() {
    yield Buffer.from(['email\tname\tcompany', ...rows].join('\n'))
  }
  const imports = importPowersOf(nest, workspaceId, () => undefined)
  const { id: fileId } = await imports.store(bytes(), { name: 'a.tsv' })
  const { id: jobId } = await imports.begin({ fileId, format: 'lines' }, by)
  let written = 0
  const edited: Core = {
    ...nest,
    async patiently<T>(id: string, work: (tx: Tx) => Promise<T>): Promise<T> {
      const result = await nest.patiently(id, work)
      if (written++ === 0) await updateLead(nest, workspaceId, lead.id, { name: 'By hand' }, by)
      return result
    },
  }
  await runJob(edited, { workspaceId, jobId }, { patience: Number.POSITIVE_INFINITY })
  expect(await getLead(nest, workspaceId, lead.id)).toMatchObject({ name: 'Last row', company: 'Last row' })
  await imports.undo(jobId, by)
  await nest.settle()
  expect(await imports.get(jobId)).toMatchObject({ undo: { status: 'succeeded', leftAlone: 0 } })
  expect(await getLead(nest, workspaceId, lead.id)).toMatchObject({ name: 'By hand', company: 'Before' })
})
