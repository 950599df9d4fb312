import { expect } from 'vitest'
import { createLead, sql } from '../../index.ts'
import type { TestNest } from '../../testing.ts'
import type { NewImport } from '../import-powers.ts'
import { by, importDesk } from './desk.ts'

/** A desk that asks the preview and the dry run before it imports: all three say the same of each row. */
export async function comparingDesk(nest: TestNest) {
  const { id, file, imports, run } = await importDesk(nest)
  const told = async (lines: string[], options: Omit<NewImport, 'fileId'> = {}) => {
    const preview = await imports.preview({ fileId: await file(lines), ...options })
    const dry = await run(lines, { ...options, dryRun: true })
    const done = await run(lines, options)
    const outcomes = preview.rows.map(({ outcome }) => outcome)
    const errors = preview.rows.flatMap(({ error }) => error ?? [])
    expect(dry).toMatchObject({
      errors: done.errors,
      created: done.created,
      updated: done.updated,
      failed: done.failed,
    })
    expect(errors).toEqual(done.errors)
    for (const one of ['created', 'updated', 'skipped', 'failed'] as const)
      expect([one, outcomes.filter((outcome) => outcome === one).length]).toEqual([one, done[one]])
    return { outcomes, errors: errors.map(({ row, column, code, detail }) => [row, column, code, detail]) }
  }
  const leads = async () => {
    const rows = await nest.inWorkspace(id, (tx) =>
      tx.query<Record<'externalId' | 'email' | 'phone' | 'name', string | null>>(sql`
        select external_id, email, phone, name from leads
        where workspace_id = ${id} and deleted_at is null and merged_into is null order by external_id, email, phone`),
    )
    return rows.map(({ externalId, email, phone, name }) =>
      [externalId, email, phone, name].map((one) => one ?? '-').join(' '),
    )
  }
  const add = async (said: object) => (await createLead(nest, id, { fields: {}, ...said }, by)).result.id
  return { id, file, imports, told, leads, add }
}
