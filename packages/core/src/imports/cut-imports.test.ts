import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Core } from '../core.ts'
import { createWorkspace, sql } from '../index.ts'
import { runJob } from '../jobs/run-job.ts'
import type { Scope, Tx } from '../postgres/transaction.ts'
import { type TestNest, testNest } from '../testing.ts'
import { importPowersOf } from './import-powers-of.ts'
import { importing } from './testing/lines.ts'

const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'command' as const }
const rows = 13_000
/** People come again, in other batches too, and some rows are wrong. */
const text = [
  'email\tname',
  ...Array.from({ length: rows }, (_, i) =>
    i % 100 === 7 ? `wrong${i}\tx` : `p${i % 9000}@example.com\tN${i % 9000 < 500 ? i : 0}`,
  ),
].join('\n')

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

async function begin(core: Core) {
  const { id: workspaceId } = await createWorkspace(nest, { name: 'Cut' })
  const imports = importPowersOf(core, workspaceId, () => undefined)
  const source = (async function* () {
    yield Buffer.from(text)
  })()
  const { id: fileId } = await imports.store(source, { name: 'a.tsv' })
  const { id } = await imports.begin({ fileId, format: 'lines' }, by)
  return { workspaceId, imports, jobId: id }
}

/** All that an import leaves behind, but for ids and times. */
async function leftBy(workspaceId: string, jobId: string) {
  const { total, created, updated, skipped, failed, status } = await importPowersOf(
    nest,
    workspaceId,
    () => undefined,
  ).get(jobId)
  const [row] = await nest.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      select (select md5(string_agg(email || coalesce(name, ''), ',' order by email)) from leads) as leads,
        (select count(*)::integer from leads) as count,
        (select count(*)::integer from events where type = 'lead.created') as created_events,
        (select count(*)::integer from import_changes) as changes,
        (select md5(string_agg(row || code, ',' order by row)) from import_errors) as errors`),
  )
  return { total, created, updated, skipped, failed, status, ...row }
}

test('an import whose connections are cut, before and after commits, and that is paused in between ends as one that nobody disturbed', async () => {
  const calm = await begin(nest)
  await runJob(nest, { ...calm }, { patience: Number.POSITIVE_INFINITY })

  let transactions = 0
  const cuts = { amid: 0, before: 0, after: 0, pauses: 0 }
  const cutting: Core = {
    ...nest,
    async patiently<T>(workspaceId: string, work: (tx: Tx) => Promise<T>, scope: Pick<Scope, 'relaxed'>): Promise<T> {
      const own = (['none', 'amid', 'before', 'after', 'paused'] as const)[++transactions < 20 ? transactions % 5 : 0]!
      const die = (tx: Tx) => tx.query(sql`select pg_terminate_backend(pg_backend_pid())`)
      // What is on its way is not written, and is when it goes on.
      if (own === 'paused') {
        cuts.pauses++
        expect(await cut.imports.pause(cut.jobId, by)).toMatchObject({ status: 'paused' })
      }
      const result = await nest.patiently(
        workspaceId,
        async (tx) => {
          let asked = 0
          const query: Tx['query'] = async (statement) => {
            // The backend dies in the middle of a batch, while other statements wait for their turn.
            if (own === 'amid' && ++asked === 5) {
              cuts.amid++
              die(tx).catch(() => undefined)
            }
            return tx.query(statement)
          }
          const result = await work({ ...tx, query })
          // It dies with what it has written and not committed.
          if (own === 'before') {
            cuts.before++
            await die(tx)
          }
          return result
        },
        scope,
      )
      // Committed, and nobody is told.
      if (own === 'after') {
        cuts.after++
        throw Object.assign(new Error('Connection terminated'), { code: 'ECONNRESET' })
      }
      return result
    },
  }
  const cut = await begin(cutting)
  let runs = 0
  let resumed = 0
  for (let status = 'queued'; status !== 'succeeded'; { status } = await cut.imports.get(cut.jobId)) {
    expect(++runs).toBeLessThan(20)
    await runJob(cutting, cut, { patience: Number.POSITIVE_INFINITY }).catch(() => undefined)
    if (cuts.pauses > resumed) {
      resumed = cuts.pauses
      await cut.imports.resume(cut.jobId, by)
    }
  }
  expect(Math.min(...Object.values(cuts))).toBeGreaterThan(0)
  const undisturbed = await leftBy(calm.workspaceId, calm.jobId)
  expect(undisturbed).toMatchObject({ total: rows, failed: 130, status: 'succeeded' })
  expect(await leftBy(cut.workspaceId, cut.jobId)).toEqual(undisturbed)
}, 60_000)

test('of two runs of one import one goes on, and nothing is written twice', async () => {
  const calm = await begin(nest)
  await runJob(nest, calm, { patience: Number.POSITIVE_INFINITY })
  const twice = await begin(nest)
  const run = () => runJob(nest, twice, { patience: Number.POSITIVE_INFINITY })
  await Promise.all([run(), run(), run()])
  for (let i = 0; i < 3 && (await twice.imports.get(twice.jobId)).finishedAt === null; i++) await run()
  expect(await leftBy(twice.workspaceId, twice.jobId)).toEqual(await leftBy(calm.workspaceId, calm.jobId))
}, 60_000)
