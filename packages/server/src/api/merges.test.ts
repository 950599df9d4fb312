import { captureLead, createWorkspace, findForm, issueFormToken, newId } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let time = Date.parse('2026-11-25T09:00:00Z')
let n = 0

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
  await server.nest.field('plan')
})
afterAll(() => server.close())
beforeEach(() => {
  n++
})

function ask(route: string, body?: object, as = key) {
  // Ids sort by their millisecond.
  time += 10
  return server.request(route, { key: as, ...(body && { body }) })
}
async function newLead(lead: object) {
  time += 60_000
  return (await ask('POST /v1/leads', lead)).json
}
const get = async (id: string) => (await ask(`GET /v1/leads/${id}`)).json
const typesOf = async (id: string) =>
  (await ask(`GET /v1/leads/${id}/timeline`)).json.data.map(({ type }: { type: string }) => type)
async function send(fields: Record<string, string>) {
  const found = await findForm(server.nest, 'contact')
  const token = issueFormToken(server.nest, found.form.id)
  time += 5000
  const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }
  return captureLead(server.nest, found, { fields, token }, visitor)
}

/** Two leads with all that can hang on one. */
async function pair() {
  const older = await newLead({ email: `older${n}@example.com`, name: 'Ada', fields: { plan: 'pro' } })
  await send({ email: `younger${n}@example.com`, name: 'Countess', phone: '+49 30 901820', message: 'Hello' })
  const younger = (await ask(`GET /v1/leads?email=younger${n}@example.com`)).json.data[0]
  await ask(`POST /v1/leads/${older.id}/tags`, { add: ['both', 'older'] })
  await ask(`POST /v1/leads/${younger.id}/tags`, { add: ['both', 'younger'] })
  await ask(`POST /v1/leads/${younger.id}/notes`, { body: 'Call back' })
  time += 60_000
  await ask(`PATCH /v1/leads/${younger.id}`, { stage: 'qualified', externalId: `crm-${n}` })
  return { older, younger: await get(younger.id) }
}

describe('a merge', () => {
  test('keeps the older lead, fills its blanks and moves all that hangs on the other', async () => {
    const { older, younger } = await pair()
    const dry = await ask('POST /v1/leads/merge', { leadIds: [younger.id, older.id], dryRun: true })
    const { json } = await ask('POST /v1/leads/merge', { leadIds: [younger.id, older.id] })
    expect(json).toMatchObject({
      mergedId: younger.id,
      moved: { submissions: 1, events: 4, notes: 1, tags: 1 },
      lead: {
        id: older.id,
        email: older.email,
        name: 'Ada',
        phone: '+4930901820',
        externalId: `crm-${n}`,
        stage: 'qualified',
        tags: ['both', 'older', 'younger'],
        fields: { plan: 'pro', message: 'Hello' },
        lastActivityAt: younger.lastActivityAt,
      },
    })
    expect(dry.json).toEqual({ ...json, id: null, lead: { ...json.lead, updatedAt: dry.json.lead.updatedAt } })

    expect(await get(younger.id)).toMatchObject({ id: younger.id, mergedInto: older.id, email: null })
    for (const { email } of [older, younger])
      expect((await ask(`GET /v1/leads?count=true&email=${email.toUpperCase()}`)).json).toMatchObject({
        data: [{ id: older.id }],
        count: { value: 1 },
      })
    const listed = (await ask(`GET /v1/leads?q=${n}@example.com`)).json.data
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([older.id])
    expect(await typesOf(older.id)).toEqual([
      'lead.merged',
      'lead.updated',
      'note.added',
      'lead.tagged',
      'lead.tagged',
      'lead.captured',
      'lead.created',
    ])
  })

  test('sends what comes by a lost identity to the survivor', async () => {
    const { older, younger } = await pair()
    const spare = await newLead({ email: `spare${n}@example.com`, externalId: `spare-${n}`, phone: '+4930901821' })
    await ask('POST /v1/leads/merge', { leadIds: [older.id, younger.id] })
    await ask('POST /v1/leads/merge', { leadIds: [older.id, spare.id] })
    await send({ email: younger.email, message: 'Again' })
    expect((await newLead({ email: spare.email, company: 'Engines' })).id).toBe(older.id)
    expect((await newLead({ externalId: `spare-${n}` })).id).toBe(older.id)
    expect((await newLead({ phone: '030 901821', email: null, name: 'By phone' })).id).not.toBe(older.id)
    expect((await newLead({ phone: '+49 30 901821' })).id).toBe(older.id)
    const other = await newLead({ email: `somebody${n}@example.com` })
    expect((await ask(`PATCH /v1/leads/${other.id}`, { email: younger.email })).json).toMatchObject({
      status: 409,
      code: 'identity_taken',
      errors: [{ path: 'email' }],
    })
  })

  test('takes along who was merged before, and says so', async () => {
    const [a, b, c] = [
      await newLead({ email: `a${n}@example.com` }),
      await newLead({ email: `b${n}@example.com` }),
      await newLead({ email: `c${n}@example.com` }),
    ]
    const first = (await ask('POST /v1/leads/merge', { leadIds: [b.id, c.id] })).json
    const second = (await ask('POST /v1/leads/merge', { leadIds: [a.id, b.id] })).json
    expect(await get(c.id)).toMatchObject({ mergedInto: a.id })
    expect((await newLead({ email: c.email })).id).toBe(a.id)
    expect((await ask(`POST /v1/merges/${first.id}/undo`)).json).toMatchObject({
      status: 409,
      code: 'merge_not_possible',
    })
    await ask(`POST /v1/merges/${second.id}/undo`)
    expect(await get(c.id)).toMatchObject({ mergedInto: b.id })
    await ask(`POST /v1/merges/${first.id}/undo`)
    for (const lead of [a, b, c]) expect(await get(lead.id)).toMatchObject({ email: lead.email, mergedInto: null })
  })

  test('is done once by the same Idempotency-Key', async () => {
    const { older, younger } = await pair()
    const merge = () =>
      server.request('POST /v1/leads/merge', {
        key,
        body: { leadIds: [older.id, younger.id] },
        headers: { 'idempotency-key': `merge-${n}` },
      })
    const [first, again] = [await merge(), await merge()]
    expect(again.text).toBe(first.text)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
  })

  test('leaves the merged lead unchangeable, and points to the other', async () => {
    const { older, younger } = await pair()
    await ask('POST /v1/leads/merge', { leadIds: [older.id, younger.id] })
    for (const [route, body] of [
      [`PATCH /v1/leads/${younger.id}`, { name: 'X' }],
      [`DELETE /v1/leads/${younger.id}`, undefined],
      [`POST /v1/leads/${younger.id}/notes`, { body: 'X' }],
      [`POST /v1/leads/${younger.id}/tags`, { add: ['X'] }],
      ['POST /v1/leads/merge', { leadIds: [older.id, younger.id] }],
    ] as const) {
      const { json } = await ask(route, body)
      expect([route, json.status, json.code]).toEqual([route, 409, 'lead_merged'])
      expect(json.detail).toContain(older.id)
    }
  })

  test.each([
    ['one lead', (id: string) => [id], 'invalid_input', 'leadIds'],
    ['the same twice', (id: string) => [id, id], 'invalid_input', 'leadIds'],
    ['no id', (id: string) => [id, 'x'], 'invalid_input', 'leadIds.1'],
    ['somebody unknown', (id: string) => [id, newId()], 'unknown_reference', 'leadIds.1'],
  ])('of %s is refused', async (_, ids, code, path) => {
    const { id } = await newLead({ email: `alone${n}@example.com` })
    expect((await ask('POST /v1/leads/merge', { leadIds: ids(id) })).json).toMatchObject({
      status: 422,
      code,
      errors: [{ path }],
    })
  })

  test("of another workspace's lead is answered as a random id's", async () => {
    const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
    const theirs = (
      await ask('POST /v1/leads', { email: 'x@example.com' }, await server.nest.key({ workspaceId: other }))
    ).json
    const { id } = await newLead({ email: `mine${n}@example.com` })
    const answer = async (foreign: string) => {
      const { json } = await ask('POST /v1/leads/merge', { leadIds: [id, foreign] })
      return { ...json, requestId: undefined }
    }
    expect(await answer(theirs.id)).toEqual(await answer(newId()))
  })
})

describe('an undo', () => {
  test('brings both back, but for what was edited since', async () => {
    const { older, younger } = await pair()
    const before = [await get(older.id), await get(younger.id)]
    const { id } = (await ask('POST /v1/leads/merge', { leadIds: [older.id, younger.id] })).json
    await ask(`PATCH /v1/leads/${older.id}`, { company: 'Since then', fields: { message: 'Edited' } })
    await send({ email: younger.email, message: 'A third time' })
    expect((await ask(`GET /v1/leads/${older.id}/merges`)).json.data).toMatchObject([
      { id, survivorId: older.id, mergedId: younger.id, undoneAt: null, actor: { type: 'key' } },
    ])

    const { json } = await ask(`POST /v1/merges/${id}/undo`)
    expect(json.lead).toMatchObject({
      id: older.id,
      company: 'Since then',
      phone: null,
      stage: 'new',
      externalId: null,
      fields: { plan: 'pro', message: 'Edited' },
      tags: before[0].tags,
    })
    expect(json.restored).toEqual({ ...before[1], updatedAt: json.restored.updatedAt })
    expect((await typesOf(older.id))[0]).toBe('lead.unmerged')
    expect((await newLead({ email: younger.email })).id).toBe(younger.id)
    expect((await ask(`POST /v1/merges/${id}/undo`)).json).toMatchObject({ status: 409, code: 'merge_not_possible' })
  })

  test('gives no identity back that somebody else has by now', async () => {
    const older = await newLead({ phone: `+49309021${String(n).padStart(2, '0')}`, name: 'Older' })
    const younger = await newLead({ email: `taken${n}@example.com`, name: 'Younger' })
    const { id } = (await ask('POST /v1/leads/merge', { leadIds: [older.id, younger.id] })).json
    // With an e-mail the older one is not known by its phone any more, so somebody else may be.
    const other = await newLead({ email: `other${n}@example.com`, phone: older.phone })
    expect((await ask(`PATCH /v1/leads/${other.id}`, { email: null })).json.phone).toBe(older.phone)
    const { json } = await ask(`POST /v1/merges/${id}/undo`)
    expect(json).toMatchObject({ lead: { id: older.id, email: null, phone: null }, restored: { email: younger.email } })
  })

  test('brings a lead back into the first stage where its own is gone meanwhile', async () => {
    const pipeline = (await ask('POST /v1/pipelines', { name: `P${n}`, stages: [{ key: `gone${n}`, name: 'Gone' }] }))
      .json
    const older = await newLead({ email: `stage${n}@example.com`, stage: 'won' })
    const younger = await newLead({ email: `stages${n}@example.com`, stage: `gone${n}` })
    await ask(`PATCH /v1/leads/${older.id}`, { stage: 'contacted' })
    const { id } = (await ask('POST /v1/leads/merge', { leadIds: [older.id, younger.id] })).json
    expect((await ask(`DELETE /v1/pipelines/${pipeline.id}`)).status).toBe(204)
    expect((await ask(`POST /v1/merges/${id}/undo`)).json.restored).toMatchObject({ id: younger.id, stage: 'new' })
  })

  test('is possible for 90 days, and not while the survivor is deleted', async () => {
    const { older, younger } = await pair()
    const { id } = (await ask('POST /v1/leads/merge', { leadIds: [older.id, younger.id] })).json
    await ask(`DELETE /v1/leads/${older.id}`)
    for (const route of ['', '/timeline', '/score'])
      expect((await ask(`GET /v1/leads/${younger.id}${route}`)).status).toBe(404)
    expect((await ask(`POST /v1/merges/${id}/undo`)).json).toMatchObject({ code: 'merge_not_possible' })
    await send({ email: older.email })
    const now = time
    time += 91 * 86_400_000
    expect((await ask(`POST /v1/merges/${id}/undo`)).json).toMatchObject({ code: 'merge_not_possible' })
    time = now + 89 * 86_400_000
    expect((await ask(`POST /v1/merges/${id}/undo`)).json.restored).toMatchObject({ id: younger.id, mergedInto: null })
  })
})

describe('duplicates', () => {
  test('of a lead that is merged away are those of the survivor, dismissed ones too', async () => {
    const phone = `+49309033${String(n).padStart(2, '0')}`
    const [one, other, third, fourth] = [
      await newLead({ email: `d1-${n}@example.com` }),
      await newLead({ email: `d2-${n}@example.com`, phone }),
      await newLead({ email: `d3-${n}@example.com`, phone }),
      await newLead({ email: `d4-${n}@example.com`, phone }),
    ]
    await server.nest.settle()
    const pairs = (await ask(`GET /v1/leads/${other.id}/duplicates`)).json.data
    const withFourth = pairs.find(({ leads }: { leads: { id: string }[] }) => leads.some(({ id }) => id === fourth.id))
    await ask(`POST /v1/duplicates/${withFourth.id}/dismiss`)
    const { id } = (await ask('POST /v1/leads/merge', { leadIds: [one.id, other.id] })).json
    await server.nest.settle()
    const partners = async () =>
      (await ask(`GET /v1/leads/${one.id}/duplicates`)).json.data.map(
        ({ leads }: { leads: { id: string }[] }) => leads[1]!.id,
      )
    expect(await partners()).toEqual([third.id])
    await ask(`POST /v1/merges/${id}/undo`)
    expect(await partners()).toEqual([])
  })

  test('are suggested by phone, and by a similar name at the same company, once', async () => {
    const one = await newLead({
      email: `one${n}@example.com`,
      phone: '+4930901822',
      name: 'Ada Lovelace',
      company: 'Engines',
    })
    const phone = await newLead({ email: `two${n}@example.com`, phone: '+49 30 901822', name: 'Somebody' })
    const name = await newLead({ email: `three${n}@example.com`, name: 'Ada Lovelase', company: 'ENGINES' })
    await newLead({ email: `four${n}@example.com`, name: 'Grace Hopper', company: 'Engines' })
    await server.nest.settle()
    await ask(`PATCH /v1/leads/${one.id}`, { name: 'Ada  Lovelace' })
    await server.nest.settle()
    const { data } = (await ask(`GET /v1/leads/${one.id}/duplicates`)).json
    expect(
      data.map(({ leads, reasons }: { leads: { id: string }[]; reasons: string[] }) => [leads[1]!.id, reasons]).sort(),
    ).toEqual(
      [
        [phone.id, ['phone']],
        [name.id, ['name']],
      ].sort(),
    )

    const [first] = data
    expect((await ask(`POST /v1/duplicates/${first.id}/dismiss`)).status).toBe(204)
    await ask(`PATCH /v1/leads/${one.id}`, { name: 'Ada Lovelace' })
    await server.nest.settle()
    expect((await ask(`GET /v1/leads/${one.id}/duplicates`)).json.data).toHaveLength(1)
    const [other] = (await ask(`GET /v1/leads/${one.id}/duplicates`)).json.data
    await ask('POST /v1/leads/merge', { leadIds: other.leads.map(({ id }: { id: string }) => id) })
    expect((await ask(`GET /v1/leads/${one.id}/duplicates`)).json.data).toEqual([])
  })
})

test('what was deleted 30 days ago is gone for good, with all that hung on it', async () => {
  const { older, younger } = await pair()
  await ask('POST /v1/leads/merge', { leadIds: [older.id, younger.id] })
  await ask(`DELETE /v1/leads/${older.id}`)
  const forget = () =>
    server.nest.pool.query("select graphile_worker.add_job('forget_expired')").then(() => server.nest.settle())
  const left = async () => {
    const counts = [
      'leads where id',
      'events where lead_id',
      'notes where lead_id',
      'submissions where lead_id',
      'merges where survivor_id',
      'lead_search where lead_id',
      'lead_aliases where lead_id',
    ]
    const client = await server.nest.pool.connect()
    try {
      await client.query("select set_config('leadnest.workspace_id', $1, false)", [server.nest.workspaceId])
      return await Promise.all(
        counts.map(async (from) =>
          Number(
            (await client.query(`select count(*) from ${from} in ($1, $2)`, [older.id, younger.id])).rows[0].count,
          ),
        ),
      )
    } finally {
      client.release(true)
    }
  }
  time += 29 * 86_400_000
  await forget()
  expect((await left())[0]).toBe(2)
  time += 2 * 86_400_000
  await forget()
  expect(await left()).toEqual([0, 0, 0, 0, 0, 0, 0])
})
