import { type Job, newId, sql } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDesk } from './testing/open-desk.ts'

let desk: Awaited<ReturnType<typeof openDesk>>
let company: string

beforeAll(async () => {
  desk = await openDesk()
})
afterAll(() => desk.server.close())
beforeEach(() => {
  company = desk.begin()
})

describe('a job', () => {
  test('is listed, the newest first, page by page', async () => {
    await desk.leads(1)
    const jobs = [
      await desk.bulk({ type: 'delete' }),
      await desk.bulk({ type: 'delete' }),
      await desk.bulk({ type: 'delete' }),
    ]
    const page = (await desk.ask('GET /v1/jobs?limit=2')).json
    expect(page.data.map(({ id }: Job) => id)).toEqual([jobs[2]!.id, jobs[1]!.id])
    const next = (await desk.ask(`GET /v1/jobs?limit=1&cursor=${encodeURIComponent(page.nextCursor)}`)).json
    expect(next.data[0].id).toBe(jobs[0]!.id)
    expect((await desk.ask(`GET /v1/jobs/${newId()}`)).json.code).toBe('not_found')
    await desk.server.nest.settle()
  })

  test('that is cancelled half-way stops, keeps what it did, and can be undone', async () => {
    await desk.leads(50)
    const started = await desk.bulk({ type: 'tag', add: ['half'] })
    for (let i = 0; i < 3; i++) await desk.run(started, 10)
    expect(await desk.job(started.id)).toMatchObject({ status: 'running', progress: { done: 20, total: 50 } })
    expect((await desk.ask(`POST /v1/jobs/${started.id}/undo`)).json).toMatchObject({
      status: 409,
      code: 'undo_not_possible',
    })
    const cancelled = (await desk.ask(`POST /v1/jobs/${started.id}/cancel`)).json
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      progress: { done: 20, total: 50 },
      result: { matched: 20, changed: 20, unchanged: 0, failed: 0 },
      finishedAt: expect.any(String),
    })
    await desk.server.nest.settle()
    expect(await desk.list('tag = half')).toHaveLength(20)
    expect((await desk.ask(`POST /v1/jobs/${started.id}/cancel`)).json.status).toBe('cancelled')
    expect((await desk.undone(started)).result).toEqual({ restored: 20, leftAlone: 0 })
    expect(await desk.list('tag = half')).toHaveLength(0)
  })

  test('that waits is cancelled at once, and one that has ended not at all', async () => {
    await desk.leads(1)
    const waiting = await desk.bulk({ type: 'delete' })
    expect((await desk.ask(`POST /v1/jobs/${waiting.id}/cancel`)).json.status).toBe('cancelled')
    expect(await desk.done(waiting)).toMatchObject({ status: 'cancelled', result: null })
    const ended = await desk.done(await desk.bulk({ type: 'delete' }))
    expect((await desk.ask(`POST /v1/jobs/${ended.id}/cancel`)).json).toMatchObject({
      status: 409,
      code: 'job_finished',
    })
  })

  test('that is run by several at once, and again, is done once', async () => {
    await desk.leads(60)
    const started = await desk.bulk({ type: 'tag', add: ['once'] })
    const run = () => desk.run(started, 7)
    for (let i = 0; i < 4; i++) await Promise.all([run(), run(), run()])
    await Promise.all([desk.server.nest.settle(), desk.server.nest.settle()])
    for (let i = 0; (await desk.job(started.id)).status === 'running' && i < 20; i++) await run()
    expect((await desk.job(started.id)).result).toEqual({ matched: 60, changed: 60, unchanged: 0, failed: 0 })
    await run()
    expect(await desk.eventsOf(started)).toHaveLength(60)
  })

  test('passes over leads that somebody else holds, and goes on when its connection dies while it waits for one', async () => {
    const ids = await desk.leads(10)
    const { pool, workspaceId } = desk.server.nest
    const holder = await pool.connect()
    await holder.query(`begin; select set_config('leadnest.workspace_id', '${workspaceId}', true)`)
    await holder.query('select 1 from leads where id = any($1::uuid[]) for update', [[ids[0], ids[4]]])
    const started = await desk.bulk({ type: 'tag', add: ['held'] })
    for (let i = 0; i < 2; i++) await desk.run(started)
    expect((await desk.job(started.id)).progress).toEqual({ done: 8, total: 10 })

    const waits = desk.run(started)
    const killed = expect(waits).rejects.toMatchObject({ code: 'unavailable' })
    const kill = `select pg_terminate_backend(pid) as killed from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock' and query like '%leads%for update%'`
    while ((await pool.query(kill)).rows.length === 0);
    await killed
    await holder.query('rollback')
    holder.release()
    expect((await desk.done(started)).result).toEqual({ matched: 10, changed: 10, unchanged: 0, failed: 0 })
    expect(await desk.eventsOf(started)).toHaveLength(10)
  })

  test('whose stage goes while it waits has failed, and says why', async () => {
    await desk.leads(2)
    const made = (await desk.ask('POST /v1/pipelines', { name: 'Short', stages: [{ key: company, name: 'Short' }] }))
      .json
    const started = await desk.bulk({ type: 'move', stage: company })
    await desk.ask(`DELETE /v1/pipelines/${made.id}`)
    expect(await desk.done(started)).toMatchObject({
      status: 'failed',
      error: { code: 'unknown_reference', detail: expect.stringContaining('There is no such stage.') },
      finishedAt: expect.any(String),
    })
  })

  test('that goes wrong is tried again with smaller batches, and has failed in the end', async () => {
    await desk.leads(3)
    const started = await desk.bulk({ type: 'delete' })
    const { inWorkspace, workspaceId } = desk.server.nest
    await inWorkspace(workspaceId, (tx) =>
      tx.query(
        sql`update jobs set input = '{"which": {"parts": []}, "action": {"type": "strange"}}' where workspace_id = ${workspaceId} and id = ${started.id}`,
      ),
    )
    await desk.run(started)
    for (let i = 0; i < 4; i++) await expect(desk.run(started)).rejects.toThrow(TypeError)
    expect((await desk.job(started.id)).status).toBe('running')
    await desk.run(started)
    expect(await desk.job(started.id)).toMatchObject({ status: 'failed', error: { code: 'internal' } })
  })

  test('tells the live feed', async () => {
    await desk.leads(2)
    const heard: string[] = []
    let ring = () => {}
    const told = new Promise<void>((done) => (ring = done))
    const stop = desk.server.feed.subscribe(desk.server.nest.workspaceId, ({ type }) => {
      heard.push(type)
      if (type === 'job') ring()
    })
    await desk.done(await desk.bulk({ type: 'tag', add: ['loud'] }))
    await told
    stop()
    expect(heard).toContain('job')
  })
})

describe('an undo', () => {
  test('leaves alone what was edited since, and is refused a second time', async () => {
    const ids = await desk.leads(4)
    await desk.ask(`PATCH /v1/leads/${ids[0]}`, { stage: 'lost', lostReason: 'Too dear' })
    const moved = await desk.done(await desk.bulk({ type: 'move', stage: 'won' }))
    await desk.ask(`PATCH /v1/leads/${ids[1]}`, { stage: 'contacted' })
    await desk.ask(`PATCH /v1/leads/${ids[2]}`, { company: 'Other' })
    await desk.ask(`DELETE /v1/leads/${ids[3]}`)
    const undo = await desk.undone(moved)
    expect(undo).toMatchObject({
      kind: 'undo',
      status: 'succeeded',
      undoOf: moved.id,
      progress: { done: 4, total: 4 },
      result: { restored: 2, leftAlone: 2 },
      undoUntil: null,
    })
    expect(await desk.lead(ids[0]!)).toMatchObject({ stage: 'lost', lostReason: 'Too dear' })
    expect(await desk.lead(ids[1]!)).toMatchObject({ stage: 'contacted' })
    expect(await desk.lead(ids[2]!)).toMatchObject({ stage: 'new', company: 'Other' })
    expect((await desk.timeline(ids[0]!))[0]).toMatchObject({
      type: 'lead.updated',
      data: { changes: { stage: ['won', 'lost'], lostReason: [null, 'Too dear'] }, jobId: undo.id },
    })
    expect((await desk.job(moved.id)).undoUntil).toBeNull()
    for (const id of [moved.id, undo.id])
      expect((await desk.ask(`POST /v1/jobs/${id}/undo`)).json).toMatchObject({
        status: 409,
        code: 'undo_not_possible',
      })
  })

  test('of tags goes by each tag', async () => {
    const ids = await desk.leads(2)
    await desk.ask(`POST /v1/leads/${ids[0]}/tags`, { add: ['kept', 'old'] })
    const tagged = await desk.done(await desk.bulk({ type: 'tag', add: ['one', 'two'], remove: ['old'] }))
    await desk.ask(`POST /v1/leads/${ids[0]}/tags`, { remove: ['one'] })
    await desk.ask(`POST /v1/leads/${ids[1]}/tags`, { remove: ['one', 'two'] })
    expect((await desk.undone(tagged)).result).toEqual({ restored: 1, leftAlone: 1 })
    expect((await desk.lead(ids[0]!)).tags).toEqual(['kept', 'old'])
    expect((await desk.lead(ids[1]!)).tags).toEqual([])
  })

  test('that was cancelled half-way can be asked for again', async () => {
    await desk.leads(30)
    const tagged = await desk.done(await desk.bulk({ type: 'tag', add: ['again'] }))
    const undo = (await desk.ask(`POST /v1/jobs/${tagged.id}/undo`)).json
    await desk.run(undo, 10)
    expect((await desk.ask(`POST /v1/jobs/${tagged.id}/undo`)).json.code).toBe('undo_not_possible')
    expect((await desk.ask(`POST /v1/jobs/${undo.id}/cancel`)).json).toMatchObject({
      result: { restored: 10, leftAlone: 0 },
    })
    expect((await desk.undone(tagged)).result).toEqual({ restored: 20, leftAlone: 0 })
    expect(await desk.list('tag = again')).toEqual([])
  })
})

describe('a merge of many', () => {
  test('makes one of them, the oldest, and the undo all of them again', async () => {
    const ids = await desk.leads(5)
    for (const [i, id] of ids.entries()) await desk.ask(`POST /v1/leads/${id}/tags`, { add: [`tag${i}`] })
    const before = await desk.list()
    const merged = await desk.done(await desk.bulk({ type: 'merge' }))
    expect(merged).toMatchObject({
      kind: 'bulk_merge',
      status: 'succeeded',
      progress: { done: 5, total: 5 },
      result: { matched: 5, changed: 4, unchanged: 1, failed: 0 },
    })
    expect(await desk.list()).toMatchObject([{ id: ids[0], tags: ['tag0', 'tag1', 'tag2', 'tag3', 'tag4'] }])
    expect(await desk.lead(ids[4]!)).toMatchObject({ mergedInto: ids[0] })
    expect((await desk.eventsOf(merged)).map(({ type }) => type)).toEqual(Array(4).fill('lead.merged'))

    const undo = await desk.undone(merged)
    expect(undo.result).toEqual({ restored: 4, leftAlone: 0 })
    const unwritten = (leads: object[]) => leads.map((lead) => ({ ...lead, updatedAt: '' }))
    expect(unwritten(await desk.list())).toEqual(unwritten(before))
  })

  test('passes over who is gone by then, and leaves alone what cannot be undone any more', async () => {
    const ids = await desk.leads(4)
    const started = await desk.bulk({ type: 'merge' })
    await desk.ask(`DELETE /v1/leads/${ids[1]}`)
    expect((await desk.done(started)).result).toEqual({ matched: 4, changed: 2, unchanged: 1, failed: 1 })
    const { id } = (await desk.ask(`GET /v1/leads/${ids[0]}/merges`)).json.data[0]
    await desk.ask(`POST /v1/merges/${id}/undo`)
    expect((await desk.undone(started)).result).toEqual({ restored: 1, leftAlone: 1 })
    expect((await desk.list()).map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]])
  })

  test('goes on where it was, and can be cancelled between two of them', async () => {
    await desk.leads(6)
    const started = await desk.bulk({ type: 'merge' })
    for (let i = 0; i < 3; i++) await desk.run(started)
    expect((await desk.ask(`POST /v1/jobs/${started.id}/cancel`)).json.result).toMatchObject({ matched: 3, changed: 2 })
    expect(await desk.list()).toHaveLength(4)
    expect((await desk.undone(started)).result).toEqual({ restored: 2, leftAlone: 0 })
    expect(await desk.list()).toHaveLength(6)
  })

  test('of more than 100 is refused with their number', async () => {
    await desk.leads(101)
    for (const dryRun of [true, false]) {
      const { json } = await desk.ask('POST /v1/leads/bulk', { filter: desk.ours(), action: { type: 'merge' }, dryRun })
      expect(json).toMatchObject({
        status: 422,
        code: 'invalid_input',
        errors: [{ path: 'action.type', message: expect.stringContaining('101 leads') }],
      })
    }
  })
})
