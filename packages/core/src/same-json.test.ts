import { afterAll, beforeAll, expect, test } from 'vitest'
import { by, importDesk } from './imports/testing/desk.ts'
import { importing } from './imports/testing/lines.ts'
import { createField, createLead, getLead, mergeLeads, sql, undoMerge, updateLead } from './index.ts'
import { isSameJson } from './same-json.ts'
import { type TestNest, testNest } from './testing.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test.each([
  [true, { a: [1, { b: null }], c: 'x' }, { c: 'x', a: [1, { b: null }] }],
  [false, { a: 1 }, { a: 1, b: 2 }],
  [false, { a: 1, b: 2 }, { a: 1 }],
  [false, { a: undefined }, { b: undefined }],
  [false, ['x'], { 0: 'x' }],
  [false, [1, 2], [2, 1]],
  [false, null, {}],
  [false, '1', 1],
])('%s of %j and %j', (same, one, other) => {
  expect(isSameJson(one, other)).toBe(same)
})

test('a lead with a field of 4,000 levels is changed, imported, taken back and merged as any other', async () => {
  const { id, run, undo } = await importDesk(nest)
  await createField(nest, id, { key: 'data', label: 'Data', type: 'json', options: [] }, by)
  const deep = '['.repeat(4000) + ']'.repeat(4000)
  const { result: lead } = await createLead(nest, id, { email: 'ada@example.com', fields: {} }, by)
  const { result: other } = await createLead(nest, id, { email: 'ben@example.com', fields: {} }, by)
  const done = await run(['email\tfields.data', 'ada@example.com\t[1]', 'ben@example.com\t[1]'])
  await nest.inWorkspace(id, async (tx) => {
    const data = sql`jsonb_build_object('data', ${deep}::jsonb)`
    await tx.query(sql`update leads set fields = ${data} where workspace_id = ${id}`)
    await tx.query(sql`
      update import_changes set after = after || jsonb_build_object('fields.data', ${deep}::jsonb)
      where workspace_id = ${id} and lead_id = ${lead.id}`)
  })
  expect(await updateLead(nest, id, lead.id, { name: 'Ada' }, by)).toMatchObject({ name: 'Ada' })
  const merge = await mergeLeads(nest, id, { leadIds: [lead.id, other.id], dryRun: false }, by)
  await undoMerge(nest, id, merge.id!, by)
  expect(await undo(done.id)).toMatchObject({ restored: 1, leftAlone: 1, leads: [other.id] })
  expect(await getLead(nest, id, lead.id)).toMatchObject({ name: 'Ada', fields: {} })
  expect(await run(['email\tfields.data', 'ben@example.com\t[1]'])).toMatchObject({ updated: 1 })
})
