import { expect, onTestFinished, test } from 'vitest'
import { createWorkspace } from '../accounts/workspaces.ts'
import { sql } from '../postgres/sql.ts'
import { testNest } from '../testing.ts'
import { lockKnown } from './statements.ts'

interface Plan {
  'Rows Removed by Filter'?: number
  'Actual Loops': number
  Plans?: Plan[]
}

/** How many rows were looked at for nothing. */
const wasted = (plan: Plan): number =>
  (plan['Rows Removed by Filter'] ?? 0) * plan['Actual Loops'] +
  (plan.Plans ?? []).reduce((sum, part) => sum + wasted(part), 0)

test('people are not looked up one by one among all leads of a workspace that was empty when Postgres last looked', async () => {
  const nest = await testNest()
  onTestFinished(() => nest.close())
  const fill = (id: string, count: number) =>
    nest.inWorkspace(id, (tx) =>
      tx.query(sql`
        insert into leads (workspace_id, id, email, external_id, phone, stage, created_at, updated_at, last_activity_at)
        select ${id}::uuid, gen_random_uuid(), case when n % 2 = 0 then 'p' || n || '@example.com' end, 'x' || n, '+49' || n, 'new', now(), now(), now()
        from generate_series(1, ${count}::integer) n`),
    )
  const other = await createWorkspace(nest, { name: 'Other' })
  await fill(other.id, 300)
  await nest.outside((tx) => tx.query(sql`analyze leads, lead_aliases`))
  await fill(nest.workspaceId, 3000)
  const who = Array.from({ length: 200 }, (_, i) => 2 * i + 1)
  const ask = lockKnown(nest.workspaceId, {
    emails: who.map((n) => `p${n + 1}@example.com`),
    externalIds: who.map((n) => `x${n}`),
    phones: who.map((n) => `+49${n}`),
  })
  const [told] = await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(sql`explain (analyze, format json) ${ask}`),
  )
  // Each of the few kinds may go through all leads once.
  expect(wasted(told!['QUERY PLAN'][0].Plan)).toBeLessThan(5 * 3000)
})
