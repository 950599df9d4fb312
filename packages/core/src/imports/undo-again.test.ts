import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Core } from '../core.ts'
import { createLead, deleteLead, getLead, sql, undoJob, updateLead } from '../index.ts'
import { runJob } from '../jobs/run-job.ts'
import type { Sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('an undo that is asked for again tries those left alone once more, until none is', async () => {
  const { id, imports, run, undo, lead } = await importDesk(nest)
  const said = { name: 'Before', fields: {} }
  for (const email of ['a@example.com', 'b@example.com', 'c@example.com'])
    await createLead(nest, id, { email, ...said }, by)
  const done = await run(['email\tname', ...['a', 'b', 'c'].map((name) => `${name}@example.com\tAfter`)])
  const [a, b] = [await lead('a@example.com'), await lead('b@example.com')]
  for (const leadId of [a, b]) await updateLead(nest, id, leadId, { name: 'By hand' }, by)

  expect(await undo(done.id)).toMatchObject({ restored: 1, leftAlone: 2, leads: [a, b].sort() })
  expect((await imports.get(done.id)).undoUntil).toEqual(done.undoUntil)
  expect(await undo(done.id)).toMatchObject({ restored: 1, leftAlone: 2 })
  expect(await getLead(nest, id, a)).toMatchObject({ name: 'By hand' })

  await updateLead(nest, id, a, { name: 'After' }, by)
  expect(await undo(done.id)).toMatchObject({ restored: 2, leftAlone: 1, leads: [b] })
  await updateLead(nest, id, b, { name: 'After' }, by)
  const begun = await imports.undo(done.id, by)
  expect(begun).toMatchObject({ undoUntil: null, undo: { status: 'queued', restored: 2, leftAlone: 0 } })
  await expect(imports.undo(done.id, by)).rejects.toThrow('This job is being undone.')
  await nest.settle()
  const over = await imports.get(done.id)
  expect(over).toMatchObject({ undoUntil: null, undo: { status: 'succeeded', restored: 3, leftAlone: 0, leads: [] } })
  for (const leadId of [a, b]) expect(await getLead(nest, id, leadId)).toMatchObject({ name: 'Before' })
  await expect(imports.undo(done.id, by)).rejects.toMatchObject({ code: 'undo_not_possible' })
})

test('after a later import was taken back, in however many goes, the rest of an earlier one is', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  const first = await run(['email\tname', 'a@example.com\tAnn', 'b@example.com\tBea'])
  const second = await run(['email\tname', 'a@example.com\tAnna', 'b@example.com\tBeate'])
  await updateLead(nest, id, await lead('b@example.com'), { name: 'By hand' }, by)
  expect(await undo(first.id)).toMatchObject({ restored: 0, leftAlone: 2 })
  expect(await undo(second.id)).toMatchObject({ restored: 1, leftAlone: 1 })
  expect(await undo(first.id)).toMatchObject({ restored: 1, leftAlone: 1, leads: [await lead('b@example.com')] })
})

test('a deleted lead gets back by what it was known when that is free, also later', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  const said = { email: 'ada@example.com', externalId: 'OLD', fields: {} }
  const { result: old } = await createLead(nest, id, said, by)
  await deleteLead(nest, id, old.id, by)
  const done = await run(['externalId\temail', 'NEW\tada@example.com'], { key: 'externalId' })
  const added = await lead('ada@example.com')
  const known = async () => {
    const [row] = await nest.inWorkspace(id, (tx) =>
      tx.query(sql`select email, external_id from leads where workspace_id = ${id} and id = ${old.id}`),
    )
    return row
  }
  await updateLead(nest, id, added, { name: 'In use' }, by)
  expect(await undo(done.id)).toMatchObject({ restored: 0, leftAlone: 1, leads: [added] })
  expect(await known()).toEqual({ email: null, externalId: 'OLD' })
  await updateLead(nest, id, added, { email: 'other@example.com' }, by)
  expect(await undo(done.id)).toMatchObject({ restored: 0, leftAlone: 1 })
  expect(await known()).toEqual({ email: 'ada@example.com', externalId: 'OLD' })
})

/** Takes an import back in steps of some leads, and tells what each looked for next. */
async function inSteps(
  workspaceId: string,
  importId: string,
  size: number,
  look?: (tx: Tx, statement: Sql) => unknown,
) {
  const { id: jobId } = await undoJob(nest, workspaceId, importId, by, 'plugin')
  const watched: Core = {
    ...nest,
    inWorkspace: (id, work) =>
      nest.inWorkspace(id, (tx) =>
        work({
          ...tx,
          async query(statement) {
            if (/from import_changes[\s\S]+order by lead_id desc limit/.test(statement.sql)) await look?.(tx, statement)
            return tx.query(statement)
          },
        }),
      ),
  }
  await runJob(watched, { workspaceId, jobId }, { size, patience: Number.POSITIVE_INFINITY })
}

test('those who had each other’s addresses over more steps than are looked through are taken back when it is asked again', async () => {
  const { id, imports, run } = await importDesk(nest)
  const people = Array.from({ length: 60 }, (_, i) => `x-${i}`)
  for (const [i, externalId] of people.entries())
    await createLead(nest, id, { externalId, email: `m${i}@example.com`, fields: {} }, by)
  // Each has the address of the one after it, so each waits for the one before it, whose turn comes later.
  const rows = people.map((externalId, i) => `${externalId}\t${i < 59 ? `m${i + 1}` : 'free'}@example.com`)
  const moved = await run(['externalId\temail', ...rows.toReversed()], { key: 'externalId' })
  expect(moved).toMatchObject({ updated: 60, failed: 0 })
  await inSteps(id, moved.id, 5)
  const first = (await imports.get(moved.id)).undo!
  expect(first.leftAlone).toBeGreaterThan(0)
  await inSteps(id, moved.id, 500)
  expect((await imports.get(moved.id)).undo).toMatchObject({ restored: 60, leftAlone: 0 })
})

test('a lead that somebody holds in its turn is taken back behind the others', async () => {
  const { id, run, imports } = await importDesk(nest)
  const done = await run(['email', ...Array.from({ length: 30 }, (_, i) => `p${i}@example.com`)])
  const [held, free] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const somebody = nest.inWorkspace(id, async (tx) => {
    await tx.query(sql`select from leads where workspace_id = ${id} order by id desc limit 1 for update`)
    held.resolve()
    await free.promise
  })
  await held.promise
  let steps = 0
  await inSteps(id, done.id, 10, () => {
    if (++steps === 3) free.resolve()
  })
  await somebody
  expect(await imports.get(done.id)).toMatchObject({ undo: { status: 'succeeded', restored: 30, leftAlone: 0 } })
})

interface Plan {
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

const removedIn = ({ 'Rows Removed by Filter': removed = 0, Plans = [] }: Plan): number =>
  Plans.reduce((sum, plan) => sum + removedIn(plan), removed)

test('what was left alone is not gone through again at each step', async () => {
  const { id, run, imports } = await importDesk(nest)
  const people = Array.from({ length: 60 }, (_, i) => `p${i}@example.com`)
  const done = await run(['email', ...people])
  await nest.inWorkspace(id, (tx) =>
    tx.query(sql`
      insert into events (workspace_id, id, type, lead_id, actor, source, data, created_at)
      select workspace_id, gen_random_uuid(), 'lead.updated', id, '{"type": "system"}', 'api', '{}', now() from leads where workspace_id = ${id}`),
  )
  let passed = 0
  await inSteps(id, done.id, 10, async (tx, statement) => {
    await tx.query(sql`set local enable_seqscan = off`)
    const [row] = await tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(sql`explain (analyze, format json) ${statement}`)
    passed += removedIn(row!['QUERY PLAN'][0].Plan)
  })
  expect(await imports.get(done.id)).toMatchObject({ undo: { restored: 0, leftAlone: 60 } })
  // But for once at the end, in case that somebody held one of them.
  expect(passed).toBeLessThanOrEqual(120)
})
