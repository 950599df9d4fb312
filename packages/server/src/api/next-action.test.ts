import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let id: string
let time = Date.now()
let count = 0
const reminded: { text?: unknown; phone: string | null | undefined }[] = []

beforeAll(async () => {
  server = await testServer({
    // Each event is later than the one before, so that the timeline has an order.
    now: () => new Date(time++),
    plugins: [
      {
        id: 'bell',
        name: 'Bell',
        on: { 'lead.reminded': ({ data }, { lead }) => void reminded.push({ text: data.text, phone: lead?.phone }) },
      },
    ],
  })
  key = await server.nest.key()
})
afterAll(() => server.close())
beforeEach(async () => {
  time = Date.now()
  reminded.length = 0
  id = (await ask('POST /v1/leads', { email: `next${count++}@example.com`, phone: '+442079460958' })).json.id
})

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
const patch = (body: object) => ask(`PATCH /v1/leads/${id}`, body)
const types = async () =>
  (await ask(`GET /v1/leads/${id}/timeline`)).json.data.map(({ type }: { type: string }) => type) as string[]
const past = '2026-01-05T09:00:00.000Z'
const call = { text: 'Call back', dueAt: '2096-11-24T10:00:00+01:00', remindAt: past }

describe('the next action of a lead', () => {
  test('is set and cleared, each in one event', async () => {
    const { json } = await patch({ nextAction: { ...call, remindAt: '2096-11-24T08:30:00Z' }, company: 'ACME' })
    const stored = { text: 'Call back', dueAt: '2096-11-24T09:00:00.000Z', remindAt: '2096-11-24T08:30:00.000Z' }
    expect(json).toMatchObject({ nextAction: stored, company: 'ACME' })
    expect((await ask('GET /v1/leads')).json.data[0].nextAction).toEqual(stored)
    expect((await patch({ nextAction: stored })).json.nextAction).toEqual(stored)
    expect((await patch({ nextAction: null })).json.nextAction).toBeNull()
    const { data } = (await ask(`GET /v1/leads/${id}/timeline`)).json
    expect(data.map(({ data }: { data: object }) => data)).toEqual([
      { changes: { nextAction: [stored, null] } },
      { changes: { nextAction: [null, stored], company: [null, 'ACME'] } },
      { match: { by: null } },
    ])
  })

  test.each([
    ['nextAction.text', { ...call, text: ' ' }],
    ['nextAction.dueAt', { text: 'Call' }],
    ['nextAction.dueAt', { ...call, dueAt: 'tomorrow' }],
    ['nextAction.dueAt', { ...call, dueAt: '2026-11-24T10:00:00' }],
    ['nextAction.dueAt', { ...call, dueAt: '2026-02-30T10:00:00Z' }],
    ['nextAction.dueAt', { ...call, dueAt: '0000-01-01T10:00:00Z' }],
    ['nextAction.remindAt', { ...call, remindAt: '2096-11-24T09:00:01Z' }],
    ['nextAction.who', { ...call, who: 'me' }],
  ])('is refused at %s', async (path, nextAction) => {
    expect((await patch({ nextAction })).json).toMatchObject({
      status: 422,
      code: 'invalid_input',
      errors: [{ path }],
    })
  })

  test('is reminded of once, in an event that plugins hear', async () => {
    await patch({ nextAction: call })
    await server.nest.settle()
    await server.nest.settle()
    expect(reminded).toEqual([{ text: 'Call back', phone: '+442079460958' }])
    await patch({ nextAction: { ...call, text: 'Call again' } })
    await server.nest.settle()
    expect(await types()).toEqual(['lead.updated', 'lead.reminded', 'lead.updated', 'lead.created'])
    await patch({ nextAction: { ...call, remindAt: '2026-01-06T09:00:00Z' } })
    await server.nest.settle()
    expect(reminded).toHaveLength(2)
  })

  test.each<[string, () => Promise<unknown>]>([
    ['cleared', () => patch({ nextAction: null })],
    ['put off', () => patch({ nextAction: { ...call, remindAt: call.dueAt } })],
    ['left without a reminder', () => patch({ nextAction: { ...call, remindAt: null } })],
    ['deleted with its lead', () => ask(`DELETE /v1/leads/${id}`)],
  ])('is not reminded of when it was %s', async (_name, change) => {
    await patch({ nextAction: call })
    await change()
    await server.nest.settle()
    expect(reminded).toEqual([])
  })
})

describe('a lead that stays in a stage', () => {
  const days = (n: number) => n * 86_400_000
  const rotten = async () => (await ask(`GET /v1/leads/${id}`)).json.rotten as boolean

  test('is rotten after the days of the stage, until it moves on', async () => {
    const { createdAt, stageChangedAt } = (await ask(`GET /v1/leads/${id}`)).json
    expect(stageChangedAt).toBe(createdAt)
    expect(await rotten()).toBe(false)
    time = Date.now() - days(3) - 60_000
    const old = (await ask('POST /v1/leads', { email: 'old@example.com' })).json
    expect(old).toMatchObject({ stage: 'new', rotten: true })
    time = Date.now() - days(13)
    const moved = (await ask(`PATCH /v1/leads/${old.id}`, { stage: 'contacted' })).json
    expect(moved).toMatchObject({ rotten: false, stageChangedAt: moved.updatedAt })
    time = Date.now() - days(1000)
    expect((await ask(`PATCH /v1/leads/${old.id}`, { stage: 'won' })).json.rotten).toBe(false)
  })
})
