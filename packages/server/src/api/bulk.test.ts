import { type Job, newId, runJob, sql } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let ownerId: string
/** Of this test's leads. */
let company = ''
let count = 0

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  ownerId = (await server.nest.user({ email: 'owner@example.com', password: 'correct horse battery' })).id
})
afterAll(() => server.close())
beforeEach(() => {
  company = `company${count++}`
})

const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
const ours = () => `company = ${company}`

async function leads(number: number): Promise<string[]> {
  const ids = Array.from({ length: number }, () => newId()).sort()
  const { workspaceId } = server.nest
  await server.nest.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      insert into leads (workspace_id, id, email, company, created_at, updated_at, last_activity_at)
      select ${workspaceId}::uuid, id, id || '@example.com', ${company}, now() - interval '1 day', now() - interval '1 day', now() - interval '1 day'
      from unnest(${ids}::uuid[]) as id`),
  )
  return ids
}

async function bulk(action: object, which: object = { filter: ours() }): Promise<Job> {
  const { status, json, text } = await ask('POST /v1/leads/bulk', { ...which, action })
  expect(status, text).toBe(202)
  return json
}

const job = async (id: string): Promise<Job> => (await ask(`GET /v1/jobs/${id}`)).json

async function done(started: Job): Promise<Job> {
  await server.nest.settle()
  return job(started.id)
}

async function undone(started: Job): Promise<Job> {
  const { status, json, text } = await ask(`POST /v1/jobs/${started.id}/undo`)
  expect(status, text).toBe(202)
  return done(json)
}

const list = async (filter = ours()) =>
  (await ask(`GET /v1/leads?limit=200&sort=createdAt&filter=${encodeURIComponent(filter)}`)).json.data as {
    id: string
    [name: string]: unknown
  }[]
const lead = async (id: string) => (await ask(`GET /v1/leads/${id}`)).json
const timeline = async (id: string) => (await ask(`GET /v1/leads/${id}/timeline`)).json.data

/** Events that a job wrote on leads. */
const eventsOf = (jobId: string) =>
  server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ leadId: string; type: string }>(sql`
      select lead_id, type from events
      where workspace_id = ${server.nest.workspaceId} and lead_id is not null and data ->> 'jobId' = ${jobId}`),
  )

describe('a bulk change', () => {
  test('tags who matches, says what it did, and writes an event for each lead it changed', async () => {
    const [first, second] = await leads(3)
    await ask(`POST /v1/leads/${first}/tags`, { add: ['hot', 'old'] })
    await ask(`POST /v1/leads/${second}/tags`, { add: ['hot'] })
    const started = await bulk({ type: 'tag', add: ['hot'], remove: ['old'] })
    expect(started).toMatchObject({
      kind: 'bulk_tag',
      status: 'queued',
      progress: { done: 0, total: null },
      result: null,
      error: null,
      finishedAt: null,
      undoUntil: null,
    })
    const ended = await done(started)
    expect(ended).toMatchObject({
      status: 'succeeded',
      progress: { done: 3, total: 3 },
      result: { matched: 3, changed: 2, unchanged: 1, failed: 0 },
      actor: { type: 'key' },
      undoUntil: expect.any(String),
    })
    expect((await list()).map(({ tags }) => tags)).toEqual([['hot'], ['hot'], ['hot']])
    expect((await timeline(first!))[0]).toMatchObject({
      type: 'lead.tagged',
      actor: { type: 'key', name: 'test' },
      source: 'api',
      data: { added: [], removed: ['old'], jobId: started.id },
    })
    expect(await eventsOf(started.id)).toHaveLength(2)
  })

  test('assigns, and takes owners away', async () => {
    const ids = await leads(2)
    await ask(`PATCH /v1/leads/${ids[0]}`, { ownerId })
    const assigned = await done(await bulk({ type: 'assign', ownerId }))
    expect(assigned.result).toEqual({ matched: 2, changed: 1, unchanged: 1, failed: 0 })
    expect((await timeline(ids[1]!))[0]).toMatchObject({
      type: 'lead.updated',
      data: { changes: { ownerId: [null, ownerId] }, jobId: assigned.id },
    })
    const freed = await done(await bulk({ type: 'assign', ownerId: null }))
    expect(freed.result).toMatchObject({ changed: 2 })
    expect((await list()).map(({ ownerId }) => ownerId)).toEqual([null, null])
  })

  test('moves, as an edit does: a lost reason goes with the lost stage', async () => {
    const ids = await leads(2)
    await ask(`PATCH /v1/leads/${ids[0]}`, { stage: 'lost', lostReason: 'Too dear' })
    await done(await bulk({ type: 'move', stage: 'qualified' }))
    expect(await list()).toMatchObject([
      { stage: 'qualified', lostReason: null },
      { stage: 'qualified', lostReason: null },
    ])
    expect((await timeline(ids[0]!))[0].data.changes).toEqual({
      stage: ['lost', 'qualified'],
      lostReason: ['Too dear', null],
    })
    const lost = await done(await bulk({ type: 'move', stage: 'lost', lostReason: 'Silent' }))
    expect(lost.result).toMatchObject({ changed: 2 })
    expect(await list('lostReason = silent')).toHaveLength(2)
  })

  test('deletes, and the undo brings back who was not revived since', async () => {
    const ids = await leads(3)
    const deleted = await done(await bulk({ type: 'delete' }))
    expect(deleted.result).toMatchObject({ matched: 3, changed: 3 })
    expect(await list()).toEqual([])
    await ask('POST /v1/leads', { email: `${ids[0]}@example.com` })
    expect((await undone(deleted)).result).toEqual({ restored: 2, leftAlone: 1 })
    expect(await list()).toHaveLength(3)
    expect((await timeline(ids[1]!)).map(({ type }: { type: string }) => type)).toEqual([
      'lead.restored',
      'lead.deleted',
    ])
  })

  test('of named leads, of a search, and of all takes those', async () => {
    const ids = await leads(3)
    await done(await bulk({ type: 'tag', add: ['named'] }, { ids: [ids[2], ids[0], ids[2]] }))
    expect((await list('tag = named')).map(({ id }) => id)).toEqual([ids[0], ids[2]])
    await ask('POST /v1/leads', { email: `zoe${count}@example.com` })
    await done(await bulk({ type: 'tag', add: ['searched'] }, { q: `ZOE${count}@` }))
    expect(await list('tag = searched')).toMatchObject([{ email: `zoe${count}@example.com` }])
    const all = await done(await bulk({ type: 'tag', add: [`every${count}`] }, { all: true }))
    expect(all.result).toMatchObject({ changed: (await list('email is not empty')).length })
  })

  test('of a segment takes those that it has when it is asked for', async () => {
    const ids = await leads(2)
    const segment = (await ask('POST /v1/segments', { name: company, filter: `${ours()} and stage = new` })).json
    const started = await bulk({ type: 'move', stage: 'won' }, { segment: segment.id, filter: `email ~ ${ids[1]}` })
    await ask(`PATCH /v1/segments/${segment.id}`, { filter: 'stage = lost' })
    expect((await done(started)).result).toEqual({ matched: 1, changed: 1, unchanged: 0, failed: 0 })
    expect(await list()).toMatchObject([{ stage: 'new' }, { stage: 'won' }])
  })

  test('visits each lead once, though what it does changes whom its filter finds', async () => {
    await leads(120)
    const started = await bulk({ type: 'move', stage: 'won' }, { filter: `${ours()} and stage = new` })
    for (let i = 0; i < 4; i++) await runJob(server.nest, which(started), { size: 25, patience: 0 })
    const back = await bulk({ type: 'move', stage: 'new' }, { filter: `${ours()} and stage = won` })
    expect((await done(started)).result).toEqual({ matched: 120, changed: 120, unchanged: 0, failed: 0 })
    expect((await job(back.id)).status).toBe('succeeded')
    expect(await eventsOf(started.id)).toHaveLength(120)
  })

  test('of 5,000 leads counts exactly, with an event for each', async () => {
    const ids = await leads(5000)
    await done(await bulk({ type: 'tag', add: ['some'] }, { ids: ids.slice(0, 700) }))
    const ended = await done(await bulk({ type: 'tag', add: ['some'] }))
    expect(ended).toMatchObject({
      progress: { done: 5000, total: 5000 },
      result: { matched: 5000, changed: 4300, unchanged: 700, failed: 0 },
    })
    const events = await eventsOf(ended.id)
    expect(events).toHaveLength(4300)
    expect(new Set(events.map(({ leadId }) => leadId))).toEqual(new Set(ids.slice(700)))
    expect((await undone(ended)).result).toEqual({ restored: 4300, leftAlone: 0 })
    expect(
      (await ask(`POST /v1/leads/bulk`, { filter: 'tag = some', action: { type: 'delete' }, dryRun: true })).json,
    ).toMatchObject({ matched: 700 })
  })

  test('that was asked for twice under one key is one job', async () => {
    await leads(1)
    const send = () =>
      server.request('POST /v1/leads/bulk', {
        key,
        body: { filter: ours(), action: { type: 'delete' } },
        headers: { 'idempotency-key': company },
      })
    const [one, other] = [await send(), await send()]
    expect([one.status, other.status]).toEqual([202, 202])
    expect(other.json.id).toBe(one.json.id)
    await done(one.json)
  })
})

describe('a dry run', () => {
  test('says how many and shows five, and changes nothing', async () => {
    const ids = await leads(7)
    const { status, json } = await ask('POST /v1/leads/bulk', {
      filter: ours(),
      action: { type: 'delete' },
      dryRun: true,
    })
    expect(status).toBe(200)
    expect(json.matched).toBe(7)
    expect(json.sample.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 5))
    await server.nest.settle()
    expect(await list()).toHaveLength(7)
  })
})

describe('is refused', () => {
  const tag = { type: 'tag', add: ['x'] }
  test.each([
    ['without saying which', { action: tag }, 422, 'invalid_input', 'filter'],
    ['with an empty filter', { filter: ' ', action: tag }, 422, 'invalid_input', 'filter'],
    ['with two ways to say which', { filter: 'stage = new', all: true, action: tag }, 422, 'invalid_input', 'all'],
    ['with no ids', { ids: [], action: tag }, 422, 'invalid_input', 'ids'],
    ['with 1,001 ids', { ids: Array.from({ length: 1001 }, () => newId()), action: tag }, 422, 'invalid_input', 'ids'],
    ['with what is no id', { ids: ['x'], action: tag }, 422, 'invalid_input', 'ids.0'],
    ['with an unknown id', { ids: [newId()], action: tag }, 422, 'unknown_reference', 'ids.0'],
    ['with an unknown segment', { segment: newId(), action: tag }, 422, 'unknown_reference', 'segment'],
    ['with a filter that cannot be read', { filter: 'stage =', action: tag }, 422, 'invalid_input', 'filter'],
    ['with an unknown action', { all: true, action: { type: 'explode' } }, 422, 'invalid_input', 'action.type'],
    ['without an action', { all: true }, 422, 'invalid_input', 'action'],
    ['with no tag', { all: true, action: { type: 'tag' } }, 422, 'invalid_input', 'action.add'],
    [
      'with an unknown owner',
      { all: true, action: { type: 'assign', ownerId: newId() } },
      422,
      'unknown_reference',
      'action.ownerId',
    ],
    [
      'with an unknown stage',
      { all: true, action: { type: 'move', stage: 'nowhere' } },
      422,
      'unknown_reference',
      'action.stage',
    ],
    [
      'with a key of another action',
      { all: true, action: { type: 'delete', stage: 'won' } },
      422,
      'invalid_input',
      'action.stage',
    ],
  ])('%s', async (_name, body, status, code, path) => {
    for (const dryRun of [true, false]) {
      const { json } = await ask('POST /v1/leads/bulk', { ...body, dryRun })
      expect(json).toMatchObject({ status, code, errors: [{ path }] })
    }
  })

  test('an id of a lead that is deleted, at its place among the ids', async () => {
    const ids = await leads(2)
    await ask(`DELETE /v1/leads/${ids[0]}`)
    const { json } = await ask('POST /v1/leads/bulk', { ids: [ids[1], ids[0]], action: tag })
    expect(json).toMatchObject({ code: 'unknown_reference', errors: [{ path: 'ids.1' }] })
  })

  test('to who may only read, who may look at the jobs', async () => {
    await leads(1)
    const reader = await server.nest.key({ scopes: ['leads:read'] })
    const started = await bulk(tag)
    for (const route of [
      'POST /v1/leads/bulk',
      `POST /v1/jobs/${started.id}/cancel`,
      `POST /v1/jobs/${started.id}/undo`,
    ])
      expect((await ask(route, { all: true, action: tag }, reader)).json.code).toBe('forbidden')
    expect((await ask(`GET /v1/jobs/${started.id}`, undefined, reader)).json.status).toBe('queued')
    const forms = await server.nest.key({ scopes: ['forms:read'] })
    expect((await ask('GET /v1/jobs', undefined, forms)).json.code).toBe('forbidden')
    await done(started)
  })
})

const which = ({ id: jobId }: Job) => ({ workspaceId: server.nest.workspaceId, jobId })

describe('a job', () => {
  test('is listed, the newest first, page by page', async () => {
    await leads(1)
    const jobs = [await bulk({ type: 'delete' }), await bulk({ type: 'delete' }), await bulk({ type: 'delete' })]
    const page = (await ask('GET /v1/jobs?limit=2')).json
    expect(page.data.map(({ id }: Job) => id)).toEqual([jobs[2]!.id, jobs[1]!.id])
    const next = (await ask(`GET /v1/jobs?limit=1&cursor=${encodeURIComponent(page.nextCursor)}`)).json
    expect(next.data[0].id).toBe(jobs[0]!.id)
    expect((await ask(`GET /v1/jobs/${newId()}`)).json.code).toBe('not_found')
    await server.nest.settle()
  })

  test('that is cancelled half-way stops, keeps what it did, and can be undone', async () => {
    await leads(50)
    const started = await bulk({ type: 'tag', add: ['half'] })
    for (let i = 0; i < 3; i++) await runJob(server.nest, which(started), { size: 10, patience: 0 })
    expect(await job(started.id)).toMatchObject({ status: 'running', progress: { done: 20, total: 50 } })
    expect((await ask(`POST /v1/jobs/${started.id}/undo`)).json).toMatchObject({
      status: 409,
      code: 'undo_not_possible',
    })
    const cancelled = (await ask(`POST /v1/jobs/${started.id}/cancel`)).json
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      progress: { done: 20, total: 50 },
      result: { matched: 20, changed: 20, unchanged: 0, failed: 0 },
      finishedAt: expect.any(String),
    })
    await server.nest.settle()
    expect(await list('tag = half')).toHaveLength(20)
    expect((await ask(`POST /v1/jobs/${started.id}/cancel`)).json.status).toBe('cancelled')
    expect((await undone(started)).result).toEqual({ restored: 20, leftAlone: 0 })
    expect(await list('tag = half')).toHaveLength(0)
  })

  test('that waits is cancelled at once, and one that has ended not at all', async () => {
    await leads(1)
    const waiting = await bulk({ type: 'delete' })
    expect((await ask(`POST /v1/jobs/${waiting.id}/cancel`)).json.status).toBe('cancelled')
    expect(await done(waiting)).toMatchObject({ status: 'cancelled', result: null })
    const ended = await done(await bulk({ type: 'delete' }))
    expect((await ask(`POST /v1/jobs/${ended.id}/cancel`)).json).toMatchObject({ status: 409, code: 'job_finished' })
  })

  test('that is run by several at once, and again, is done once', async () => {
    await leads(60)
    const started = await bulk({ type: 'tag', add: ['once'] })
    const run = () => runJob(server.nest, which(started), { size: 7, patience: 0 })
    for (let i = 0; i < 4; i++) await Promise.all([run(), run(), run()])
    await Promise.all([server.nest.settle(), server.nest.settle()])
    for (let i = 0; (await job(started.id)).status === 'running' && i < 20; i++) await run()
    expect((await job(started.id)).result).toEqual({ matched: 60, changed: 60, unchanged: 0, failed: 0 })
    await run()
    expect(await eventsOf(started.id)).toHaveLength(60)
  })

  test('passes over leads that somebody else holds, and goes on when its connection dies while it waits for one', async () => {
    const ids = await leads(10)
    const { pool, workspaceId } = server.nest
    const holder = await pool.connect()
    await holder.query(`begin; select set_config('leadnest.workspace_id', '${workspaceId}', true)`)
    await holder.query('select 1 from leads where id = any($1::uuid[]) for update', [[ids[0], ids[4]]])
    const started = await bulk({ type: 'tag', add: ['held'] })
    for (let i = 0; i < 2; i++) await runJob(server.nest, which(started), { patience: 0 })
    expect((await job(started.id)).progress).toEqual({ done: 8, total: 10 })

    const waits = runJob(server.nest, which(started), { patience: 0 })
    const killed = expect(waits).rejects.toMatchObject({ code: 'unavailable' })
    const kill = `select pg_terminate_backend(pid) as killed from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%leads%for update%'`
    while ((await pool.query(kill)).rows.length === 0);
    await killed
    await holder.query('rollback')
    holder.release()
    expect((await done(started)).result).toEqual({ matched: 10, changed: 10, unchanged: 0, failed: 0 })
    expect(await eventsOf(started.id)).toHaveLength(10)
  })

  test('whose stage goes while it waits has failed, and says why', async () => {
    await leads(2)
    const made = (await ask('POST /v1/pipelines', { name: 'Short', stages: [{ key: company, name: 'Short' }] })).json
    const started = await bulk({ type: 'move', stage: company })
    await ask(`DELETE /v1/pipelines/${made.id}`)
    expect(await done(started)).toMatchObject({
      status: 'failed',
      error: { code: 'unknown_reference', detail: expect.stringContaining('There is no such stage.') },
      finishedAt: expect.any(String),
    })
  })

  test('that goes wrong is tried again with smaller batches, and has failed in the end', async () => {
    await leads(3)
    const started = await bulk({ type: 'delete' })
    const { inWorkspace, workspaceId } = server.nest
    await inWorkspace(workspaceId, (tx) =>
      tx.query(
        sql`update jobs set input = '{"which": {"parts": []}, "action": {"type": "strange"}}' where workspace_id = ${workspaceId} and id = ${started.id}`,
      ),
    )
    await runJob(server.nest, which(started), { patience: 0 })
    for (let i = 0; i < 4; i++) await expect(runJob(server.nest, which(started))).rejects.toThrow(TypeError)
    expect((await job(started.id)).status).toBe('running')
    await runJob(server.nest, which(started))
    expect(await job(started.id)).toMatchObject({ status: 'failed', error: { code: 'internal' } })
  })

  test('tells the live feed', async () => {
    await leads(2)
    const heard: string[] = []
    let ring = () => {}
    const told = new Promise<void>((done) => (ring = done))
    const stop = server.feed.subscribe(server.nest.workspaceId, ({ type }) => {
      heard.push(type)
      if (type === 'job') ring()
    })
    await done(await bulk({ type: 'tag', add: ['loud'] }))
    await told
    stop()
    expect(heard).toContain('job')
  })
})

describe('an undo', () => {
  test('leaves alone what was edited since, and is refused a second time', async () => {
    const ids = await leads(4)
    await ask(`PATCH /v1/leads/${ids[0]}`, { stage: 'lost', lostReason: 'Too dear' })
    const moved = await done(await bulk({ type: 'move', stage: 'won' }))
    await ask(`PATCH /v1/leads/${ids[1]}`, { stage: 'contacted' })
    await ask(`PATCH /v1/leads/${ids[2]}`, { company: 'Other' })
    await ask(`DELETE /v1/leads/${ids[3]}`)
    const undo = await undone(moved)
    expect(undo).toMatchObject({
      kind: 'undo',
      status: 'succeeded',
      undoOf: moved.id,
      progress: { done: 4, total: 4 },
      result: { restored: 2, leftAlone: 2 },
      undoUntil: null,
    })
    expect(await lead(ids[0]!)).toMatchObject({ stage: 'lost', lostReason: 'Too dear' })
    expect(await lead(ids[1]!)).toMatchObject({ stage: 'contacted' })
    expect(await lead(ids[2]!)).toMatchObject({ stage: 'new', company: 'Other' })
    expect((await timeline(ids[0]!))[0]).toMatchObject({
      type: 'lead.updated',
      data: { changes: { stage: ['won', 'lost'], lostReason: [null, 'Too dear'] }, jobId: undo.id },
    })
    expect((await job(moved.id)).undoUntil).toBeNull()
    for (const id of [moved.id, undo.id])
      expect((await ask(`POST /v1/jobs/${id}/undo`)).json).toMatchObject({ status: 409, code: 'undo_not_possible' })
  })

  test('of tags goes by each tag', async () => {
    const ids = await leads(2)
    await ask(`POST /v1/leads/${ids[0]}/tags`, { add: ['kept', 'old'] })
    const tagged = await done(await bulk({ type: 'tag', add: ['one', 'two'], remove: ['old'] }))
    await ask(`POST /v1/leads/${ids[0]}/tags`, { remove: ['one'] })
    await ask(`POST /v1/leads/${ids[1]}/tags`, { remove: ['one', 'two'] })
    expect((await undone(tagged)).result).toEqual({ restored: 1, leftAlone: 1 })
    expect((await lead(ids[0]!)).tags).toEqual(['kept', 'old'])
    expect((await lead(ids[1]!)).tags).toEqual([])
  })

  test('that was cancelled half-way can be asked for again', async () => {
    await leads(30)
    const tagged = await done(await bulk({ type: 'tag', add: ['again'] }))
    const undo = (await ask(`POST /v1/jobs/${tagged.id}/undo`)).json
    await runJob(server.nest, which(undo), { size: 10, patience: 0 })
    expect((await ask(`POST /v1/jobs/${tagged.id}/undo`)).json.code).toBe('undo_not_possible')
    expect((await ask(`POST /v1/jobs/${undo.id}/cancel`)).json).toMatchObject({
      result: { restored: 10, leftAlone: 0 },
    })
    expect((await undone(tagged)).result).toEqual({ restored: 20, leftAlone: 0 })
    expect(await list('tag = again')).toEqual([])
  })
})
