import { type Draft, definePlugin } from '@leadnest/core/plugin'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-25T09:00:00Z')
let server: TestServer
let key: string
let number = 0
/** What `moody` does next; each test says so. */
let mood: (draft: Draft) => object | undefined | Promise<undefined>
const seen: Draft[] = []

const enrich = definePlugin({
  id: 'enrich',
  name: 'Enrich',
  beforeCapture({ fields }) {
    const domain = String(fields.email).split('@')[1]
    return domain === 'example.com' ? { fields: { company: 'Example Ltd' } } : undefined
  },
})
const moody = definePlugin({
  id: 'moody',
  name: 'Moody',
  beforeCapture(draft) {
    seen.push(draft)
    return mood(draft) as undefined
  },
})

beforeAll(async () => {
  server = await testServer({ plugins: [enrich, moody], now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())
beforeEach(() => {
  mood = () => undefined
  seen.length = 0
})

async function submit(fields: object = {}, init: { key?: string; headers?: Record<string, string> } = {}) {
  const { headers } = await server.request('GET /v1/forms/contact')
  time += 3000
  const body = {
    fields: { email: `person${++number}@example.com`, ...fields },
    token: headers.get('leadnest-form-token')!,
  }
  return server.request('POST /v1/forms/contact/submissions', { body, ...init, headers: { origin, ...init.headers } })
}
const stored = async (id: string) => (await server.request(`GET /v1/submissions/${id}`, { key })).json

test('a plugin adds to what was sent, the next one sees it, and both are noted with the submission', async () => {
  mood = () => ({ fields: { name: 'Ada Lovelace' } })
  const { json } = await submit({ name: 'ada' })
  expect(json.status).toBe('accepted')
  expect(seen).toEqual([
    {
      form: expect.objectContaining({ slug: 'contact', name: 'Contact' }),
      fields: { email: `person${number}@example.com`, name: 'ada', company: 'Example Ltd' },
      attribution: null,
      test: false,
      trusted: false,
    },
  ])
  const submission = await stored(json.id)
  expect(submission.hooked).toEqual([
    { plugin: 'enrich', changed: ['company'] },
    { plugin: 'moody', changed: ['name'] },
  ])
  const lead = (await server.request(`GET /v1/leads/${submission.leadId}`, { key })).json
  expect(lead).toMatchObject({ name: 'Ada Lovelace', company: 'Example Ltd' })
})

test('an address that a plugin gives is read as if the visitor had written it: nobody becomes two people by it', async () => {
  mood = ({ fields }) => ({ fields: { email: ` ${String(fields.email).toUpperCase()} ` } })
  const { json } = await submit()
  const { leadId } = await stored(json.id)
  expect((await server.request(`GET /v1/leads/${leadId}`, { key })).json.email).toBe(`person${number}@example.com`)
})

test('what a plugin holds waits with its reason, a server with a key excepted, and can be released', async () => {
  mood = () => ({ hold: 'Looks like a competitor.' })
  const { json } = await submit()
  expect(json.status).toBe('held')
  expect(await stored(json.id)).toMatchObject({
    verdict: 'held',
    reasons: ['held_by_plugin'],
    hooked: [
      { plugin: 'enrich', changed: ['company'] },
      { plugin: 'moody', held: 'Looks like a competitor.' },
    ],
  })
  const released = await server.request(`POST /v1/submissions/${json.id}/release`, { key })
  expect(released.json.verdict).toBe('accepted')
  expect((await submit({}, { key })).json.status).toBe('accepted')
})

test('what a plugin refuses is refused beside its field, and nothing is stored', async () => {
  mood = () => ({ reject: [{ path: 'fields.email', message: 'Use your work address.' }] })
  const before = (await server.request('GET /v1/submissions?limit=200', { key })).json.data.length
  const { status, json } = await submit()
  expect([status, json.code, json.errors]).toEqual([
    422,
    'invalid_input',
    [{ path: 'fields.email', message: 'Use your work address.' }],
  ])
  expect((await server.request('GET /v1/submissions?limit=200', { key })).json.data).toHaveLength(before)
  expect((await server.request('GET /v1/plugins/moody', { key })).json.failures).toBe(0)
})

test.each([
  [
    'throws',
    () => {
      throw new Error('Something broke.')
    },
    'Something broke.',
  ],
  ['hangs', () => new Promise<undefined>(() => undefined), 'The plugin moody took more than 2 s.'],
  ['gives what nobody can read', () => ({ first: 'Ada' }), 'Some of this does not look right.'],
  ['gives text that no database takes', () => ({ name: 'a\u0000b' }), 'Some of this does not look right.'],
  ['gives an address that is none', () => ({ email: 'nobody' }), 'Some of this does not look right.'],
  ['gives keys that no field has', () => ({ 'a key': 'x' }), 'Some of this does not look right.'],
])('a plugin that %s holds nothing up, and that is noted', async (_, mishap, failed) => {
  await server.request('PATCH /v1/plugins/moody', { key, body: { enabled: true } })
  mood = mishap as typeof mood
  const { json } = await submit()
  expect(json.status).toBe('accepted')
  expect((await stored(json.id)).hooked).toContainEqual({ plugin: 'moody', failed })
  expect((await server.request('GET /v1/plugins/moody', { key })).json.lastError).toBe(failed)
})

test('a plugin that fails again and again rests: nobody waits for it any more', async () => {
  mood = () => {
    throw new Error('Still broken.')
  }
  for (let i = 0; i < 5; i++) await submit()
  seen.length = 0
  const { json } = await submit()
  expect([json.status, seen]).toEqual(['accepted', []])
  expect((await stored(json.id)).hooked).toEqual([{ plugin: 'enrich', changed: ['company'] }])
})
