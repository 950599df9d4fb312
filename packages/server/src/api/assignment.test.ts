import { assignLeads, assignWaiting, createWorkspace, newId, type Role } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
/** A Tuesday, 10:00 in Berlin. */
const tuesday = Date.parse('2026-11-24T09:00:00Z')
let time = tuesday
let key: string
let workspaceId: string
let count = 0
let ada: string
let bob: string
let eve: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
})
afterAll(() => server.close())
beforeEach(async () => {
  time = tuesday
  workspaceId = (await createWorkspace(server.nest, { name: `Assignment ${count++}` })).id
  key = await server.nest.key({ workspaceId })
  await ask('PATCH /v1/workspace', { timeZone: 'Europe/Berlin' })
  ;[ada, bob, eve] = [await member('ada'), await member('bob'), await member('eve')]
})

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
const member = async (name: string, role: Role = 'member') =>
  (
    await server.nest.user({
      email: `${name}${count++}@example.com`,
      password: 'correct horse battery',
      role,
      workspaceId,
    })
  ).id
const rule = async (body: object) =>
  (
    await ask('POST /v1/assignment-rules', {
      name: 'Everybody',
      strategy: 'round_robin',
      memberIds: [ada, bob, eve],
      ...body,
    })
  ).json
const lead = async (body: object = {}) =>
  (await ask('POST /v1/leads', { email: `lead${count++}@example.com`, ...body })).json.id as string
const ownerOf = async (id: string) => (await ask(`GET /v1/leads/${id}`)).json.ownerId as string | null
const assigned = async (id: string) =>
  (await ask(`GET /v1/leads/${id}/timeline`)).json.data.filter(({ type }: { type: string }) => type === 'lead.assigned')
const settle = () => server.nest.settle()
const waiting = () => assignWaiting(server.nest, { workspaceId })
const away = (id: string) => ask(`PATCH /v1/members/${id}`, { absentFrom: '2026-11-24T00:00:00Z' })
const back = (id: string) => ask(`PATCH /v1/members/${id}`, { absentFrom: null })

describe('assignment rules', () => {
  test('are added at the end, moved, changed and deleted', async () => {
    const ids = [(await rule({ name: 'A' })).id, (await rule({ name: 'B' })).id, (await rule({ name: 'C' })).id]
    const names = async () =>
      (await ask('GET /v1/assignment-rules')).json.data.map(
        ({ name, position }: { name: string; position: number }) => `${position} ${name}`,
      )
    expect((await ask(`PATCH /v1/assignment-rules/${ids[2]}`, { position: 1 })).json.position).toBe(1)
    expect(await names()).toEqual(['1 C', '2 A', '3 B'])
    expect((await ask(`PATCH /v1/assignment-rules/${ids[2]}`, { position: 99, enabled: false })).json).toMatchObject({
      position: 3,
      enabled: false,
      filter: '',
      memberIds: [ada, bob, eve],
    })
    expect((await ask(`DELETE /v1/assignment-rules/${ids[0]}`)).status).toBe(204)
    expect(await names()).toEqual(['1 B', '2 C'])
    expect((await ask(`DELETE /v1/assignment-rules/${ids[0]}`)).json.code).toBe('not_found')
  })

  test.each<[string, string, () => object]>([
    ['filter', 'invalid_input', () => ({ filter: 'stage is' })],
    ['filter', 'invalid_input', () => ({ filter: 'shoe = 42' })],
    ['strategy', 'invalid_input', () => ({ strategy: 'dice' })],
    ['memberIds', 'invalid_input', () => ({ memberIds: [] })],
    ['memberIds', 'invalid_input', () => ({ memberIds: [ada, ada] })],
    ['memberIds.0', 'invalid_input', () => ({ memberIds: ['ada'] })],
    ['memberIds.1', 'unknown_reference', () => ({ memberIds: [ada, newId()] })],
    ['name', 'invalid_input', () => ({ name: ' ' })],
  ])('are refused at %s as %s', async (path, code, body) => {
    const { id } = await rule({})
    const answers = [
      await ask('POST /v1/assignment-rules', { name: 'X', strategy: 'fixed', memberIds: [ada], ...body() }),
      await ask(`PATCH /v1/assignment-rules/${id}`, body()),
    ]
    for (const { json } of answers) expect(json).toMatchObject({ status: 422, code, errors: [{ path }] })
  })

  test('belong to those who may change settings', async () => {
    const reader = await server.nest.key({ workspaceId, scopes: ['settings:read'] })
    expect((await server.request('GET /v1/assignment-rules', { key: reader })).status).toBe(200)
    const { json } = await server.request('POST /v1/assignment-rules', {
      key: reader,
      body: { name: 'X', strategy: 'fixed', memberIds: [ada] },
    })
    expect(json.code).toBe('forbidden')
  })
})

describe('a new lead', () => {
  test('goes to the first rule that matches, with one event that explains it', async () => {
    await rule({ name: 'Off', enabled: false })
    await rule({ name: 'Big', filter: 'company = ACME', strategy: 'fixed', memberIds: [eve, bob] })
    const rest = await rule({ name: 'Rest', memberIds: [ada, bob] })
    await away(ada)
    const [big, small] = [await lead({ company: 'acme' }), await lead()]
    await settle()
    expect([await ownerOf(big), await ownerOf(small)]).toEqual([eve, bob])
    expect(await assigned(small)).toMatchObject([
      {
        actor: { type: 'system', id: null },
        source: 'system',
        data: {
          ownerId: bob,
          ruleId: rest.id,
          ruleName: 'Rest',
          strategy: 'round_robin',
          skipped: [{ memberId: ada, reason: 'absent' }],
        },
      },
    ])
  })

  test('that came by a form is given too; one that has an owner, or came again, is not', async () => {
    await rule({ strategy: 'fixed', memberIds: [ada] })
    const fields = { email: 'form@example.com', name: 'Form' }
    const submit = () => ask('POST /v1/forms/contact/submissions', { fields })
    await submit()
    const { id } = (await ask('GET /v1/leads?email=form@example.com')).json.data[0]
    await settle()
    expect(await ownerOf(id)).toBe(ada)
    const taken = await lead()
    await ask(`PATCH /v1/leads/${taken}`, { ownerId: bob })
    await ask(`PATCH /v1/leads/${id}`, { ownerId: null })
    await submit()
    await settle()
    expect([await ownerOf(taken), await ownerOf(id)]).toEqual([bob, null])
  })

  test('50 of them at once are spread evenly, whoever runs the jobs', async () => {
    await rule({})
    const ids = await Promise.all(Array.from({ length: 50 }, () => lead()))
    await Promise.all([
      assignLeads(server.nest, workspaceId, ids),
      settle(),
      assignLeads(server.nest, workspaceId, ids),
    ])
    const owners = await Promise.all(ids.map(ownerOf))
    const counts = [ada, bob, eve].map((id) => owners.filter((owner) => owner === id).length)
    expect(counts.sort()).toEqual([16, 17, 17])
    expect((await Promise.all(ids.map(assigned))).map(({ length }) => length)).toEqual(Array(50).fill(1))
  })

  test('goes to who has the fewest open leads', async () => {
    const own = async (owner: string, body: object = {}) =>
      ask(`PATCH /v1/leads/${await lead()}`, { ownerId: owner, ...body })
    for (const owner of [ada, ada, bob, eve, eve]) await own(owner)
    for (let i = 0; i < 3; i++) await own(bob, { stage: 'won' })
    await rule({ strategy: 'least_busy' })
    const first = await lead()
    await settle()
    expect(await ownerOf(first)).toBe(bob)
    expect((await assigned(first))[0].data.openLeads).toEqual({ [ada]: 2, [bob]: 1, [eve]: 2 })
    const more = await Promise.all(Array.from({ length: 3 }, () => lead()))
    await settle()
    expect(new Set(await Promise.all(more.map(ownerOf)))).toEqual(new Set([ada, bob, eve]))
  })
})

describe('a lead waits while nobody is there', () => {
  test('who was away comes back', async () => {
    await rule({ memberIds: [ada, bob] })
    await Promise.all([away(ada), ask(`DELETE /v1/members/${bob}`)])
    const id = await lead()
    await settle()
    await waiting()
    expect(await ownerOf(id)).toBeNull()
    await back(ada)
    await settle()
    expect(await ownerOf(id)).toBe(ada)
    expect((await assigned(id))[0].data.skipped).toEqual([{ memberId: bob, reason: 'removed' }])
  })

  test('until the workspace opens, or a member begins, by the clock there', async () => {
    await ask('PATCH /v1/workspace', { openingHours: [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' }] })
    await ask(`PATCH /v1/members/${bob}`, { workingHours: [{ days: [6], from: '10:00', to: '12:00' }] })
    await rule({ memberIds: [ada, bob] })
    time = Date.parse('2026-11-27T17:30:00Z')
    const [first, second] = [await lead(), await lead()]
    await settle()
    time = Date.parse('2026-11-28T08:59:00Z')
    await waiting()
    expect(await ownerOf(first)).toBeNull()
    time = Date.parse('2026-11-28T09:00:00Z')
    await waiting()
    expect([await ownerOf(first), await ownerOf(second)]).toEqual([bob, bob])
    expect((await assigned(first))[0].data.skipped).toEqual([{ memberId: ada, reason: 'closed' }])
    expect(await assigned(first)).toHaveLength(1)
  })

  test('until the rules change', async () => {
    const { id: ruleId } = await rule({ memberIds: [ada] })
    await away(ada)
    const [id, taken, gone] = [await lead(), await lead(), await lead()]
    await settle()
    await ask(`PATCH /v1/leads/${taken}`, { ownerId: eve })
    await ask(`DELETE /v1/leads/${gone}`)
    await ask(`PATCH /v1/assignment-rules/${ruleId}`, { memberIds: [ada, bob] })
    await settle()
    expect([await ownerOf(id), await ownerOf(taken)]).toEqual([bob, eve])
    await back(ada)
    await settle()
    expect([await ownerOf(id), await ownerOf(taken)]).toEqual([bob, eve])
  })
})
