import { afterAll, beforeAll, expect, test } from 'vitest'
import { getLead, sql } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('imports are taken back one after the other, the last one first, and nothing is left of them', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  const first = await run(['email\tname', 'a@example.com\tAnn', 'b@example.com\tBea'])
  const second = await run(['email\tname\ttags', 'a@example.com\tAnna\tvip'])
  expect(second).toMatchObject({ updated: 1 })
  expect(await undo(second.id)).toMatchObject({ restored: 1, leftAlone: 0 })
  expect(await getLead(nest, id, await lead('a@example.com'))).toMatchObject({ name: 'Ann', tags: [] })
  expect(await undo(first.id)).toMatchObject({ restored: 2, leftAlone: 0 })
  const left = await nest.inWorkspace(id, (tx) => tx.query(sql`select id from leads where workspace_id = ${id}`))
  expect(left).toEqual([])
})

test('a lead that a later import changed, and its undo left alone, is left alone by the earlier one too', async () => {
  const { id, run, undo, lead } = await importDesk(nest)
  const first = await run(['email\tname', 'a@example.com\tAnn'])
  const second = await run(['email\tname', 'a@example.com\tAnna'])
  const third = await run(['email\tname', 'a@example.com\tAnnabel'])
  expect(await undo(second.id)).toMatchObject({ restored: 0, leftAlone: 1 })
  expect(await undo(third.id)).toMatchObject({ restored: 1, leftAlone: 0 })
  expect(await undo(first.id)).toMatchObject({ restored: 0, leftAlone: 1 })
  expect(await getLead(nest, id, await lead('a@example.com'))).toMatchObject({ name: 'Anna' })
})
