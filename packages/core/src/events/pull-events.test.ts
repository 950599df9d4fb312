import { expect, onTestFinished, test } from 'vitest'
import { sql } from '../postgres/sql.ts'
import { testNest } from '../testing.ts'
import { pullEvents, readPage } from './pull-events.ts'

interface Plan {
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

/** How many rows the steps of a plan looked at, in all. */
const looked = (plan: Plan): number =>
  (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0)) * plan['Actual Loops'] +
  (plan.Plans ?? []).reduce((sum, part) => sum + looked(part), 0)

test('a page of events looks at no others, also where Postgres knows how many there are', async () => {
  const nest = await testNest()
  onTestFinished(() => nest.close())
  const { workspaceId } = nest
  const count = 20_000
  await nest.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into events (workspace_id, id, type, actor, source, data, created_at)
      select ${workspaceId}, gen_random_uuid(), 'field.created', '{}', 'api', '{}', now() from generate_series(1, ${count}::integer)`),
  )
  await nest.outside((tx) => tx.query(sql`analyze events`))
  const pull = () => pullEvents(nest, workspaceId, { types: ['field.created'], limit: 50 })
  // Any transaction of the same Postgres, as of another test, may hold them back for a moment.
  await expect.poll(pull, { timeout: 15_000 }).toMatchObject({ heldBack: false })
  const { events, nextCursor } = await pull()
  expect(events).toHaveLength(50)
  const next = await pullEvents(nest, workspaceId, { types: ['field.created'], limit: 50, after: nextCursor })
  expect(new Set([...events, ...next.events].map(({ event }) => event.id)).size).toBe(100)

  const last = events.at(-1)!.event.id
  const [told] = await nest.inWorkspace(workspaceId, async (tx) => {
    const [at] = await tx.query<{ xid: string }>(
      sql`select xid from events where workspace_id = ${workspaceId} and id = ${last}`,
    )
    const ask = readPage(workspaceId, { from: [at!.xid, last], types: ['field.created'], limit: 50 })
    return tx.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(sql`explain (analyze, format json) ${ask}`)
  })
  expect(looked(told!['QUERY PLAN'][0].Plan)).toBeLessThan(50 * 10)
})
