import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLead, getJob, type Job, runJob, sql, startBulk, tagLead, undoJob, updateLead } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import type { BulkAction } from './bulk.ts'

let nest: TestNest
let owners: string[]
let time = Date.parse('2026-11-25T09:00:00Z')
let n = 0
const by = { actor: { type: 'key' as const, id: null, name: 'Test' }, source: 'api' as const }

beforeAll(async () => {
  nest = await testNest({ now: () => new Date(time) })
  const user = (email: string) => nest.user({ email, password: 'correct horse battery' })
  owners = [(await user('one@example.com')).id, (await user('other@example.com')).id]
})
afterAll(() => nest.close())

const stage = fc.constantFrom('new', 'contacted', 'lost', 'won')
const reason = fc.option(fc.constantFrom('Too dear', 'Silent'))
const tags = fc.subarray(['VIP', 'hot', 'cold'])
const owner = fc.option(fc.constantFrom(0, 1))

const person = fc.record({ stage, reason, tags, owner, moved: fc.boolean() })
const action = fc.oneof(
  fc
    .record({ type: fc.constant('tag' as const), add: tags, remove: tags })
    .map(({ add, remove, ...tag }) => ({ ...tag, add, remove: remove.filter((name) => !add.includes(name)) }))
    .filter(({ add, remove }) => add.length + remove.length > 0),
  fc.record({ type: fc.constant('assign' as const), owner }),
  fc
    .record({ type: fc.constant('move' as const), stage, lostReason: fc.option(reason, { nil: undefined }) })
    .map(({ lostReason, ...move }) => ({ ...move, ...(move.stage === 'lost' && { lostReason }) })),
  fc.record({ type: fc.constant('delete' as const) }),
)

const run = async ({ id }: Pick<Job, 'id'>, size: number) => {
  const { workspaceId } = nest
  while (!(await getJob(nest, workspaceId, id)).finishedAt) {
    time += 1000
    await runJob(nest, { workspaceId, jobId: id }, { size, patience: 0 })
  }
  return (await getJob(nest, workspaceId, id)).result
}

/** Whole rows with their tags, but for when they were last written. */
const read = (ids: string[]) =>
  nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`
      select to_jsonb(leads) - 'updated_at' as row, array(
        select name from lead_tags t where t.workspace_id = leads.workspace_id and t.lead_id = leads.id order by name
      ) as tags
      from leads where workspace_id = ${nest.workspaceId} and id = any(${ids}::uuid[]) order by id`),
  )

test('an undo leaves leads exactly as they were before the bulk change', { timeout: 60_000 }, async () => {
  const { workspaceId } = nest
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 1, maxLength: 6 }),
      action,
      fc.integer({ min: 1, max: 4 }),
      async (people, { owner, ...said }: { owner?: number | null; type: string }, size) => {
        const ids: string[] = []
        for (const { stage, reason, tags, owner, moved } of people) {
          time += 1000
          const input = { email: `p${n++}@example.com`, ownerId: owner === null ? null : owners[owner]! }
          const lead = (await createLead(nest, workspaceId, { ...input, ...(moved && { stage }) }, by)).result
          ids.push(lead.id)
          await updateLead(nest, workspaceId, lead.id, { stage, ...(stage === 'lost' && { lostReason: reason }) }, by)
          await tagLead(nest, workspaceId, lead.id, { add: tags }, by)
        }
        const before = await read(ids)
        const ownerId = owner == null ? null : owners[owner]!
        const action = (owner === undefined ? said : { ...said, ownerId }) as BulkAction
        const started = (await startBulk(nest, workspaceId, { ids, action, dryRun: false }, by)).result as Job
        const result = await run(started, size)
        expect(result).toMatchObject({ matched: ids.length, failed: 0 })
        const undo = await undoJob(nest, workspaceId, started.id, by, 'plugin')
        expect(await run(undo, size)).toEqual({ restored: result!.changed, leftAlone: 0 })
        expect(await read(ids)).toEqual(before)
      },
    ),
    { numRuns: 20 },
  )
})
