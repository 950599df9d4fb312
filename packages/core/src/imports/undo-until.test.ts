import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, getLead, sql } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing], clock: '2026-11-26T09:00:00Z' })
})
afterAll(() => nest.close())

test('an import can be undone for 30 days; then what its undo needs is forgotten', async () => {
  const { id, imports, run, lead } = await importDesk(nest)
  await createLead(nest, id, { email: 'ada@example.com', name: 'Before', fields: {} }, by)
  const done = await run(['email\tname', 'ada@example.com\tAfter', 'no-address\tNobody'])
  expect(done).toMatchObject({ updated: 1, failed: 1, undoUntil: '2026-12-26T09:00:00.000Z' })
  const kept = async () => {
    const [counts] = await nest.inWorkspace(id, (tx) =>
      tx.query(sql`
        select (select count(*) from import_changes)::integer as changes, (select count(*) from import_errors)::integer as errors`),
    )
    return counts
  }
  await nest.clock.set('2026-12-26T09:00:01Z')
  await expect(imports.undo(done.id, by)).rejects.toMatchObject({
    code: 'undo_not_possible',
    message: 'A job can be undone for 30 days.',
  })
  expect(await kept()).toEqual({ changes: 1, errors: 1 })
  await nest.clock.advance({ hours: 1 })
  expect(await kept()).toEqual({ changes: 0, errors: 0 })
  await expect(imports.get(done.id)).rejects.toMatchObject({ code: 'not_found' })
  expect(await getLead(nest, id, await lead('ada@example.com'))).toMatchObject({ name: 'After' })
})
