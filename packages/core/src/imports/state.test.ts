import { expect, onTestFinished, test } from 'vitest'
import { newId } from '../id.ts'
import { lockKnown } from '../leads/statements.ts'
import { sql } from '../postgres/sql.ts'
import { testNest } from '../testing.ts'
import { hasKept } from './state.ts'

interface Plan {
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  Plans?: Plan[]
}

const walked = (plan: Plan): number =>
  (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Join Filter'] ?? 0)) *
    plan['Actual Loops'] +
  (plan.Plans ?? []).reduce((sum, part) => sum + walked(part), 0)

test('a dry run does not go through all that it has drafted for each phone', async () => {
  const nest = await testNest()
  onTestFinished(() => nest.close())
  const { workspaceId } = nest
  const job = newId()
  await nest.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`
      insert into leads (workspace_id, id, email, phone, stage, created_at, updated_at, last_activity_at)
      select ${workspaceId}::uuid, gen_random_uuid(), 'p' || n || '@example.com', '+49' || n, 'new', now(), now(), now()
      from generate_series(1, 3000) n`)
    await tx.query(sql`
      insert into import_drafts (workspace_id, job_id, lead_id, phone, lead)
      select workspace_id, ${job}::uuid, id, phone, '{}' from leads where workspace_id = ${workspaceId}`)
  })
  await nest.outside((tx) => tx.query(sql`analyze leads`))
  const phones = Array.from({ length: 200 }, (_, i) => `+49${i + 1}`)
  const ask = lockKnown(workspaceId, { emails: [], externalIds: [], phones }, { phoneIf: hasKept(workspaceId, job) })
  const [told] = await nest.inWorkspace(workspaceId, (tx) =>
    tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(sql`explain (analyze, format json) ${ask}`),
  )
  expect(walked(told!['QUERY PLAN'][0].Plan)).toBeLessThan(10 * 3000)
})
