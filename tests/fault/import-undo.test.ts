import { importPowersOf, sql } from '@leadnest/core'
import { testNest } from '@leadnest/core/testing'
import { expect, test } from 'vitest'
import { csv } from '../../packages/plugins/csv/src/index.ts'

const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'command' as const }
const rows = 10_000

test('an import of 10,000 rows over 10,000 leads is taken back: leads, tags and notes are, byte for byte, what they were', async () => {
  const nest = await testNest({ plugins: [csv()] })
  const { workspaceId } = nest
  const imports = importPowersOf(nest, workspaceId, () => undefined)
  const run = async (columns: string, row: (i: number) => string) => {
    async function* bytes() {
      yield Buffer.from([columns, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n'))
    }
    const { id: fileId } = await imports.store(bytes(), { name: 'leads.csv', type: 'text/csv' })
    const { id } = await imports.begin({ fileId, format: 'csv' }, by)
    await nest.settle()
    return imports.get(id)
  }
  const checksum = () =>
    nest.inWorkspace(workspaceId, (tx) =>
      tx.query(sql`
        select md5((select string_agg(l::text, '|' order by l.id) from leads l)
          || (select string_agg(t::text, '|' order by t.lead_id, t.name) from lead_tags t)
          || (select string_agg(n::text, '|' order by n.id) from notes n)) as sum`),
    )
  const people = 'email,phone,name,company,externalId,tags,note'
  await run(people, (i) => `p${i}@example.com,+1415${2_000_000 + i},Old ${i},ACME,x-${i},early,Seen in spring`)
  const before = await checksum()
  const done = await run(
    people,
    (i) => `p${i}@example.com,+1415${3_000_000 + i},New ${i},Globex ${i % 7},y-${i},late,Seen in autumn`,
  )
  expect(done).toMatchObject({ created: 0, updated: rows, failed: 0 })
  expect(await checksum()).not.toEqual(before)
  await imports.undo(done.id, by)
  await nest.settle()
  expect(await imports.get(done.id)).toMatchObject({ undo: { status: 'succeeded', restored: rows, leftAlone: 0 } })
  expect(await checksum()).toEqual(before)
  await nest.close()
}, 300_000)
