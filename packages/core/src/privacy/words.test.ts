import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBulk } from '../bulk/start-bulk.ts'
import { bySystem } from '../events/event.ts'
import { createLead } from '../leads/create-lead.ts'
import { sql } from '../postgres/sql.ts'
import { createSegment, listSegments } from '../segments/segments.ts'
import { type TestNest, testNest } from '../testing.ts'
import { eraseLead } from './erase-lead.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest()
})
afterAll(() => nest.close())

const lead = async (name: string, email: string) =>
  (await createLead(nest, nest.workspaceId, { name, email }, bySystem)).result.id
const everywhere = async () =>
  JSON.stringify(
    await nest.inWorkspace(nest.workspaceId, (tx) =>
      tx.query(sql`
        select j.input, e.data from jobs j left join events e on e.workspace_id = j.workspace_id and e.type like 'job.%'
        where j.workspace_id = ${nest.workspaceId}`),
    ),
  )

test('a full name that the workspace searched for goes with its person, unless somebody else is called so', async () => {
  const onga = await lead('Onga Nyalason', 'onga@example.com')
  const ida = await lead('Ida Tapirova', 'ida@example.com')
  await lead('Ida Tapirova', 'other@example.com')
  for (const q of ['Onga Nyalason', 'Ida Tapirova'])
    await startBulk(
      nest,
      nest.workspaceId,
      { q, action: { type: 'tag', add: ['found'], remove: [] }, dryRun: false },
      bySystem,
    )
  const by = { actor: bySystem.actor, source: 'api' } as const
  await createSegment(nest, nest.workspaceId, { name: 'One', filter: 'name = "Onga Nyalason"', q: '' }, by)
  await createSegment(nest, nest.workspaceId, { name: 'Two', filter: 'name = "Ida Tapirova"', q: '' }, by)
  await nest.settle()
  expect(await everywhere()).toContain('Onga Nyalason')

  await eraseLead(nest, nest.workspaceId, onga, {}, bySystem)
  await eraseLead(nest, nest.workspaceId, ida, {}, bySystem)
  const left = await everywhere()
  expect(left).not.toMatch(/onga|nyalason/i)
  expect(left).toContain('Ida Tapirova')
  const segments = await listSegments(nest, nest.workspaceId, {})
  expect(segments.map(({ filter }) => filter)).toEqual(['name = "erased"', 'name = "Ida Tapirova"'])
})
