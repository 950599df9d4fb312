import { captureLead, findForm } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

const now = Date.parse('2026-11-24T12:00:00Z')
const day = 86_400_000
let time = now
let server: TestServer
let key: string
let owner: string

const people = [
  {
    name: 'ada',
    days: 40,
    body: {
      name: 'Ada Lovelace',
      company: 'Engines',
      attribution: { utmSource: 'Google' },
      fields: { plan: 'pro', size: 5 },
    },
    tags: ['VIP', 'hot'],
    stage: 'won',
  },
  {
    name: 'bob',
    days: 10,
    body: { firstName: 'Bob', lastName: 'Müller', company: 'ACME "Ltd"', fields: { plan: 'team', size: 40 } },
    tags: ['VIP'],
    stage: 'contacted',
  },
  {
    name: 'cyd',
    days: 3,
    body: { company: '100% (all), yes', fields: { plan: 'free', size: 'many' } },
    tags: [],
    stage: 'new',
  },
  { name: 'dan', days: 0, body: { phone: '+44 20 7946 0958' }, tags: ['cold'], stage: 'new' },
]

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
  await server.nest.field('plan')
  await server.nest.field('size', 'json')
  owner = (await server.nest.user({ email: 'owner@example.com', password: 'correct horse battery' })).id
  for (const { name, days, body, tags, stage } of people) {
    time = now - days * day
    const { id } = (await server.request('POST /v1/leads', { key, body: { ...body, email: `${name}@example.com` } }))
      .json
    await server.request(`POST /v1/leads/${id}/tags`, { key, body: { add: tags } })
    await server.request(`PATCH /v1/leads/${id}`, { key, body: { stage, ownerId: name === 'bob' ? owner : null } })
  }
  const door = { actor: { type: 'system' as const, id: null, name: null }, source: 'api' as const, trusted: true }
  await captureLead(server.nest, await findForm(server.nest, 'contact'), { fields: { email: 'dan@example.com' } }, door)
})
afterAll(() => server.close())

const ask = (filter: string, more = '') =>
  server.request(`GET /v1/leads?sort=createdAt&filter=${encodeURIComponent(filter)}${more}`, { key })
const names = async (filter: string) => {
  const { json, text } = await ask(filter)
  return (json.data as { email: string }[] | undefined)?.map(({ email }) => email.split('@')[0]).join(' ') ?? text
}

describe('a filter finds', () => {
  test.each([
    ['stage = new', 'cyd dan'],
    ['stage != new', 'ada bob'],
    ['stage in (won, contacted)', 'ada bob'],
    ['tag = VIP', 'ada bob'],
    ['tag != VIP', 'cyd dan'],
    ['tag in (hot, cold)', 'ada dan'],
    ['tag is empty', 'cyd'],
    ['tag is not empty', 'ada bob dan'],
    ['tag = VIP and tag = hot', 'ada'],
    ['not tag = VIP and stage = new', 'cyd dan'],
    ['tag = hot or tag = cold and stage = won', 'ada'],
    ['(tag = hot or tag = cold) and stage = new', 'dan'],
    ['not (tag = VIP or stage = new)', ''],
    ['company ~ "100% (all), yes"', 'cyd'],
    ['company ~ "%"', 'cyd'],
    ['company = "acme \\"ltd\\""', 'bob'],
    ['company is empty', 'dan'],
    ['name ~ LOVE', 'ada'],
    ['name = "bob müller"', 'bob'],
    ['not name ~ love', 'bob cyd dan'],
    ['email in (ADA@example.com, "dan@example.com")', 'ada dan'],
    ['utmSource = google', 'ada'],
    ['createdAt > -7d', 'cyd dan'],
    ['createdAt <= -7d and createdAt > -4w', 'bob'],
    ['createdAt < 2026-11-01', 'ada'],
    ['createdAt >= 2026-11-24T11:00:00Z', 'dan'],
    ['fields.plan = pro', 'ada'],
    ['fields.plan in (pro, TEAM)', 'ada bob'],
    ['fields.plan is empty', 'dan'],
    ['fields.size > 5', 'bob'],
    ['fields.size >= 5', 'ada bob'],
    ['fields.size = many', 'cyd'],
    ['fields.constructor = x', ''],
    ['form = contact', 'dan'],
    ['form is empty', 'ada bob cyd'],
    ['ownerId is not empty', 'bob'],
    ['score = 0', 'ada bob cyd dan'],
    ['score > 0.5', ''],
    [`name ~ "'; drop table leads; --"`, ''],
  ])('%s', async (filter, expected) => {
    expect(await names(filter)).toBe(expected)
  })

  test('whom a member owns, and goes on with the same filter page by page', async () => {
    expect(await names(`ownerId = ${owner}`)).toBe('bob')
    const first = await ask('tag is not empty', '&limit=2')
    const second = await ask('tag is not empty', `&limit=2&cursor=${encodeURIComponent(first.json.nextCursor)}`)
    expect(second.json.data.map(({ email }: { email: string }) => email)).toEqual(['dan@example.com'])
    expect((await ask('tag is empty', `&limit=2&cursor=${encodeURIComponent(first.json.nextCursor)}`)).json.code).toBe(
      'invalid_cursor',
    )
  })
})

describe('a filter that cannot be read says where:', () => {
  test.each([
    ['stage', 6],
    ['stage =', 8],
    ['stage = new and', 16],
    ['= new', 1],
    ['stage = new stage = won', 13],
    ['(stage = new', 13],
    ['stage = new)', 12],
    ['stage in new', 10],
    ['stage in ()', 11],
    ['stage in (a, b', 15],
    ['name = "open', 8],
    ['stage is nothing', 10],
    ['password = x', 1],
    ['leads.email = x', 1],
    ['__proto__ = x', 1],
    ['stage = new or colour = red', 16],
    ['stage ~ n', 1],
    ['stage > new', 1],
    ['tag ~ V', 1],
    ['score = many', 1],
    ['ownerId = me', 1],
    ['createdAt > yesterday', 1],
    ['createdAt > 2026-13-45', 1],
    [`${'('.repeat(200)}stage = new${')'.repeat(200)}`, 22],
    [`${'not '.repeat(200)}stage = new`, 85],
    [Array.from({ length: 101 }, () => 'score=1').join(' or '), 1101],
  ])('%s', async (filter, position) => {
    const { json } = await ask(filter)
    expect(json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path: 'filter' }] })
    expect(json.errors[0].message).toMatch(new RegExp(`^Position ${position}: `))
  })
})
