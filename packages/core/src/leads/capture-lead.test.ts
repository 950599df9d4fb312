import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Core,
  captureLead,
  contactForm,
  createCore,
  findForm,
  getLead,
  insertForm,
  issueFormToken,
  listLeads,
  listSubmissions,
  listTimeline,
  type SubmissionInput,
  sql,
} from '../index.ts'
import { forgetExpired } from '../jobs/forget-expired.ts'
import { definePlugin, type Event } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'

const seen: Event[] = []
const spy = definePlugin({ id: 'spy', name: 'Spy', on: { 'lead.captured': (event) => void seen.push(event) } })
let time = Date.parse('2026-11-24T09:00:00Z')
let nest: TestNest

beforeAll(async () => {
  nest = await testNest({ plugins: [spy], now: () => new Date(time) })
})
afterAll(() => nest.close())

const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }
const server = { ...visitor, source: 'api' as const, trusted: true }

/** Fills in the form as a person would: a token first, and some seconds over it. */
async function send(
  fields: SubmissionInput['fields'],
  more: Partial<SubmissionInput> = {},
  door: Parameters<typeof captureLead>[3] = visitor,
) {
  const found = await findForm(nest, 'contact')
  const token = issueFormToken(nest, found.form.id)
  time += 5000
  return captureLead(nest, found, { fields, token, ...more }, door)
}

const find = async (email: string) =>
  (await listLeads(nest, nest.workspaceId, { limit: 50, sort: '-createdAt', email })).data

describe('a captured lead', () => {
  test('is stored with its submission and its timeline, and told to plugins once', async () => {
    const { result } = await send(
      { name: 'Ada', email: ' Ada@Example.com ', message: 'Hello' },
      { attribution: { utmSource: 'newsletter' } },
    )

    const [lead] = await find('ada@example.com')
    expect(lead).toMatchObject({
      name: 'Ada',
      email: 'ada@example.com',
      fields: { message: 'Hello' },
      attribution: { first: { utmSource: 'newsletter' } },
    })
    const { data: timeline } = await listTimeline(nest, nest.workspaceId, lead!.id)
    expect(timeline.map(({ type, data }) => [type, data.submissionId, data.created])).toEqual([
      ['lead.captured', result.id, true],
    ])

    await nest.settle()
    await nest.settle()
    expect(seen.map(({ leadId }) => leadId)).toEqual([lead!.id])
  })

  test('keeps what it knew when the same person writes again, but for blanks', async () => {
    await send({ name: 'Grace', email: 'grace@example.com' }, { attribution: { utmSource: 'first' } })
    await send(
      { name: 'Somebody else', email: 'GRACE@example.com', phone: '+44 20 7946 0958' },
      { attribution: { utmSource: 'second' } },
    )

    const leads = await find('grace@example.com')
    expect(leads).toHaveLength(1)
    expect(leads[0]).toMatchObject({
      name: 'Grace',
      phone: '+442079460958',
      attribution: { first: { utmSource: 'first' }, last: { utmSource: 'second' } },
    })
    const { data } = await listSubmissions(nest, nest.workspaceId, { leadId: leads[0]!.id })
    expect(data).toHaveLength(2)
  })

  test('is overwritten by a trusted server', async () => {
    await send({ name: 'Typo', email: 'hedy@example.com' })
    await send({ name: 'Hedy', email: 'hedy@example.com' }, {}, server)
    expect((await find('hedy@example.com'))[0]).toMatchObject({ name: 'Hedy' })
  })

  test('is one lead with 60 submissions when 60 arrive at once, in two orders', async () => {
    const found = await findForm(nest, 'contact')
    const emails = Array.from({ length: 60 }, (_, i) => `crowd${i % 3}@example.com`)
    await Promise.all(
      [...emails, ...emails.toReversed()].map((email) => captureLead(nest, found, { fields: { email } }, server)),
    )

    for (const email of new Set(emails)) {
      const leads = await find(email)
      expect(leads).toHaveLength(1)
      expect((await listSubmissions(nest, nest.workspaceId, { leadId: leads[0]!.id, limit: 100 })).data).toHaveLength(
        40,
      )
    }
  })
})

describe('a submission is held, and makes no lead, when it', () => {
  const held = async (more: Partial<SubmissionInput>, reasons: string[]) => {
    const email = `${reasons[0]!.replaceAll('_', '-')}@example.com`
    const { result } = await send({ email }, more)
    expect(result.status).toBe('held')
    expect(await find(email)).toEqual([])
    const { data } = await listSubmissions(nest, nest.workspaceId, { verdict: ['held', 'spam'] })
    expect(data.find(({ id }) => id === result.id)?.reasons).toEqual(reasons)
  }

  test('brings no token', () => held({ token: undefined }, ['no_token']))
  test('brings a token that is not ours', () => held({ token: 'forged.token.here' }, ['bad_token']))
  test('fills in the trap', () => held({ trap: 'http://spam.example' }, ['trap_filled']))

  test('was faster than a person', async () => {
    const { form } = await findForm(nest, 'contact')
    time += 1000
    const token = issueFormToken(nest, form.id)
    time -= 4000 // `send` lets five seconds pass
    await held({ token }, ['too_fast'])
  })

  test('comes a day late', async () => {
    const token = issueFormToken(nest, (await findForm(nest, 'contact')).form.id)
    time += 25 * 3_600_000
    await held({ token }, ['token_expired'])
  })

  test('brings a token again', async () => {
    const token = issueFormToken(nest, (await findForm(nest, 'contact')).form.id)
    expect((await send({ email: 'once@example.com' }, { token })).result.status).toBe('accepted')
    await held({ token }, ['token_reused'])
  })
})

test('a test submission is stored and fires nothing', async () => {
  const { result } = await send({ email: 'only-a-test@example.com' }, { test: true })
  expect(result.status).toBe('accepted')
  expect(await find('only-a-test@example.com')).toEqual([])
  const { data } = await listSubmissions(nest, nest.workspaceId, { limit: 200 })
  expect(data.find(({ id }) => id === result.id)).toMatchObject({ test: true, leadId: null })
})

describe('an idempotency key', () => {
  const key = (name: string, fingerprint = 'same') => ({
    ...server,
    idempotency: { scope: 'public', key: name, fingerprint: Buffer.from(fingerprint) },
  })

  test('makes a hundred equal requests at once one submission with one answer', async () => {
    const found = await findForm(nest, 'contact')
    const results = await Promise.all(
      Array.from({ length: 100 }, () =>
        captureLead(nest, found, { fields: { email: 'again@example.com' } }, key('k1')),
      ),
    )
    expect(new Set(results.map(({ result }) => result.id)).size).toBe(1)
    expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1)

    const later = await captureLead(nest, found, { fields: { email: 'again@example.com' } }, key('k1'))
    expect(later).toEqual({ result: results[0]!.result, replayed: true })
    const [lead] = await find('again@example.com')
    expect((await listSubmissions(nest, nest.workspaceId, { leadId: lead!.id })).data).toHaveLength(1)
  })

  test('of another request is refused', async () => {
    await send({ email: 'k2@example.com' }, {}, key('k2'))
    await expect(send({ email: 'k2@example.com' }, {}, key('k2', 'other'))).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    })
  })

  test('is forgotten after a day', async () => {
    const first = await send({ email: 'k3@example.com' }, {}, key('k3'))
    time += 25 * 3_600_000
    const second = await send({ email: 'k3@example.com' }, {}, key('k3'))
    expect(second.result.id).not.toBe(first.result.id)
    expect(second.replayed).toBe(false)
  })
})

describe('two processes', () => {
  let other: Core
  beforeAll(() => {
    other = createCore({ databaseUrl: nest.databaseUrl, secretKeys: ['x'.repeat(32)], now: nest.now })
  })
  afterAll(() => other.close())

  test('that get the same key make one submission with one answer', async () => {
    const found = await findForm(nest, 'contact')
    for (let round = 0; round < 20; round++) {
      const idempotency = { scope: 'public', key: `both ${round}`, fingerprint: Buffer.from('same') }
      const input = { fields: { email: `both${round}@example.com` } }
      const [a, b] = await Promise.all(
        [nest, other].map((core) => captureLead(core, found, input, { ...server, idempotency })),
      )
      expect(a!.result).toEqual(b!.result)
      expect([a!.replayed, b!.replayed].sort()).toEqual([false, true])
      const [lead] = await find(`both${round}@example.com`)
      expect((await listSubmissions(nest, nest.workspaceId, { leadId: lead!.id })).data).toHaveLength(1)
    }
  })

  test('that store the same people in opposite orders make each of them once', async () => {
    const found = await findForm(nest, 'contact')
    const emails = Array.from({ length: 40 }, (_, i) => `pair${i}@example.com`)
    const send = (core: Core, order: string[]) =>
      order.map((email) => captureLead(core, found, { fields: { email } }, server))
    await Promise.all([...send(nest, emails), ...send(other, emails.toReversed())])
    for (const email of emails) {
      const leads = await find(email)
      expect(leads).toHaveLength(1)
      expect((await listSubmissions(nest, nest.workspaceId, { leadId: leads[0]!.id })).data).toHaveLength(2)
    }
  })
})

test('what is past its time is removed, in workspaces of any size', async () => {
  const found = await findForm(nest, 'contact')
  const keys = Array.from({ length: 2100 }, (_, i) => ({
    scope: 'old',
    key: `old ${i}`,
    fingerprint: Buffer.from('x'),
  }))
  await Promise.all(
    keys.map((idempotency) =>
      captureLead(nest, found, { fields: { email: 'old@example.com' } }, { ...server, idempotency }),
    ),
  )
  time += 25 * 3_600_000
  await forgetExpired(nest)
  const left = await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query(sql`select 1 as kept from idempotency_records where workspace_id = ${nest.workspaceId}`),
  )
  expect(left).toEqual([])
})

test('what does not fit the form is refused field by field, and nothing is stored', async () => {
  const before = (await listSubmissions(nest, nest.workspaceId, { limit: 200 })).data.length
  await expect(send({ email: 'nonsense', phone: 'call me', colour: 'red' })).rejects.toMatchObject({
    code: 'invalid_input',
    issues: [{ path: 'fields.colour' }, { path: 'fields.email' }, { path: 'fields.phone' }],
  })
  expect((await listSubmissions(nest, nest.workspaceId, { limit: 200 })).data).toHaveLength(before)
})

test('a form of another workspace is found by its id alone, and its leads stay there', async () => {
  const { createWorkspace } = await import('../index.ts')
  const other = await createWorkspace(nest, { name: 'Other' })
  const id = await nest.inWorkspace(other.id, (tx) => insertForm(tx, other.id, { ...contactForm, slug: 'second' }))

  const found = await findForm(nest, id)
  await captureLead(nest, found, { fields: { email: 'other@example.com' } }, server)
  expect(await find('other@example.com')).toEqual([])
  const [lead] = (await listLeads(nest, other.id, { limit: 50, sort: '-createdAt' })).data
  expect(lead).toMatchObject({ email: 'other@example.com' })
  await expect(getLead(nest, nest.workspaceId, lead!.id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(findForm(nest, 'second')).rejects.toMatchObject({ code: 'not_found' })
})
