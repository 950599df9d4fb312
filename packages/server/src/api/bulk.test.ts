import { newId } from '@leadnest/core'
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

describe('a bulk change', () => {
  test('tags who matches, says what it did, and writes an event for each lead it changed', async () => {
    const [first, second] = await desk.leads(3)
    await desk.ask(`POST /v1/leads/${first}/tags`, { add: ['hot', 'old'] })
    await desk.ask(`POST /v1/leads/${second}/tags`, { add: ['hot'] })
    const started = await desk.bulk({ type: 'tag', add: ['hot'], remove: ['old'] })
    expect(started).toMatchObject({
      kind: 'bulk_tag',
      status: 'queued',
      progress: { done: 0, total: null },
      result: null,
      error: null,
      finishedAt: null,
      undoUntil: null,
    })
    const ended = await desk.done(started)
    expect(ended).toMatchObject({
      status: 'succeeded',
      progress: { done: 3, total: 3 },
      result: { matched: 3, changed: 2, unchanged: 1, failed: 0 },
      actor: { type: 'key' },
      undoUntil: expect.any(String),
    })
    expect((await desk.list()).map(({ tags }) => tags)).toEqual([['hot'], ['hot'], ['hot']])
    expect((await desk.timeline(first!))[0]).toMatchObject({
      type: 'lead.tagged',
      actor: { type: 'key', name: 'test' },
      source: 'api',
      data: { added: [], removed: ['old'], jobId: started.id },
    })
    expect(await desk.eventsOf(started)).toHaveLength(2)
  })

  test('assigns, and takes owners away', async () => {
    const ids = await desk.leads(2)
    await desk.ask(`PATCH /v1/leads/${ids[0]}`, { ownerId: desk.ownerId })
    const assigned = await desk.done(await desk.bulk({ type: 'assign', ownerId: desk.ownerId }))
    expect(assigned.result).toEqual({ matched: 2, changed: 1, unchanged: 1, failed: 0 })
    expect((await desk.timeline(ids[1]!))[0]).toMatchObject({
      type: 'lead.updated',
      data: { changes: { ownerId: [null, desk.ownerId] }, jobId: assigned.id },
    })
    const freed = await desk.done(await desk.bulk({ type: 'assign', ownerId: null }))
    expect(freed.result).toMatchObject({ changed: 2 })
    expect((await desk.list()).map(({ ownerId }) => ownerId)).toEqual([null, null])
  })

  test('moves, as an edit does: a lost reason goes with the lost stage', async () => {
    const ids = await desk.leads(2)
    await desk.ask(`PATCH /v1/leads/${ids[0]}`, { stage: 'lost', lostReason: 'Too dear' })
    await desk.done(await desk.bulk({ type: 'move', stage: 'qualified' }))
    expect(await desk.list()).toMatchObject([
      { stage: 'qualified', lostReason: null },
      { stage: 'qualified', lostReason: null },
    ])
    expect((await desk.timeline(ids[0]!))[0].data.changes).toEqual({
      stage: ['lost', 'qualified'],
      lostReason: ['Too dear', null],
    })
    const lost = await desk.done(await desk.bulk({ type: 'move', stage: 'lost', lostReason: 'Silent' }))
    expect(lost.result).toMatchObject({ changed: 2 })
    expect(await desk.list('lostReason = silent')).toHaveLength(2)
  })

  test('deletes, and the undo brings back who was not revived since', async () => {
    const ids = await desk.leads(3)
    const deleted = await desk.done(await desk.bulk({ type: 'delete' }))
    expect(deleted.result).toMatchObject({ matched: 3, changed: 3 })
    expect(await desk.list()).toEqual([])
    await desk.ask('POST /v1/leads', { email: `${ids[0]}@example.com` })
    expect((await desk.undone(deleted)).result).toEqual({ restored: 2, leftAlone: 1 })
    expect(await desk.list()).toHaveLength(3)
    expect((await desk.timeline(ids[1]!)).map(({ type }: { type: string }) => type)).toEqual([
      'lead.restored',
      'lead.deleted',
    ])
  })

  test('of named leads, of a search, and of all takes those', async () => {
    const ids = await desk.leads(3)
    await desk.done(await desk.bulk({ type: 'tag', add: ['named'] }, { ids: [ids[2], ids[0], ids[2]] }))
    expect((await desk.list('tag = named')).map(({ id }) => id)).toEqual([ids[0], ids[2]])
    await desk.ask('POST /v1/leads', { email: `zoe-${company}@example.com` })
    await desk.done(await desk.bulk({ type: 'tag', add: ['searched'] }, { q: `ZOE-${company}@` }))
    expect(await desk.list('tag = searched')).toMatchObject([{ email: `zoe-${company}@example.com` }])
    const all = await desk.done(await desk.bulk({ type: 'tag', add: [`every-${company}`] }, { all: true }))
    expect(all.result).toMatchObject({ changed: (await desk.list('email is not empty')).length })
  })

  test('of a segment takes those that it has when it is asked for', async () => {
    const ids = await desk.leads(2)
    const segment = (await desk.ask('POST /v1/segments', { name: company, filter: `${desk.ours()} and stage = new` }))
      .json
    const started = await desk.bulk(
      { type: 'move', stage: 'won' },
      { segment: segment.id, filter: `email ~ ${ids[1]}` },
    )
    await desk.ask(`PATCH /v1/segments/${segment.id}`, { filter: 'stage = lost' })
    expect((await desk.done(started)).result).toEqual({ matched: 1, changed: 1, unchanged: 0, failed: 0 })
    expect(await desk.list()).toMatchObject([{ stage: 'new' }, { stage: 'won' }])
  })

  test('visits each lead once, though what it does changes whom its filter finds', async () => {
    await desk.leads(120)
    const started = await desk.bulk({ type: 'move', stage: 'won' }, { filter: `${desk.ours()} and stage = new` })
    for (let i = 0; i < 4; i++) await desk.run(started, 25)
    const back = await desk.bulk({ type: 'move', stage: 'new' }, { filter: `${desk.ours()} and stage = won` })
    expect((await desk.done(started)).result).toEqual({ matched: 120, changed: 120, unchanged: 0, failed: 0 })
    expect((await desk.job(back.id)).status).toBe('succeeded')
    expect(await desk.eventsOf(started)).toHaveLength(120)
  })

  test('of 5,000 leads counts exactly, with an event for each', async () => {
    const ids = await desk.leads(5000)
    await desk.done(await desk.bulk({ type: 'tag', add: ['some'] }, { ids: ids.slice(0, 700) }))
    const ended = await desk.done(await desk.bulk({ type: 'tag', add: ['some'] }))
    expect(ended).toMatchObject({
      progress: { done: 5000, total: 5000 },
      result: { matched: 5000, changed: 4300, unchanged: 700, failed: 0 },
    })
    const events = await desk.eventsOf(ended)
    expect(events).toHaveLength(4300)
    expect(new Set(events.map(({ leadId }) => leadId))).toEqual(new Set(ids.slice(700)))
    expect((await desk.undone(ended)).result).toEqual({ restored: 4300, leftAlone: 0 })
    expect(
      (await desk.ask(`POST /v1/leads/bulk`, { filter: 'tag = some', action: { type: 'delete' }, dryRun: true })).json,
    ).toMatchObject({ matched: 700 })
  })

  test('that was asked for twice under one key is one job', async () => {
    await desk.leads(1)
    const send = () =>
      desk.server.request('POST /v1/leads/bulk', {
        key: desk.key,
        body: { filter: desk.ours(), action: { type: 'delete' } },
        headers: { 'idempotency-key': company },
      })
    const [one, other] = [await send(), await send()]
    expect([one.status, other.status]).toEqual([202, 202])
    expect(other.json.id).toBe(one.json.id)
    await desk.done(one.json)
  })
})

describe('a dry run', () => {
  test('says how many and shows five, and changes nothing', async () => {
    const ids = await desk.leads(7)
    const { status, json } = await desk.ask('POST /v1/leads/bulk', {
      filter: desk.ours(),
      action: { type: 'delete' },
      dryRun: true,
    })
    expect(status).toBe(200)
    expect(json.matched).toBe(7)
    expect(json.sample.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 5))
    await desk.server.nest.settle()
    expect(await desk.list()).toHaveLength(7)
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
    [
      'with a tag added and removed',
      { all: true, action: { type: 'tag', add: ['a'], remove: ['a'] } },
      422,
      'invalid_input',
      'action.remove',
    ],
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
      const { json } = await desk.ask('POST /v1/leads/bulk', { ...body, dryRun })
      expect(json).toMatchObject({ status, code, errors: [{ path }] })
    }
  })

  test('an id of a lead that is deleted, at its place among the ids', async () => {
    const ids = await desk.leads(2)
    await desk.ask(`DELETE /v1/leads/${ids[0]}`)
    const { json } = await desk.ask('POST /v1/leads/bulk', { ids: [ids[1], ids[0]], action: tag })
    expect(json).toMatchObject({ code: 'unknown_reference', errors: [{ path: 'ids.1' }] })
  })

  test('to who may only read, who may look at the jobs', async () => {
    await desk.leads(1)
    const reader = await desk.server.nest.key({ scopes: ['leads:read'] })
    const started = await desk.bulk(tag)
    for (const route of [
      'POST /v1/leads/bulk',
      `POST /v1/jobs/${started.id}/cancel`,
      `POST /v1/jobs/${started.id}/undo`,
    ])
      expect((await desk.ask(route, { all: true, action: tag }, reader)).json.code).toBe('forbidden')
    expect((await desk.ask(`GET /v1/jobs/${started.id}`, undefined, reader)).json.status).toBe('queued')
    const forms = await desk.server.nest.key({ scopes: ['forms:read'] })
    expect((await desk.ask('GET /v1/jobs', undefined, forms)).json.code).toBe('forbidden')
    await desk.done(started)
  })
})
