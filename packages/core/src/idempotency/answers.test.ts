import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWorkspace } from '../accounts/workspaces.ts'
import { bySystem } from '../events/event.ts'
import { createLead } from '../leads/create-lead.ts'
import { listLeads } from '../leads/list-leads.ts'
import { type TestNest, testNest } from '../testing.ts'
import { type Claim, claimAnswer, keepAnswer, releaseClaim, rememberingCore } from './answers.ts'
import { fingerprintOf } from './records.ts'

let nest: TestNest
let time = Date.parse('2026-11-25T09:00:00Z')
let n = 0

beforeAll(async () => {
  nest = await testNest({ now: () => new Date(time) })
})
afterAll(() => nest.close())
beforeEach(() => void n++)

const key = () => ({ scope: 'key:1', key: `overlap-${n}`, fingerprint: fingerprintOf('POST', '/v1/leads') })
const claimed = async () => (await claimAnswer(nest, nest.workspaceId, key())) as { claim: Claim }

/** Two workers with one request: the claim of the slow one ran out, so the quick one has it. */
async function overlap() {
  const { claim: slow } = await claimed()
  time += 61_000
  const { claim: quick } = await claimed()
  return { slow, quick }
}

function create(claim: Claim, name: string) {
  const { core } = rememberingCore(nest, claim, 201)
  return createLead(core, nest.workspaceId, { name }, bySystem)
}

const names = async () => {
  const { data } = await listLeads(nest, nest.workspaceId, { limit: 50, sort: '-createdAt', q: `Worker ${n}` })
  return data.map(({ name }) => name)
}

test('a worker whose claim ran out is rolled back, whether or not the other one has answered', async () => {
  const { slow, quick } = await overlap()
  await expect(create(slow, `Worker ${n} slow`)).rejects.toMatchObject({ code: 'idempotency_in_flight' })
  await create(quick, `Worker ${n} quick`)
  await expect(create(slow, `Worker ${n} slow`)).rejects.toMatchObject({ code: 'idempotency_in_flight' })
  expect(await names()).toEqual([`Worker ${n} quick`])
})

test('it neither lets the key go nor replaces the answer', async () => {
  const { slow, quick } = await overlap()
  await releaseClaim(nest, slow)
  await expect(claimed()).rejects.toMatchObject({ code: 'idempotency_in_flight' })
  await keepAnswer(nest, quick, { status: 200, body: '"quick"' })
  await keepAnswer(nest, slow, { status: 200, body: '"slow"' })
  expect(await claimed()).toMatchObject({ answer: { body: '"quick"' } })
})

test('what was stored with the work may be replaced by the one who stored it', async () => {
  const { claim } = await claimed()
  await create(claim, `Worker ${n}`)
  await keepAnswer(nest, claim, { status: 201, body: '"final"' })
  expect(await claimed()).toMatchObject({ answer: { body: '"final"' } })
})

test('a new workspace is answered for where its maker asked, though nothing follows its transaction', async () => {
  const { claim } = await claimed()
  const made = await createWorkspace(rememberingCore(nest, claim, 201).core, { name: 'Bakery' })
  time += 61_000
  expect(await claimed()).toMatchObject({ answer: { status: 201, body: JSON.stringify(made) } })
})
