import { createWorkspace, rescore, scoreLeads, sql } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let time = Date.parse('2026-11-24T09:00:00Z')
let key: string
let workspaceId: string
let count = 0

beforeAll(async () => {
  // Each event is later than the one before, so that the timeline has an order.
  server = await testServer({ now: () => new Date(time++) })
})
afterAll(() => server.close())
beforeEach(async () => {
  workspaceId = (await createWorkspace(server.nest, { name: `Scores ${count++}` })).id
  key = await server.nest.key({ workspaceId })
})

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
const rule = async (name: string, points: number, body: object) =>
  (await ask('POST /v1/score-rules', { name, points, ...body })).json
const lead = async (body: object = {}) =>
  (await ask('POST /v1/leads', { email: `lead${count++}@example.com`, ...body })).json.id as string
const score = async (id: string) => (await ask(`GET /v1/leads/${id}/score`)).json
const settle = () => server.nest.settle()
const scored = async (id: string) =>
  (await ask(`GET /v1/leads/${id}/timeline`)).json.data
    .filter(({ type }: { type: string }) => type === 'lead.scored')
    .reverse()
const submit = (email: string) => ask('POST /v1/forms/contact/submissions', { fields: { email, name: 'Ada' } })

describe('score rules', () => {
  test('are added, changed and deleted', async () => {
    const made = await rule('Big', 20, { filter: 'company = ACME' })
    expect(made).toMatchObject({ name: 'Big', points: 20, enabled: true, filter: 'company = ACME', event: null })
    const event = { type: 'lead.captured', formSlug: 'contact', max: 3 }
    const changed = (await ask(`PATCH /v1/score-rules/${made.id}`, { filter: null, event })).json
    expect(changed).toMatchObject({ filter: null, event })
    expect((await ask(`PATCH /v1/score-rules/${made.id}`, { event })).json.updatedAt).toBe(changed.updatedAt)
    expect((await ask('GET /v1/score-rules')).json.data).toEqual([changed])
    expect((await ask(`DELETE /v1/score-rules/${made.id}`)).status).toBe(204)
    expect((await ask(`DELETE /v1/score-rules/${made.id}`)).json.code).toBe('not_found')
  })

  test.each<[string, string, object]>([
    ['points', 'invalid_input', { points: 1001 }],
    ['points', 'invalid_input', { points: 0.5 }],
    ['points', 'invalid_input', { points: 0 }],
    ['filter', 'invalid_input', { filter: 'stage is' }],
    ['filter', 'invalid_input', { filter: 'not (email ~ a or score > 5)' }],
    ['filter', 'invalid_input', { filter: null }],
    ['event', 'invalid_input', { event: { type: 'lead.updated' } }],
    ['event.type', 'invalid_input', { filter: null, event: { type: 'lead.scored' } }],
    ['event.type', 'invalid_input', { filter: null, event: { type: 'moon.full' } }],
    ['event.type', 'invalid_input', { filter: null, event: { type: 'workspace.updated' } }],
    ['event.type', 'invalid_input', { filter: null, event: { type: 'form.updated' } }],
    ['event.max', 'invalid_input', { filter: null, event: { type: 'lead.updated', max: 0 } }],
    ['event.formSlug', 'invalid_input', { filter: null, event: { type: 'lead.updated', formSlug: 'contact' } }],
    ['event.formSlug', 'unknown_reference', { filter: null, event: { type: 'lead.captured', formSlug: 'nowhere' } }],
  ])('are refused at %s as %s', async (path, code, body) => {
    const { id } = await rule('Mail', 1, { filter: 'email is not empty' })
    const answers = [
      await ask('POST /v1/score-rules', { name: 'X', points: 1, filter: 'stage = new', ...body }),
      await ask(`PATCH /v1/score-rules/${id}`, body),
    ]
    for (const { json } of answers) expect(json).toMatchObject({ status: 422, code, errors: [{ path }] })
  })
})

describe('the score of a lead', () => {
  test('is the sum of its rules, and each change says why', async () => {
    const big = await rule('Big', 20, { filter: 'company = ACME' })
    const free = await rule('Free mail', -5, { filter: 'email ~ example.com' })
    const forms = await rule('Wrote', 10, { event: { type: 'lead.captured', formSlug: 'contact', max: 2 } })
    await rule('Off', 500, { filter: 'email is not empty', enabled: false })
    const id = await lead({ email: 'ada@example.com', company: 'ACME' })
    const { updatedAt, lastActivityAt } = (await ask(`GET /v1/leads/${id}`)).json
    await settle()
    const parts = [
      { ruleId: big.id, name: 'Big', points: 20 },
      { ruleId: free.id, name: 'Free mail', points: -5 },
    ]
    expect(await score(id)).toEqual({ score: 15, parts })
    expect((await ask(`GET /v1/leads/${id}`)).json).toMatchObject({ score: 15, updatedAt, lastActivityAt })
    for (let i = 0; i < 3; i++) await submit('ada@example.com')
    await settle()
    await ask(`PATCH /v1/leads/${id}`, { company: null })
    await settle()
    const wrote = { ruleId: forms.id, name: 'Wrote', points: 20 }
    expect(await scored(id)).toMatchObject([
      { actor: { type: 'system' }, source: 'system', data: { from: 0, to: 15, parts, changed: parts } },
      { data: { from: 15, to: 35, parts: [...parts, wrote], changed: [wrote] } },
      { data: { from: 35, to: 15, parts: [parts[1], wrote], changed: [{ ...parts[0], points: -20 }] } },
    ])
    expect((await ask('GET /v1/leads?filter=score%20%3D%2015')).json.data).toHaveLength(1)
  })

  test('is counted once, however often the job runs', async () => {
    await rule('Mail', 7, { filter: 'email is not empty' })
    const id = await lead()
    await Promise.all([
      scoreLeads(server.nest, workspaceId, [id]),
      settle(),
      scoreLeads(server.nest, workspaceId, [id]),
    ])
    await rescore(server.nest, { workspaceId })
    expect((await scored(id)).map(({ data }: { data: object }) => data)).toMatchObject([{ from: 0, to: 7 }])
  })

  test('of every lead follows a rule that is made, changed, turned off or deleted', async () => {
    const ids = await Promise.all([lead(), lead({ company: 'ACME' })])
    const gone = await lead()
    await ask(`DELETE /v1/leads/${gone}`)
    const scores = async () => {
      await settle()
      return Promise.all(ids.map(async (id) => (await score(id)).score))
    }
    const made = await rule('ACME', 20, { filter: 'company = ACME' })
    expect(await scores()).toEqual([0, 20])
    await ask(`PATCH /v1/score-rules/${made.id}`, { points: -1000, filter: 'email is not empty' })
    expect(await scores()).toEqual([-1000, -1000])
    await ask(`PATCH /v1/score-rules/${made.id}`, { enabled: false })
    expect(await scores()).toEqual([0, 0])
    await ask(`PATCH /v1/score-rules/${made.id}`, { enabled: true })
    await ask(`DELETE /v1/score-rules/${made.id}`)
    expect(await scores()).toEqual([0, 0])
    expect(await score(ids[0])).toEqual({ score: 0, parts: [] })
    expect((await ask(`GET /v1/leads/${gone}/score`)).json.code).toBe('not_found')
  })

  test('of many leads is counted in parts: a worker that stops leaves the rest to the next', async () => {
    await rule('Mail', 3, { filter: 'email is not empty' })
    await settle()
    await server.nest.inWorkspace(workspaceId, (tx) =>
      tx.query(sql`
        insert into leads (workspace_id, id, email, created_at, updated_at, last_activity_at)
        select ${workspaceId}, gen_random_uuid(), i || '@example.com', now(), now(), now() from generate_series(1, 1100) i`),
    )
    const counted = async () =>
      (
        await server.nest.inWorkspace(workspaceId, (tx) =>
          tx.query<{ count: number }>(
            sql`select count(*) from leads where workspace_id = ${workspaceId} and score = 3`,
          ),
        )
      )[0]!.count
    await rescore(server.nest, { workspaceId }, AbortSignal.abort())
    expect(await counted()).toBe(1000)
    await settle()
    expect(await counted()).toBe(1100)
  })

  test('that goes by the clock is counted anew every night', async () => {
    await rule('Fresh', 5, { filter: 'createdAt > -7d' })
    const id = await lead()
    await settle()
    time += 8 * 86_400_000
    const { rows } = await server.nest.pool.query(`select graphile_worker.add_job('rescore_by_the_clock')`)
    expect(rows).toHaveLength(1)
    await settle()
    expect((await scored(id)).map(({ data }: { data: object }) => data)).toMatchObject([
      { from: 0, to: 5 },
      { from: 5, to: 0 },
    ])
  })

  test('is there before a lead is given to somebody by it', async () => {
    const { id: memberId } = await server.nest.user({
      email: `hot${count++}@example.com`,
      password: 'correct horse battery',
      workspaceId,
    })
    await rule('ACME', 20, { filter: 'company = ACME' })
    await ask('POST /v1/assignment-rules', {
      name: 'Hot',
      filter: 'score >= 20',
      strategy: 'fixed',
      memberIds: [memberId],
    })
    const [hot, cold] = [await lead({ company: 'ACME' }), await lead()]
    await settle()
    const owner = async (id: string) => (await ask(`GET /v1/leads/${id}`)).json.ownerId
    expect([await owner(hot), await owner(cold)]).toEqual([memberId, null])
  })
})
