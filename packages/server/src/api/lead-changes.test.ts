import { captureLead, createWorkspace, findForm, newId } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let lead: { id: string; email: string }
let count = 0

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  await server.nest.field('plan')
  await server.nest.field('size', 'number')
})
afterAll(() => server.close())
beforeEach(async () => {
  lead = (
    await server.request('POST /v1/leads', {
      key,
      body: { email: `change${count++}@example.com`, firstName: 'Ada', fields: { plan: 'pro' } },
    })
  ).json
})

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
const patch = (body: object) => ask(`PATCH /v1/leads/${lead.id}`, body)
const timeline = async () =>
  (await ask(`GET /v1/leads/${lead.id}/timeline`)).json.data as { type: string; data: Record<string, unknown> }[]

describe('an edit', () => {
  test('changes what it names, clears with null, and tells what changed in one event', async () => {
    const { json } = await patch({
      company: 'ACME',
      firstName: null,
      lastName: 'Lovelace',
      stage: 'contacted',
      fields: { plan: null, size: 5 },
    })
    expect(json).toMatchObject({
      name: 'Lovelace',
      firstName: null,
      company: 'ACME',
      stage: 'contacted',
      fields: { size: 5 },
    })
    const [event, ...rest] = await timeline()
    expect(event).toMatchObject({
      type: 'lead.updated',
      data: {
        changes: {
          name: ['Ada', 'Lovelace'],
          firstName: ['Ada', null],
          lastName: [null, 'Lovelace'],
          company: [null, 'ACME'],
          stage: ['new', 'contacted'],
          'fields.plan': ['pro', null],
          'fields.size': [null, 5],
        },
      },
    })
    expect(rest.map(({ type }) => type)).toEqual(['lead.created'])
    expect((await ask('GET /v1/leads?q=lovelace')).json.data.map(({ id }: { id: string }) => id)).toContain(lead.id)
  })

  test('that changes nothing writes nothing', async () => {
    await patch({ firstName: 'Ada', fields: { plan: 'pro' } })
    expect((await timeline()).map(({ type }) => type)).toEqual(['lead.created'])
  })

  test("to another lead's address is refused with its field", async () => {
    const other = (await ask('POST /v1/leads', { email: 'taken@example.com' })).json
    expect((await patch({ email: ' Taken@example.com' })).json).toMatchObject({
      status: 409,
      code: 'identity_taken',
      errors: [{ path: 'email' }],
    })
    expect((await ask(`GET /v1/leads/${other.id}`)).json.email).toBe('taken@example.com')
  })

  test.each([
    [{ stage: 'nowhere' }, 422, 'unknown_reference', 'stage'],
    [{ ownerId: newId() }, 422, 'unknown_reference', 'ownerId'],
    [{ score: 5 }, 422, 'invalid_input', 'score'],
    [{ email: 'nonsense' }, 422, 'invalid_input', 'email'],
  ])('with %j is refused', async (body, status, code, path) => {
    const { json } = await patch(body)
    expect(json).toMatchObject({ status, code, errors: [{ path }] })
    expect((await timeline()).map(({ type }) => type)).toEqual(['lead.created'])
  })

  test("to a member of another workspace is refused as a random id's", async () => {
    const { id } = await createWorkspace(server.nest, { name: 'Elsewhere' })
    const theirs = await server.nest.user({
      email: `theirs${count}@example.com`,
      password: 'correct horse battery',
      workspaceId: id,
    })
    const mine = await server.nest.user({
      email: `mine${count}@example.com`,
      password: 'correct horse battery',
      role: 'member',
    })
    const without = ({ text, json }: { text: string; json: { requestId: string } }) =>
      text.replaceAll(json.requestId, '')
    expect(without(await patch({ ownerId: theirs.id }))).toBe(without(await patch({ ownerId: newId() })))
    expect((await patch({ ownerId: mine.id })).json.ownerId).toBe(mine.id)
  })
})

describe('a deleted lead', () => {
  test('is gone for every reader, and comes back when the person writes again', async () => {
    await ask(`POST /v1/leads/${lead.id}/notes`, { body: 'Keep me' })
    expect((await ask(`DELETE /v1/leads/${lead.id}`)).status).toBe(204)
    for (const path of ['', '/timeline', '/notes'])
      expect((await ask(`GET /v1/leads/${lead.id}${path}`)).json.code).toBe('not_found')
    expect((await ask(`GET /v1/leads?email=${lead.email}`)).json.data).toEqual([])
    expect((await ask(`DELETE /v1/leads/${lead.id}`)).json.code).toBe('not_found')

    const door = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: true }
    await captureLead(server.nest, await findForm(server.nest, 'contact'), { fields: { email: lead.email } }, door)
    expect((await ask(`GET /v1/leads/${lead.id}`)).json.firstName).toBe('Ada')
    expect((await ask(`GET /v1/leads/${lead.id}/notes`)).json.data).toHaveLength(1)
    expect((await timeline()).map(({ type }) => type)).toEqual([
      'lead.captured',
      'lead.deleted',
      'note.added',
      'lead.created',
    ])
  })
})

describe('tags', () => {
  test('are added and removed once, made on the way, and counted', async () => {
    expect((await ask(`POST /v1/leads/${lead.id}/tags`, { add: ['VIP', ' hot '] })).json.tags).toEqual(['VIP', 'hot'])
    await ask(`POST /v1/leads/${lead.id}/tags`, { add: ['VIP'] })
    expect((await ask(`POST /v1/leads/${lead.id}/tags`, { remove: ['hot', 'never'] })).json.tags).toEqual(['VIP'])
    expect((await timeline()).filter(({ type }) => type === 'lead.tagged').map(({ data }) => data)).toEqual([
      { added: [], removed: ['hot'] },
      { added: ['VIP', 'hot'], removed: [] },
    ])
    expect((await ask('GET /v1/tags')).json.data).toMatchObject([
      { name: 'VIP', leads: 1 },
      { name: 'hot', leads: 0 },
    ])
  })

  test('are not added and removed at once', async () => {
    const { json } = await ask(`POST /v1/leads/${lead.id}/tags`, { add: ['a'], remove: ['b', ' a'] })
    const message = '“a” is to be added as well. Name it in one of the two.'
    expect(json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path: 'remove', message }] })
  })

  test('without a name, or with a comma, are refused', async () => {
    for (const name of ['', '  ', 'a,b', 'x'.repeat(51)]) {
      expect((await ask(`POST /v1/leads/${lead.id}/tags`, { add: [name] })).json).toMatchObject({
        code: 'invalid_input',
        errors: [{ path: 'add.0' }],
      })
    }
  })
})

describe('notes', () => {
  test('are written, edited and deleted, and the timeline tells of it without repeating them', async () => {
    const note = (await ask(`POST /v1/leads/${lead.id}/notes`, { body: ' **Call** on Monday ' })).json
    expect(note).toMatchObject({ leadId: lead.id, body: '**Call** on Monday', author: { type: 'key' }, editedAt: null })
    const edited = (await ask(`PATCH /v1/notes/${note.id}`, { body: 'Call on Tuesday' })).json
    expect(edited).toMatchObject({ id: note.id, body: 'Call on Tuesday', editedAt: expect.any(String) })
    expect((await ask(`GET /v1/leads/${lead.id}/notes`)).json.data).toEqual([edited])
    expect((await ask(`DELETE /v1/notes/${note.id}`)).status).toBe(204)
    expect((await ask(`GET /v1/leads/${lead.id}/notes`)).json.data).toEqual([])
    const events = await timeline()
    expect(events.map(({ type }) => type)).toEqual(['note.deleted', 'note.edited', 'note.added', 'lead.created'])
    expect(JSON.stringify(events)).not.toContain('Tuesday')
  })

  test("of another workspace are answered as a random id's", async () => {
    const note = (await ask(`POST /v1/leads/${lead.id}/notes`, { body: 'Ours' })).json
    const { id } = await createWorkspace(server.nest, { name: 'Curious' })
    const theirs = await server.nest.key({ workspaceId: id })
    for (const route of [`PATCH /v1/notes/${note.id}`, `DELETE /v1/notes/${note.id}`]) {
      const init = { key: theirs, ...(route.startsWith('PATCH') && { body: { body: 'Mine now' } }) }
      expect((await server.request(route, init)).json).toMatchObject({
        status: 404,
        code: 'not_found',
        detail: 'There is no such note.',
      })
    }
    expect((await ask(`GET /v1/leads/${lead.id}/notes`)).json.data[0].body).toBe('Ours')
  })
})

describe('pipelines', () => {
  test('begin with one, take another, and keep the stages that leads are in', async () => {
    expect((await ask('GET /v1/pipelines')).json.data).toMatchObject([
      {
        name: 'Sales',
        stages: [{ key: 'new', kind: 'open', rottenAfterDays: 3 }, {}, {}, { kind: 'won' }, { kind: 'lost' }],
      },
    ])
    const made = (
      await ask('POST /v1/pipelines', {
        name: 'Partners',
        stages: [
          { key: 'p_new', name: 'New' },
          { key: 'p_signed', name: 'Signed', kind: 'won' },
        ],
      })
    ).json
    expect((await patch({ stage: 'p_new' })).json.stage).toBe('p_new')

    const without = { name: 'Partners', stages: [{ key: 'p_signed', name: 'Signed', kind: 'won' }] }
    expect((await ask(`PATCH /v1/pipelines/${made.id}`, without)).json).toMatchObject({
      status: 409,
      code: 'stage_in_use',
    })
    expect((await ask(`DELETE /v1/pipelines/${made.id}`)).json.code).toBe('stage_in_use')
    await patch({ stage: 'won' })
    expect((await ask(`PATCH /v1/pipelines/${made.id}`, without)).json.stages).toEqual([
      { key: 'p_signed', name: 'Signed', kind: 'won', rottenAfterDays: null },
    ])
    expect((await ask(`DELETE /v1/pipelines/${made.id}`)).status).toBe(204)
    const [{ id }] = (await ask('GET /v1/pipelines')).json.data
    expect((await ask(`DELETE /v1/pipelines/${id}`)).json.code).toBe('stage_in_use')
  })

  test('may all be replaced where only deleted leads are in them; one that comes back is in the first', async () => {
    const other = await testServer()
    const as = { key: await other.nest.key() }
    const gone = { email: 'gone@example.com' }
    const { id } = (await other.request('POST /v1/leads', { ...as, body: gone })).json
    await other.request(`DELETE /v1/leads/${id}`, as)
    const [pipeline] = (await other.request('GET /v1/pipelines', as)).json.data
    const body = { name: 'Anew', stages: [{ key: 'fresh', name: 'Fresh' }] }
    expect((await other.request(`PATCH /v1/pipelines/${pipeline.id}`, { ...as, body })).json.stages).toHaveLength(1)
    expect((await other.request('POST /v1/leads', { ...as, body: gone })).json).toMatchObject({ id, stage: 'fresh' })
    await other.close()
  })

  test("may not take another pipeline's stage", async () => {
    expect(
      (await ask('POST /v1/pipelines', { name: 'Thief', stages: [{ key: 'new', name: 'Mine' }] })).json,
    ).toMatchObject({ status: 422, errors: [{ path: 'stages' }] })
    expect((await ask('GET /v1/pipelines')).json.data.map(({ name }: { name: string }) => name)).toEqual(['Sales'])
  })

  test('that are added, or take a stage, at the same time do not take it from each other', async () => {
    for (let round = 0; round < 5; round++) {
      const input = { name: `Race ${round}`, stages: [{ key: `race${round}`, name: 'Race' }] }
      const answers = await Promise.all([ask('POST /v1/pipelines', input), ask('POST /v1/pipelines', input)])
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 422])
    }
    const { data } = (await ask('GET /v1/pipelines')).json
    expect(data.every(({ stages }: { stages: unknown[] }) => stages.length > 0)).toBe(true)
  })

  test('keep a stage that leads are being moved to', async () => {
    for (let round = 0; round < 5; round++) {
      const key = `moving${round}`
      const { id } = (await ask('POST /v1/pipelines', { name: key, stages: [{ key, name: 'Moving' }] })).json
      const [moved, deleted] = await Promise.all([patch({ stage: key }), ask(`DELETE /v1/pipelines/${id}`)])
      expect([
        [200, 409],
        [422, 204],
      ]).toContainEqual([moved.status, deleted.status])
      await patch({ stage: 'new' })
    }
  })

  test('take a lost reason with a lost stage only', async () => {
    for (const body of [{ lostReason: 'Too dear' }, { stage: 'won', lostReason: 'Too dear' }])
      expect((await patch(body)).json).toMatchObject({
        status: 422,
        code: 'invalid_input',
        errors: [{ path: 'lostReason' }],
      })
  })

  test('lose the reason when a lead leaves the lost stage', async () => {
    expect((await patch({ stage: 'lost', lostReason: 'Too dear' })).json).toMatchObject({
      stage: 'lost',
      lostReason: 'Too dear',
    })
    expect((await patch({ stage: 'new' })).json).toMatchObject({ stage: 'new', lostReason: null })
  })
})
