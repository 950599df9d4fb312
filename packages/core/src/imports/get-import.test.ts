import { afterAll, beforeAll, expect, test } from 'vitest'
import { updateLead } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { listImports } from './get-import.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'
import { watched } from './testing/watched.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('a list of imports is one statement, without the errors and the leads that are read with one', async () => {
  const { id, imports, run, undo, lead } = await importDesk(nest)
  const undone = await run('email\tname\na@example.com\tA\nb@example.com\tB\nwrong\tC')
  await updateLead(nest, id, await lead('a@example.com'), { name: 'By hand' }, by)
  expect(await undo(undone.id)).toMatchObject({ restored: 1, leftAlone: 1 })
  await run('email\tmore\nwrong\tX', { dryRun: true })
  await run('email\n!broken')
  await run('email\nc@example.com')

  const { core, statements } = watched(nest)
  const { data } = await listImports(core, id, { limit: 50 })
  expect(statements).toHaveLength(1)
  const each = await Promise.all(data.map(({ id }) => imports.get(id)))
  expect(each.map(({ errors, undo }) => [errors.length, undo?.leads])).toEqual([
    [0, undefined],
    [0, undefined],
    [1, undefined],
    [1, [await lead('a@example.com')]],
  ])
  expect(data).toEqual(each.map((one) => ({ ...one, errors: [], undo: one.undo && { ...one.undo, leads: [] } })))
})

test('of refused rows only the beginning of each cell is read where no more is asked for', async () => {
  const { imports, run } = await importDesk(nest)
  const wide = 'ü'.repeat(60_000)
  const { id } = await run(['email\tname', ...Array.from({ length: 90 }, () => `wrong\t${wide}`)])
  const { columns, rows } = await imports.rejects(id, { cut: 3 })
  const portions: string[][][] = []
  for await (const some of rows) portions.push(some.map(({ values }) => values))
  expect(columns).toEqual(['email', 'name'])
  expect(portions).toEqual([Array.from({ length: 90 }, () => ['wro', 'üüü'])])
})
