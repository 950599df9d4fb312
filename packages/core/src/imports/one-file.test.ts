import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../index.ts'
import { forgetExpired } from '../jobs/forget-expired.ts'
import { type TestNest, testNest } from '../testing.ts'
import { importPowersOf } from './import-powers-of.ts'
import { importing } from './testing/lines.ts'

const by = {
  actor: { type: 'user', id: '0190a8f0-0000-7000-8000-000000000001', name: 'Ada' },
  source: 'admin',
} as const
let nest: TestNest
let imports: ReturnType<typeof importPowersOf>
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
  imports = importPowersOf(nest, nest.workspaceId, () => undefined)
})
afterAll(() => nest.close())

/** Too many rows to be done with the answer. */
async function largeFile(): Promise<string> {
  const rows = Array.from({ length: 5000 }, (_, i) => `p${i}@example.com\tPerson ${i}`)
  async function* bytes() {
    yield Buffer.from(['email\tname', ...rows].join('\n'))
  }
  return (await imports.store(bytes(), { name: 'leads.tsv', type: 'text/plain' })).id
}
const drafts = async () => {
  const [row] = await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query<{ count: number }>(sql`select count(*)::integer as count from import_drafts`),
  )
  return row!.count
}

test('a file is imported once: who asks twice is told, and the first goes on', async () => {
  const fileId = await largeFile()
  const tries = await Promise.allSettled([imports.begin({ fileId }, by), imports.begin({ fileId }, by)])
  const refused = tries.flatMap((tried) => (tried.status === 'rejected' ? [tried.reason] : []))
  expect(refused).toMatchObject([{ code: 'invalid_input', issues: [{ path: 'fileId' }] }])
  const [begun] = tries.flatMap((tried) => (tried.status === 'fulfilled' ? [tried.value] : []))
  await expect(imports.begin({ fileId, dryRun: true }, by)).rejects.toMatchObject({ code: 'invalid_input' })
  await nest.settle()
  expect(await imports.get(begun!.id)).toMatchObject({ status: 'succeeded', created: 5000, failed: 0 })
})

test('a file that another import is done with in this moment is not imported once more', async () => {
  const fileId = await largeFile()
  const before = await imports.list({ limit: 50 })
  const second = await nest.inWorkspace(nest.workspaceId, async (tx) => {
    await tx.query(
      sql`update files set expires_at = ${nest.now()} where workspace_id = ${nest.workspaceId} and id = ${fileId}`,
    )
    // It has found the file, and waits for whoever holds it.
    const began = imports.begin({ fileId }, by).catch((error: unknown) => error)
    const waiting = () =>
      nest.pool.query(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    await expect.poll(async () => (await waiting()).rowCount).toBe(1)
    return { began }
  })
  expect(await second.began).toMatchObject({ code: 'not_found' })
  expect(await imports.list({ limit: 50 })).toEqual(before)
})

test('a file is imported only when its dry run has ended, and what a cancelled one wrote down is gone within the hour', async () => {
  const fileId = await largeFile()
  const dry = await imports.begin({ fileId, dryRun: true }, by)
  await expect(imports.begin({ fileId }, by)).rejects.toMatchObject({
    code: 'invalid_input',
    issues: [
      { path: 'fileId', message: 'A dry run of this file still goes on. Wait until it has ended, or cancel it.' },
    ],
  })
  await imports.cancel(dry.id, by)
  await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`
      insert into import_drafts (workspace_id, job_id, lead_id, lead)
      values (${nest.workspaceId}, ${dry.id}, ${dry.id}, '{}')`),
  )
  await forgetExpired(nest)
  expect(await drafts()).toBe(0)
  const begun = await imports.begin({ fileId }, by)
  await nest.settle()
  expect(await imports.get(begun.id)).toMatchObject({ status: 'succeeded', skipped: 5000 })
})
