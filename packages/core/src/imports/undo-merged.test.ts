import { afterAll, beforeAll, expect, test } from 'vitest'
import { mergeLeads, sql, undoMerge, updateLead } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('a merge that was undone is no change of the leads that an import made; one that stands is, and what somebody wrote meanwhile', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const done = await run(['email\tname', ...names.map((name) => `${name}@example.com\t${name}`)])
  const [a, b, c, d, e, f] = await Promise.all(names.map((name) => lead(`${name}@example.com`)))
  const merge = async (one: string, other: string) =>
    (await mergeLeads(nest, id, { leadIds: [one, other], dryRun: false }, by)).id!
  await undoMerge(nest, id, await merge(a!, b!), by)
  await merge(c!, d!)
  const between = await merge(e!, f!)
  const [survivor] = [e!, f!].sort()
  await updateLead(nest, id, survivor!, { company: 'By hand' }, by)
  await undoMerge(nest, id, between, by)

  // Both of the first, and the younger of the last.
  expect(await undo(done.id)).toMatchObject({ restored: 3, leftAlone: 3 })
  const left = await nest.inWorkspace(id, (tx) =>
    tx.query<{ id: string }>(sql`select id from leads where workspace_id = ${id} order by id`),
  )
  expect(left.map((row) => row.id)).toEqual([c, d, survivor].sort())
})
