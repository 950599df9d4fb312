import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkEvidence, createLead, mergeLeads, proveConsents, sealConsents, sql, verifyConsents } from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import { insertEntries, newEntry } from './entry.ts'

const by = { actor: { type: 'user' as const, id: null, name: 'Grace' }, source: 'api' as const }
let nest: TestNest
let time = Date.parse('2026-11-25T09:00:00Z')

beforeAll(async () => {
  nest = await testNest({ now: () => new Date((time += 1000)) })
})
afterAll(() => nest.close())

const lead = async (email: string) => (await createLead(nest, nest.workspaceId, { email }, by)).result.id
const agree = (leadId: string, count: number) =>
  nest.inWorkspace(nest.workspaceId, (tx) => {
    const entries = Array.from({ length: count }, () =>
      newEntry(nest, nest.workspaceId, { kind: 'granted', leadId, channel: 'email', purpose: 'news', ...by }),
    )
    return tx.query(insertEntries(nest.workspaceId, entries))
  })
const last = async (leadId: string) => (await proveConsents(nest, nest.workspaceId, leadId)).entries.at(-1)!.seq

test('evidence of a long ledger is read in batches, and its path is whole', async () => {
  const id = await lead('first@example.com')
  await agree(id, 1)
  await agree(await lead('many@example.com'), 10_000)
  const evidence = await proveConsents(nest, nest.workspaceId, id)
  expect([evidence.entries.length, evidence.path.commitments.length, evidence.head.entries]).toEqual([
    1, 10_001, 10_001,
  ])
  expect(checkEvidence(evidence)).toEqual([])
})

test('evidence is about its lead and those merged into it, of one workspace', async () => {
  const [survivor, merged, other] = [
    await lead('survivor@example.com'),
    await lead('merged@example.com'),
    await lead('other@example.com'),
  ]
  for (const id of [survivor, merged, other]) await agree(id, 1)
  await mergeLeads(nest, nest.workspaceId, { leadIds: [survivor, merged], dryRun: false }, by)
  const evidence = await proveConsents(nest, nest.workspaceId, survivor)
  expect(evidence).toMatchObject({ leadId: survivor, mergedIds: [merged], entries: [{}, {}] })
  expect(checkEvidence(evidence)).toEqual([])
  const [first, second] = evidence.entries.map(({ id }) => id)
  expect(checkEvidence({ ...evidence, leadId: other })).toEqual([`Entry ${first} is about another lead.`])
  expect(checkEvidence({ ...evidence, mergedIds: [] })).toEqual([`Entry ${second} is about another lead.`])
  expect(checkEvidence({ ...evidence, workspaceId: other })).toEqual([
    'The head is of another workspace.',
    `Entry ${first} is of another workspace.`,
    `Entry ${second} is of another workspace.`,
  ])
})

test('what LeadNest did not write holds up nothing that it wrote, however much there is of it', async () => {
  const id = await lead('behind@example.com')
  await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`
      with foreign_entry as (
        insert into consents (workspace_id, id, commitment)
        select ${nest.workspaceId}::uuid, gen_random_uuid(), sha256(n::text::bytea) from generate_series(1, 5001) n
        returning id
      )
      insert into unsealed_consents (workspace_id, consent_id, proof)
      select ${nest.workspaceId}::uuid, id, 'x' from foreign_entry`),
  )
  await agree(id, 5001)
  await sealConsents(nest, nest)
  const [waiting] = await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query<{ count: number }>(sql`
      select count(*)::int as count from unsealed_consents where workspace_id = ${nest.workspaceId} and proof <> 'x'`),
  )
  expect(waiting).toEqual({ count: 0 })
  expect(await last(id)).toBe((await verifyConsents(nest, nest.workspaceId)).entries)
})
