import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, getLead, sql } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test.each([
  ['in one batch', 1],
  ['batches away', 2500],
])(
  'a lead gets its address back from somebody whom the import brought, %s',
  async (_, between) => {
    const { id, run, undo } = await importDesk(nest)
    const said = { externalId: 'X-1', email: 'old@example.com', fields: {} }
    const { result: lead } = await createLead(nest, id, said, by)
    const rows = Array.from({ length: between }, (_, i) => `Y-${i}\tp${i}@example.com`)
    const lines = ['externalId\temail', 'X-1\tnew@example.com', ...rows, 'X-2\told@example.com']
    const done = await run(lines, { key: 'externalId' })
    expect(done).toMatchObject({ created: between + 1, updated: 1, failed: 0 })
    expect(await undo(done.id)).toMatchObject({ restored: between + 2, leftAlone: 0 })
    expect(await getLead(nest, id, lead.id)).toMatchObject({ email: 'old@example.com' })
  },
  60_000,
)

test('what one gives away another has in the same batch, be they new or known; the undo gives it all back', async () => {
  const { id, run, undo } = await importDesk(nest)
  for (const name of ['1', '2', '3'])
    await createLead(nest, id, { externalId: `m-${name}`, email: `m${name}@example.com`, fields: {} }, by)
  const leads = async () => {
    const rows = await nest.inWorkspace(id, (tx) =>
      tx.query<{ externalId: string; email: string }>(
        sql`select external_id, email from leads where workspace_id = ${id} order by external_id`,
      ),
    )
    return rows.map(({ externalId, email }) => `${externalId} ${email}`)
  }
  const before = await leads()
  const rows = ['m-3\tnew@example.com', 'm-2\tm3@example.com', 'm-1\tm2@example.com', 'm-0\tm1@example.com']
  const done = await run(['externalId\temail', ...rows], { key: 'externalId' })
  expect(done).toMatchObject({ status: 'succeeded', created: 1, updated: 3 })
  expect(await leads()).toEqual([
    'm-0 m1@example.com',
    'm-1 m2@example.com',
    'm-2 m3@example.com',
    'm-3 new@example.com',
  ])
  expect(await undo(done.id)).toMatchObject({ restored: 4, leftAlone: 0 })
  expect(await leads()).toEqual(before)
})

test('a lead gets its address back from a known one whose turn is steps later', async () => {
  const { id, run, undo } = await importDesk(nest)
  const known = (externalId: string, email: string) =>
    createLead(nest, id, { externalId, email, fields: {} }, by).then(({ result }) => result.id)
  const older = await known('A', 'a@example.com')
  const between = Array.from({ length: 600 }, (_, i) => `Y-${i}\ty${i}@example.com`)
  await run(['externalId\temail', ...between], { key: 'externalId' })
  const younger = await known('B', 'b@example.com')
  const renamed = between.map((row) => `${row}\tNew`)
  const lines = ['externalId\temail\tname', 'B\tnew@example.com\tNew', ...renamed, 'A\tb@example.com\tNew']
  const done = await run(lines, { key: 'externalId' })
  expect(done).toMatchObject({ updated: 602, failed: 0 })
  expect(await undo(done.id)).toMatchObject({ restored: 602, leftAlone: 0 })
  expect(await getLead(nest, id, younger)).toMatchObject({ email: 'b@example.com', name: null })
  expect(await getLead(nest, id, older)).toMatchObject({ email: 'a@example.com', name: null })
}, 60_000)
