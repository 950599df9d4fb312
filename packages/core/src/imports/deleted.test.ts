import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, deleteLead, sql } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test.each([
  ['skip', 'skipped', true],
  ['create', 'failed', true],
  ['upsert', 'updated', false],
  ['update', 'updated', false],
  ['fill', 'updated', false],
] as const)(
  'a deleted lead by the mode %s: its row is %s, and is told beforehand',
  async (mode, outcome, staysDeleted) => {
    const { id, imports, file, run } = await importDesk(nest)
    const gone = (await createLead(nest, id, { email: 'gone@example.com', name: 'Gone', fields: {} }, by)).result.id
    await deleteLead(nest, id, gone, by)
    // Nothing that is new: to be brought back is a change, too.
    const lines = ['email\tname\tid', `gone@example.com\tGone\t`, `\tGone\t${gone}`]
    const { rows } = await imports.preview({ fileId: await file(lines), mode })
    const second = outcome === 'updated' ? 'skipped' : outcome
    expect(rows.map(({ outcome, restores, leadId }) => [outcome, restores, leadId])).toEqual([
      [outcome, outcome === 'updated', gone],
      [second, false, gone],
    ])
    const dry = await run(lines, { mode, dryRun: true })
    const done = await run(lines, { mode })
    for (const one of ['created', 'updated', 'skipped', 'failed'] as const) expect(dry[one]).toBe(done[one])
    expect(dry.errors).toEqual(done.errors)
    expect(done.errors).toMatchObject(
      outcome === 'failed'
        ? [
            {
              code: 'lead_exists',
              detail: `Known already: this is the lead ${gone}, which is deleted. Restore it, or import by another mode.`,
            },
            { code: 'lead_exists' },
          ]
        : [],
    )
    const [lead] = await nest.inWorkspace(id, (tx) =>
      tx.query<{ isDeleted: boolean }>(sql`select deleted_at is not null as is_deleted from leads where id = ${gone}`),
    )
    expect(lead!.isDeleted).toBe(staysDeleted)
  },
)
