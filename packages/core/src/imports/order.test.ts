import { setImmediate } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, createWorkspace, sql } from '../index.ts'
import { runJob } from '../jobs/run-job.ts'
import { definePlugin, type Importer } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { importPowersOf } from './import-powers-of.ts'
import { importing, lines } from './testing/lines.ts'

const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'command' as const }
const toldOf: string[] = []
const listener = definePlugin({
  id: 'listener',
  name: 'Listener',
  on: { 'lead.created': (_, { lead }) => void toldOf.push(lead!.email!) },
})
/** The last row that the import has been handed. */
let reached = 0
const watched: Importer = {
  ...lines,
  async *read(...how) {
    for await (const batch of lines.read(...how)) {
      reached = batch.rows.at(-1)!.row
      yield batch
    }
  },
}
const watching = definePlugin({ id: 'watched', name: 'Watched', capabilities: ['imports'], importers: { watched } })
let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing, listener, watching] })
})
afterAll(() => nest.close())

test('what follows from one visitor does not wait for what follows from an import', async () => {
  const { id: workspaceId } = await createWorkspace(nest, { name: 'Busy' })
  const imports = importPowersOf(nest, workspaceId, () => undefined)
  async function* bytes() {
    yield Buffer.from(['email', ...Array.from({ length: 150 }, (_, i) => `r${i}@example.com`)].join('\n'))
  }
  const { id: fileId } = await imports.store(bytes(), { name: 'a.tsv' })
  await imports.begin({ fileId, format: 'lines' }, by)
  await createLead(nest, workspaceId, { email: 'visitor@example.com', fields: {} }, by)
  await nest.settle()
  expect(toldOf.filter((email) => /^r|visitor/.test(email))).toHaveLength(151)
  expect(toldOf.find((email) => /^r|visitor/.test(email))).toBe('visitor@example.com')
})

test('what follows from an import is done one after the other, and leaves the rest of the worker to visitors', async () => {
  const { id: workspaceId } = await createWorkspace(nest, { name: 'Following' })
  const imports = importPowersOf(nest, workspaceId, () => undefined)
  async function* bytes() {
    yield Buffer.from(['email', ...Array.from({ length: 1200 }, (_, i) => `f${i}@example.com`)].join('\n'))
  }
  const { id: fileId } = await imports.store(bytes(), { name: 'a.tsv' })
  const { id: jobId } = await imports.begin({ fileId, format: 'lines' }, by)
  await runJob(nest, { workspaceId, jobId }, { patience: Number.POSITIVE_INFINITY })
  const { rows } = await nest.pool.query(`
    select count(*)::integer as jobs, count(distinct queue_name)::integer as queues from graphile_worker.jobs
    where task_identifier = 'event' and priority > 0`)
  expect(rows).toEqual([{ jobs: 3, queues: 1 }])
  await nest.settle()
})

test('rows are written in their order, also where an earlier one changes by what somebody is known', async () => {
  const { workspaceId } = nest
  const { result: held } = await createLead(nest, workspaceId, { email: 'held@example.com', fields: {} }, by)
  const { result: moves } = await createLead(
    nest,
    workspaceId,
    { email: 'old@example.com', externalId: 'x-1', fields: {} },
    by,
  )
  // A batch waits for a lead that somebody holds; the next one is about an address that it gives away.
  const rows = Array.from({ length: 2500 }, (_, i) => `y-${i}\tp${i}@example.com\tP`)
  rows[1000] = 'x-0\theld@example.com\tHeld'
  rows[1001] = 'x-1\tnew@example.com\tMoved'
  rows[1600] = 'x-2\told@example.com\tSuccessor'
  async function* bytes() {
    yield Buffer.from(['externalId\temail\tname', ...rows].join('\n'))
  }
  const imports = importPowersOf(nest, workspaceId, () => undefined)
  const { id: fileId } = await imports.store(bytes(), { name: 'a.tsv' })
  const { id: jobId } = await imports.begin({ fileId, format: 'watched', key: 'externalId' }, by)

  let run: Promise<unknown> | undefined
  await nest.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`select 1 as held from leads where id = ${held.id} for update`)
    run = runJob(nest, { workspaceId, jobId }, { patience: Number.POSITIVE_INFINITY })
    const waiting = "select 1 from pg_locks where not granted and locktype = 'transactionid'"
    await expect.poll(async () => (await nest.pool.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1)
    await expect.poll(() => reached, { timeout: 10_000 }).toBe(2000)
    // The next one has all turns that it could take. Let go, it would ask for the one behind it at once.
    for (let i = 0; i < 500; i++) await setImmediate()
    expect(reached).toBe(2000)
  })
  await run
  expect(await imports.get(jobId)).toMatchObject({ status: 'succeeded', created: 2498, updated: 2 })
  const named = await nest.inWorkspace(workspaceId, (tx) =>
    tx.query(
      sql`select id = ${moves.id} as is_old, email, name from leads where external_id in ('x-1', 'x-2') order by external_id`,
    ),
  )
  expect(named).toEqual([
    { isOld: true, email: 'new@example.com', name: 'Moved' },
    { isOld: false, email: 'old@example.com', name: 'Successor' },
  ])
})
