import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, type Lead, listDuplicates, sql } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest()
})
afterAll(() => nest.close())

const by = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const

test('of many who are alike each is suggested some, the most alike first', async () => {
  const leads: Lead[] = []
  for (let i = 0; i < 120; i++) {
    const lead = { email: `p${i}@example.com`, name: `Person of Engines ${i}`, company: 'Engines' }
    leads.push((await createLead(nest, nest.workspaceId, lead, by)).result)
  }
  const twin = { email: 'twin@example.com', name: leads[7]!.name, company: 'Engines' }
  const { result: late } = await createLead(nest, nest.workspaceId, twin, by)
  await nest.settle()

  let cursor: string | undefined
  let pairs = 0
  do {
    const page = await listDuplicates(nest, nest.workspaceId, { limit: 200, ...(cursor && { cursor }) })
    pairs += page.data.length
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  // All pairs would be 7,260.
  expect(pairs).toBeLessThanOrEqual(121 * 20)
  const { data } = await listDuplicates(nest, nest.workspaceId, { leadId: late.id, limit: 200 })
  expect(data.flatMap(({ leads }) => leads.map(({ id }) => id))).toContain(leads[7]!.id)
})

test('in a company of more than 500 nobody is compared by name, and still by phone', async () => {
  const { workspaceId } = nest
  const named = { name: 'Ann Other', company: 'Crowd' }
  const phone = '+4930901820'
  await createLead(nest, workspaceId, { ...named, email: 'ann@example.com', phone }, by)
  await nest.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into leads (workspace_id, id, email, name, company, stage, created_at, updated_at, last_activity_at)
      select ${workspaceId}::uuid, gen_random_uuid(), 'c' || n || '@example.com', 'Person ' || n, 'Crowd', 'new', now(), now(), now()
      from generate_series(1, 500) n`),
  )
  const { result: late } = await createLead(nest, workspaceId, { ...named, email: 'an@example.com', phone }, by)
  await nest.settle()
  const { data } = await listDuplicates(nest, workspaceId, { leadId: late.id })
  expect(data.map(({ reasons }) => reasons)).toEqual([['phone']])
})
