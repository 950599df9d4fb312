import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test('an import that another version left half done goes on with the batches of that one', async () => {
  const { id, imports, file } = await importDesk(nest)
  const lines = ['email', ...Array.from({ length: 2000 }, (_, i) => `p${i}@example.com`)]
  const begun = await imports.begin({ fileId: await file(lines) }, by)
  // The second of two that were on their way was written, rows 701 to 1,400; the first was not.
  await nest.inWorkspace(id, async (tx) => {
    const next = { byte: Buffer.byteLength(`${lines.slice(0, 1401).join('\n')}\n`), row: 1400 }
    await tx.query(sql`
      update jobs set checkpoint = checkpoint || '{"size": 700}', done = 700, result = result || '{"created": 700}'
      where workspace_id = ${id} and id = ${begun.id}`)
    await tx.query(sql`insert into import_batches values (${id}, ${begun.id}, 1, ${JSON.stringify(next)})`)
  })
  await nest.settle()
  expect(await imports.get(begun.id)).toMatchObject({ status: 'succeeded', total: 2000, created: 2000 })
  const stored = await nest.inWorkspace(id, (tx) =>
    tx.query<{ email: string }>(
      sql`select email from leads where workspace_id = ${id} and email in ('p699@example.com', 'p700@example.com', 'p1400@example.com')`,
    ),
  )
  expect(stored.map(({ email }) => email).sort()).toEqual(['p1400@example.com', 'p699@example.com'])
})
