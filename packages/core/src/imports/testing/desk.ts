import { createWorkspace, sql } from '../../index.ts'
import type { TestNest } from '../../testing.ts'
import type { NewImport } from '../import-powers.ts'
import { importPowersOf } from '../import-powers-of.ts'

export const by = {
  actor: { type: 'user' as const, id: '0190a8f0-0000-7000-8000-000000000001', name: 'Ada' },
  source: 'api' as const,
}

/** A workspace of its own, and what tests of imports ask of it. */
export async function importDesk(nest: TestNest) {
  const { id } = await createWorkspace(nest, { name: 'Imports' })
  const imports = importPowersOf(nest, id, () => undefined)
  const file = async (lines: string[] | string) =>
    (await imports.store(bytesOf([lines].flat().join('\n')), { name: 'leads.tsv', type: 'text/plain' })).id
  const run = async (lines: string[] | string, options: Omit<NewImport, 'fileId'> = {}) => {
    const begun = await imports.begin({ fileId: await file(lines), ...options }, by)
    await nest.settle()
    return imports.get(begun.id)
  }
  const undo = async (importId: string) => {
    await imports.undo(importId, by)
    await nest.settle()
    return (await imports.get(importId)).undo!
  }
  const lead = async (email: string) => {
    const [found] = await nest.inWorkspace(id, (tx) =>
      tx.query<{ id: string }>(sql`select id from leads where workspace_id = ${id} and email = ${email}`),
    )
    return found!.id
  }
  return { id, imports, file, run, undo, lead }
}

async function* bytesOf(text: string) {
  yield Buffer.from(text)
}
