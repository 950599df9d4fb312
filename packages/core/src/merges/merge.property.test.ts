import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  addNote,
  captureLead,
  createLead,
  findForm,
  getLead,
  LeadNestError,
  listNotes,
  listSubmissions,
  listTimeline,
  mergeLeads,
  sql,
  tagLead,
  undoMerge,
  updateLead,
} from '../index.ts'
import type { LeadPatch } from '../leads/lead.ts'
import { type TestNest, testNest } from '../testing.ts'

/** `npm run fuzz` tries more. */
const pairs = Number(process.env.LEADNEST_FUZZ_PAIRS ?? 200)
let nest: TestNest
let ownerId: string
let time = Date.parse('2026-11-25T09:00:00Z')
let n = 0
const by = { actor: { type: 'key' as const, id: null, name: 'Test' }, source: 'api' as const }

beforeAll(async () => {
  nest = await testNest({ now: () => new Date(time) })
  ownerId = (await nest.user({ email: 'owner@example.com', password: 'correct horse battery' })).id
  await nest.field('plan')
  await nest.field('size', 'number')
  await nest.field('raw', 'json')
})
afterAll(() => nest.close())

const words = fc.constantFrom('Ada', 'Grace', 'Hedy', 'Žofie', '', '100%')
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 })
const phones = fc.constantFrom('+442079460001', '+442079460002', '12345')

/** A lead as the doors tell of it: what it is, what is edited on it, and what hangs on it. */
const person = fc.record({
  hasEmail: fc.boolean(),
  hasExternalId: fc.boolean(),
  phone: maybe(phones),
  name: maybe(words),
  firstName: maybe(words),
  company: maybe(words),
  fields: fc.record({ plan: words, size: fc.integer(), raw: fc.jsonValue({ maxDepth: 2 }) }, { requiredKeys: [] }),
  attribution: maybe(fc.record({ utmSource: fc.constantFrom('a', 'b') })),
  stage: maybe(fc.constantFrom('contacted', 'lost', 'won')),
  lostReason: maybe(fc.constant('Too dear')),
  owned: fc.boolean(),
  nextAction: maybe(fc.constant({ text: 'Call', dueAt: '2026-12-01T09:00:00.000Z', remindAt: null })),
  tags: fc.subarray(['VIP', 'hot', 'cold']),
  notes: fc.integer({ min: 0, max: 2 }),
  submissions: fc.integer({ min: 0, max: 1 }),
})
type PersonSpec = typeof person extends fc.Arbitrary<infer T> ? T : never

async function make(spec: PersonSpec): Promise<string> {
  time += 1000
  const id = n++
  const email = spec.hasEmail ? `p${id}@example.com` : undefined
  const input = {
    ...(email && { email }),
    // Numbers are unique, or the two would be one lead from the beginning.
    ...(spec.phone && {
      phone: spec.phone.length > 5 ? `${spec.phone.slice(0, 7)}${String(id).padStart(6, '0')}` : `${spec.phone}${id}`,
    }),
    externalId: spec.hasExternalId ? `crm-${id}` : undefined,
    name: spec.name,
    firstName: spec.firstName || `F${id}`,
    company: spec.company,
    fields: spec.fields as Record<string, string>,
    attribution: spec.attribution,
  }
  const { result: lead } = await createLead(nest, nest.workspaceId, input, by)
  const patch: LeadPatch = {
    ...(spec.stage && { stage: spec.stage }),
    ...(spec.stage === 'lost' && { lostReason: spec.lostReason }),
    ...(spec.owned && { ownerId }),
    ...(spec.nextAction && { nextAction: spec.nextAction }),
  }
  time += 1000
  if (Object.keys(patch).length > 0) await updateLead(nest, nest.workspaceId, lead.id, patch, by)
  if (spec.tags.length > 0) await tagLead(nest, nest.workspaceId, lead.id, { add: spec.tags }, by)
  for (let i = 0; i < spec.notes; i++) await addNote(nest, nest.workspaceId, lead.id, { body: `Note ${i}` }, by)
  if (email)
    for (let i = 0; i < spec.submissions; i++)
      await captureLead(nest, await findForm(nest, 'contact'), { fields: { email } }, { ...by, trusted: true })
  return lead.id
}

/** All that can be seen of a lead, and what is kept beside it; but for events of merges, and `updatedAt`. */
async function everythingOf(id: string) {
  const { workspaceId } = nest
  const [lead, timeline, submissions, notes, rows] = await Promise.all([
    getLead(nest, workspaceId, id),
    listTimeline(nest, workspaceId, id, { limit: 200 }),
    listSubmissions(nest, workspaceId, { leadId: id, limit: 200 }),
    listNotes(nest, workspaceId, id, { limit: 200 }),
    nest.inWorkspace(workspaceId, (tx) =>
      tx.query<{ row: Record<string, unknown> }>(sql`
        select to_jsonb(leads) - 'updated_at' as row from leads where workspace_id = ${workspaceId} and id = ${id}
        union all select to_jsonb(s) from lead_search s where workspace_id = ${workspaceId} and lead_id = ${id}
        union all select to_jsonb(a) from lead_aliases a where workspace_id = ${workspaceId} and lead_id = ${id}`),
    ),
  ])
  const { updatedAt, ...seen } = lead
  const events = timeline.data.filter(({ type }) => !/merged$/.test(type))
  return { seen, events, submissions: submissions.data, notes: notes.data, rows }
}

test(`a merge and its undo leave both leads as they were, for ${pairs} pairs`, async () => {
  let merged = 0
  const mergeAndUndo = async ([one, other]: [PersonSpec, PersonSpec]) => {
    const ids = [await make(one), await make(other)]
    const before = await Promise.all(ids.map(everythingOf))
    time += 1000
    const result = await mergeLeads(nest, nest.workspaceId, { leadIds: ids.toReversed(), dryRun: false }, by)
    expect(result.lead.id).toBe(ids[0])
    expect((await getLead(nest, nest.workspaceId, ids[1]!)).mergedInto).toBe(ids[0])
    time += 1000
    await undoMerge(nest, nest.workspaceId, result.id!, by)
    expect(await Promise.all(ids.map(everythingOf))).toEqual(before)
    merged++
  }
  const tenPairs = fc.array(fc.tuple(person, person), { minLength: 10, maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(tenPairs, async (ten) => void (await Promise.all(ten.map(mergeAndUndo)))),
    { numRuns: pairs / 10 },
  )
  expect(merged).toBe(pairs)
}, 180_000)

test('a dry run shows what the merge then does, and changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(person, person, async (one, other) => {
      const ids = [await make(one), await make(other)]
      const before = await Promise.all(ids.map(everythingOf))
      const merge = (dryRun: boolean) => mergeLeads(nest, nest.workspaceId, { leadIds: ids, dryRun }, by)
      const shown = await merge(true)
      expect(await Promise.all(ids.map(everythingOf))).toEqual(before)
      const done = await merge(false)
      expect(shown).toEqual({ ...done, id: null })
    }),
    { numRuns: 25 },
  )
})

test('an unknown merge is not undone', async () => {
  await expect(undoMerge(nest, nest.workspaceId, 'no id', by)).rejects.toBeInstanceOf(LeadNestError)
})
