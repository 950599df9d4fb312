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
      fields: { plan: 'pro', size: 5, renewal: '2026-12-01', agreed: true, likes: ['tea', 'Cake'] },
    },
    tags: ['VIP', 'hot'],
    stage: 'won',
  },
  {
    name: 'bob',
    days: 10,
    body: {
      firstName: 'Bob',
      lastName: 'Müller',
      company: 'ACME "Ltd"',
      fields: { plan: 'team', size: 40, renewal: '2026-11-20', agreed: false, likes: ['tea'] },
    },
    tags: ['VIP'],
    stage: 'contacted',
  },
  {
    name: 'cyd',
    days: 3,
    body: {
      company: '100% (all), yes',
      attribution: { utmSource: 'Bing', landingPage: 'https://example.com/a' },
      fields: { plan: 'free', extra: { a: ['deep'] } },
    },
    tags: [],
    stage: 'new',
  },
  { name: 'dan', days: 0, body: { phone: '+44 20 7946 0958' }, tags: ['cold'], stage: 'new' },
]

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
  await server.nest.field('plan')
  await server.nest.field('size', 'number')
  await server.nest.field('renewal', 'date')
  await server.nest.field('agreed', 'boolean')
  await server.nest.field('extra', 'json')
  const options = ['tea', 'Cake'].map((value) => ({ value, label: value }))
  await server.request('POST /v1/fields', {
    key,
    body: { key: 'likes', label: 'Likes', type: 'multi_select', options },
  })
  owner = (await server.nest.user({ email: 'owner@example.com', password: 'correct horse battery' })).id
  for (const { name, days, body, tags, stage } of people) {
    time = now - days * day
    const { id } = (await server.request('POST /v1/leads', { key, body: { ...body, email: `${name}@example.com` } }))
      .json
    await server.request(`POST /v1/leads/${id}/tags`, { key, body: { add: tags } })
    await server.request(`PATCH /v1/leads/${id}`, { key, body: { stage, ownerId: name === 'bob' ? owner : null } })
  }
  // The last touch of ada is another one than her first.
  const attribution = { utmSource: 'Newsletter' }
  await server.request('POST /v1/leads', { key, body: { email: 'ada@example.com', attribution } })
  const door = { actor: { type: 'system' as const, id: null, name: null }, source: 'api' as const, trusted: true }
  await captureLead(server.nest, await findForm(server.nest, 'contact'), { fields: { email: 'dan@example.com' } }, door)
})
afterAll(() => server.close())

const ask = (filter: string, more = '') =>
  server.request(`GET /v1/leads?sort=createdAt&filter=${encodeURIComponent(filter)}${more}`, { key })
const emails = (data: { email: string }[]) => data.map(({ email }) => email.split('@')[0]!)
/** All at once, and lead by lead: what is frequent is found in another way than what is rare. */
const names = async (filter: string) => {
  const { json, text } = await ask(filter, '&count=true')
  if (!json.data) return text
  const found: string[] = []
  for (let cursor = ''; ; ) {
    const page = (await ask(filter, `&limit=1${cursor}`)).json
    found.push(...emails(page.data))
    if (!page.nextCursor) break
    cursor = `&cursor=${encodeURIComponent(page.nextCursor)}`
  }
  expect(found).toEqual(emails(json.data))
  expect(json.count).toEqual({ value: found.length, exact: true })
  return found.join(' ')
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
    ['fields.size = 40.0', 'bob'],
    ['fields.size in (5, 40)', 'ada bob'],
    ['fields.size != 5', 'bob cyd dan'],
    ['fields.size > 4.5 and fields.size < 10', 'ada'],
    ['fields.renewal > +3d', 'ada'],
    ['fields.renewal <= 2026-11-20', 'bob'],
    ['fields.renewal = 2026-12-01', 'ada'],
    ['fields.agreed = true', 'ada'],
    ['fields.agreed = false', 'bob'],
    ['fields.likes = TEA', 'ada bob'],
    ['fields.likes in (cake, CAKE)', 'ada'],
    ['fields.likes != cake', 'bob cyd dan'],
    ['fields.likes ~ ak', 'ada'],
    ['fields.likes is empty', 'cyd dan'],
    ['fields.extra ~ DEEP', 'cyd'],
    ['fields.extra is not empty', 'cyd'],
    ['(fields.likes = cake or company = "acme \\"ltd\\"") and tag = VIP', 'ada bob'],
    ['email ~ EXAMPLE.com and name ~ bob', 'bob'],
    ['phone = "+442079460958"', 'dan'],
    ['phone ~ "7946 0958"', 'dan'],
    ['phone is empty', 'ada bob cyd'],
    ['lastUtmSource = newsletter', 'ada'],
    ['lastUtmSource = bing', 'cyd'],
    ['utmSource = newsletter', ''],
    ['landingPage ~ /A', 'cyd'],
    ['pipeline = sales', 'ada bob cyd dan'],
    ['pipeline in (Sales, SALES) and stage = won', 'ada'],
    ['pipeline != Sales', ''],
    ['nextActionAt is empty', 'ada bob cyd dan'],
    ['form = contact', 'dan'],
    ['form is empty', 'ada bob cyd'],
    ['form = contact within 7d', 'dan'],
    ['form in (contact, contact) since 2026-11-24', 'dan'],
    ['not form = contact within 7d and stage = new', 'cyd'],
    ['form = contact since +1h', ''],
    ['form != contact', 'ada bob cyd'],
    ['form is not empty within 24h', 'dan'],
    ['event = lead.captured within 7d', 'dan'],
    ['event = lead.created within 7d', 'cyd dan'],
    ['event in (lead.created, lead.tagged) since -2w and tag = VIP', 'bob'],
    ['event is empty within 24h', 'bob cyd'],
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
    ['score = many', 9],
    ['ownerId = me', 11],
    ['createdAt > yesterday', 13],
    ['createdAt > 2026-13-45', 13],
    ['createdAt > 0000-01-01', 13],
    ['fields.nothing = x', 1],
    ['stage = new and fields.constructor = x', 17],
    ['fields.size > big', 15],
    ['fields.size in (1, big)', 20],
    ['fields.agreed = yes', 17],
    ['fields.likes > a', 1],
    ['fields.extra = x', 1],
    ['event = lead.exploded', 9],
    ['event ~ lead', 1],
    ['stage = new within 7d', 1],
    ['form = contact within 7', 23],
    ['form = contact within -7d', 23],
    ['form = contact since yesterday', 22],
    ['score >= 99999999999999999', 10],
    ['stage = new and stage = won', 17],
    ['stage in (a, b) and (stage = a and stage != a)', 36],
    ['score > 10 and tag = x and score < 5', 28],
    ['score > 10 and score <= 10', 16],
    ['score = 3 and score in (4, 5)', 15],
    ['createdAt > -7d and createdAt < -30d', 21],
    ['email is empty and email = x', 20],
    ['email = x and email is empty', 15],
    ['email is empty and email is not empty', 20],
    ['company = a or name = b and name = c', 29],
    ['fields.agreed = true and fields.agreed = false', 26],
    ['fields.renewal > +7d and fields.renewal < -7d', 26],
    ['tag = VIP and not tag = VIP', 19],
    ['tag = VIP and tag != VIP', 15],
    ['tag = VIP and tag is empty', 15],
    ['tag is empty and tag is not empty', 18],
    ['tag != VIP and (tag != hot and tag in (VIP, hot))', 32],
    ['stage = new and not stage = new', 21],
    ['not stage in (new, won) and stage = won', 29],
    ['form = contact and form != contact', 20],
    ['form = contact within 7d and not form = contact', 34],
    ['form = contact within 7d and form is empty within 7d', 30],
    ['pipeline = Sales and pipeline != Sales', 22],
    ['event = lead.created and not event = lead.created', 30],
    [`${'('.repeat(200)}stage = new${')'.repeat(200)}`, 22],
    [`${'not '.repeat(200)}stage = new`, 85],
    [Array.from({ length: 101 }, () => 'score=1').join(' or '), 1101],
  ])('%s', async (filter, position) => {
    const { json } = await ask(filter)
    expect(json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path: 'filter' }] })
    expect(json.errors[0].message).toMatch(new RegExp(`^Position ${position}: `))
  })
})

describe('what may find somebody is not refused:', () => {
  test.each([
    'tag = VIP and tag = hot',
    'tag = VIP and not tag = hot',
    'tag in (VIP, hot) and tag != hot',
    'tag is not empty and tag != VIP',
    'tag != VIP and tag is empty',
    'form = contact and not form = contact within 7d',
    'form = contact within 4w and form is empty within 7d',
    'form = contact and event != lead.created',
    'stage = new and not stage = won',
    'fields.likes = tea and fields.likes = cake',
    'stage = new or stage = won',
    'not stage = new and stage = won',
    'score >= 10 and score <= 10',
    'score > 5 and score < 6',
    'name = A and name = a',
    'name = "É" and name = "e\u0301"',
    'name ~ a and name ~ b',
    'name > a and name < b',
    'company = "" and company is empty',
    'stage != new and stage != won',
    'createdAt = 2026-11-24 and createdAt = 2026-11-24T00:00:00Z',
  ])('%s', async (filter) => {
    expect((await ask(filter)).status).toBe(200)
  })
})

test.each([
  ['stage = new AND tag = VIP', 13, 'and'],
  ['stage = new OR stage = won', 13, 'or'],
  ['NOT stage = new', 1, 'not'],
  ['NOT (stage = new)', 1, 'not'],
  ['(stage = new And tag = VIP)', 14, 'and'],
  ['stage IN (new)', 7, 'in'],
  ['tag IS empty', 5, 'is'],
])('words in capitals: %s', async (filter, position, word) => {
  const message = `Position ${position}: Write ${word} in small letters.`
  expect((await ask(filter)).json.errors).toEqual([{ path: 'filter', message }])
})
