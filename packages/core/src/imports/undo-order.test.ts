import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, getLead } from '../index.ts'
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
