import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, getLead, listFields, sql } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

const areWaiting = () =>
  nest.outside((tx) =>
    tx.query<{ pid: number }>(sql`
      select pid from pg_stat_activity
      where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`),
  )

test('a field that somebody else makes of another type in the same moment is filled by its type', async () => {
  const { id, run } = await importDesk(nest)
  const mapping = { email: 'email', size: { to: 'fields.size', create: { type: 'text' } } } as const
  let imported: ReturnType<typeof run> | undefined
  await nest.inWorkspace(id, async (tx) => {
    await tx.query(sql`
      insert into fields (workspace_id, key, label, type, position) values (${id}, 'size', 'Size', 'number', 99)`)
    imported = run(['email\tsize', 'ada@example.com\t12', 'bob@example.com\tlarge'], { mapping })
    await expect.poll(areWaiting, { timeout: 20_000 }).toHaveLength(1)
  })
  expect(await imported).toMatchObject({ status: 'succeeded', created: 1, failed: 1 })
  expect(await listFields(nest, id)).toContainEqual(expect.objectContaining({ key: 'size', type: 'number' }))
  const [lead] = await nest.inWorkspace(id, (tx) =>
    tx.query(sql`select fields from leads where workspace_id = ${id} and email = 'ada@example.com'`),
  )
  expect(lead).toEqual({ fields: { size: 12 } })
}, 60_000)

test('a row about a lead that is merged in the same moment is about whom it is now', async () => {
  const { id, run } = await importDesk(nest)
  const { result: survivor } = await createLead(nest, id, { email: 'a@example.com', fields: {} }, by)
  const { result: loser } = await createLead(nest, id, { email: 'b@example.com', fields: {} }, by)
  let imported: ReturnType<typeof run> | undefined
  await nest.inWorkspace(id, async (tx) => {
    await tx.query(sql`
      update leads set merged_into = ${survivor.id}, email = null where workspace_id = ${id} and id = ${loser.id}`)
    imported = run(['id\tname', `${loser.id}\tAda`], { key: 'id' })
    await expect.poll(areWaiting, { timeout: 20_000 }).toHaveLength(1)
  })
  expect(await imported).toMatchObject({ status: 'succeeded', updated: 1, failed: 0 })
  expect(await getLead(nest, id, survivor.id)).toMatchObject({ name: 'Ada' })
}, 60_000)
