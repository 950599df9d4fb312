import { createCore, migratePlugins, tasks } from '@leadnest/core'
import { type Draft, type DraftChange, defineApi, definePlugin, type Plugin } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

/** What `bad` does; each test says so. `good` stands beside it and must not notice. */
let hook: (draft: Draft) => unknown
let handle: (context: Parameters<NonNullable<NonNullable<Plugin['on']>['lead.captured']>>[1]) => unknown
let answer: () => Response | Promise<Response>
const told: string[] = []

const bad = definePlugin({
  id: 'bad',
  name: 'Bad',
  capabilities: ['leads:read'],
  beforeCapture: (draft) => hook(draft) as DraftChange | undefined,
  on: { 'lead.captured': (_event, context) => handle(context) as undefined },
  jobs: { one: { run: () => void told.push('flood') } },
  routes: { 'GET /answer': () => answer() },
})
const good = definePlugin({
  id: 'good',
  name: 'Good',
  on: { 'lead.captured': (_event, { lead }) => void told.push(`good ${lead?.email}`) },
  routes: { 'GET /answer': () => new Response('fine') },
})

let server: TestServer
let key: string
let number = 0
beforeAll(async () => {
  server = await testServer({ plugins: [bad, good], clock: '2027-03-01T09:00:00Z' })
  key = await server.nest.key()
})
afterAll(() => server.close())
beforeEach(async () => {
  hook = () => undefined
  handle = () => undefined
  told.length = 0
  await server.request('PATCH /v1/plugins/bad', { key, body: { enabled: true } })
})
afterEach(() => vi.restoreAllMocks())

/** Time-outs come a hundred times as soon. */
function hurry(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 100))
}

const capture = () =>
  server.nest.capture(
    'contact',
    { email: `p${++number}@example.com`, name: 'Ada' },
    { attribution: { utmSource: 'news' } },
  )
const state = async () => (await server.request('GET /v1/plugins/bad', { key })).json
const forever = () => new Promise<never>(() => undefined)

test.each<[string, (draft: Draft) => unknown, string | undefined]>([
  [
    'throws before a submission is stored',
    () => {
      throw new Error('Broken.')
    },
    'Broken.',
  ],
  [
    'throws what is no error',
    () => {
      throw undefined
    },
    'undefined',
  ],
  ['hangs before a submission is stored', forever, 'The plugin bad took more than 2 s.'],
  ['returns what nobody can read', () => 'nonsense', 'Some of this does not look right.'],
  [
    'returns a million fields',
    () => ({ fields: Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`f${i}`, { deep: i }])) }),
    'Some of this does not look right.',
  ],
  [
    'changes the draft in its hands',
    (draft) => {
      draft.fields.email = 'someone@else.example'
      draft.form.slug = 'another'
      Object.assign(draft.attribution!, { utmSource: 'stolen' })
    },
    undefined,
  ],
])('a plugin that %s costs no lead', async (_, does, failed) => {
  hurry()
  hook = does
  const { lead, hooked, attribution, fields } = await capture()
  expect(hooked).toEqual(failed === undefined ? [] : [{ plugin: 'bad', failed }])
  expect([lead?.email, fields.email, attribution]).toEqual([
    `p${number}@example.com`,
    `p${number}@example.com`,
    { utmSource: 'news' },
  ])
  await server.nest.settle()
  expect(told).toEqual([`good p${number}@example.com`])
})

test.each<[string, () => unknown, RegExp]>([
  [
    'throws for ever',
    () => {
      throw new Error('Broken.')
    },
    /^Broken\.$/,
  ],
  ['hangs for ever', forever, /^The plugin bad took more than 60 s\.$/],
])('a plugin that %s in a handler rests, and others are told', async (_, does, lastError) => {
  hurry()
  handle = does
  for (let i = 0; i < 5; i++) await capture()
  await server.nest.settle()
  expect(told).toHaveLength(5)
  expect(await state()).toMatchObject({
    failures: 5,
    restingUntil: expect.any(String),
    lastError: expect.stringMatching(lastError),
  })
  expect((await server.request('GET /v1/plugins/good', { key })).json).toMatchObject({
    failures: 0,
    restingUntil: null,
  })
  await capture()
  await server.nest.settle()
  // It is not asked while it rests, and what it missed waits.
  expect((await server.nest.jobs('bad')).length).toBe(6)
  handle = () => undefined
  await server.nest.clock.advance({ minutes: 10 })
  expect([(await server.nest.jobs('bad')).length, (await state()).failures]).toEqual([0, 0])
})

test('a plugin that floods the queue is served after others', async () => {
  handle = async ({ jobs }) => {
    for (let i = 0; i < 100; i++) await jobs.add('one', {}, { at: new Date(0) })
  }
  await capture()
  await server.nest.settle()
  expect(told.indexOf(`good p${number}@example.com`)).toBe(0)
  expect(told).toHaveLength(101)
})

test('a route that never answers, throws, or answers too much costs nobody else', async () => {
  hurry()
  const ask = (id: string) => server.app.request(`${origin}/plugins/${id}/answer`)
  answer = forever
  const waiting = ask('bad')
  expect(await (await ask('good')).text()).toBe('fine')
  expect((await waiting).status).toBe(500)
  answer = () => {
    throw new Error('A secret of the inside.')
  }
  expect(await (await ask('bad')).text()).not.toContain('secret')
  // It streams: nobody holds all of it.
  let made = 0
  answer = () =>
    new Response(
      new ReadableStream({ pull: (to) => (made++ < 1000 ? to.enqueue(new Uint8Array(65_536)) : to.close()) }),
    )
  const huge = await ask('bad')
  expect(made).toBeLessThan(10)
  await huge.body!.cancel()
  expect(await (await ask('good')).text()).toBe('fine')
})

test('what it does not declare is refused by name, for each of its powers', async () => {
  const refused: string[] = []
  handle = async ({ leads, db, fetch, lead, events, forms, submissions, imports, exports, messages }) => {
    const tries: (() => Promise<unknown>)[] = [
      () => leads.create({ email: 'x@example.com' }),
      () => leads.update(lead!.id, { name: 'X' }),
      () => leads.tag(lead!.id, { add: ['x'] }),
      () => leads.note(lead!.id, 'x'),
      () => leads.track(lead!.id, { name: 'x', data: {} }),
      () => db.query({ text: 'select 1', values: [] } as never),
      () => db.transaction(async () => undefined),
      () => fetch('https://api.other.example/'),
      () => events.list({ from: new Date(0), to: new Date(0) }),
      () => events.many([]),
      () => forms.list(),
      () => submissions.create('contact', { fields: {} }, { key: 'x' }),
      () => submissions.check('contact', { fields: {} }),
      () => messages.send({ channel: 'sms', leadId: lead!.id, body: 'x' } as never),
      ...[...Object.values(imports), ...Object.values(exports)]
        .filter((power) => typeof power === 'function')
        .map((power) => async () => (power as (...given: unknown[]) => unknown)({}, {})),
    ]
    for (const go of tries)
      refused.push(
        await go().then(
          () => 'let',
          (error: Error) => error.message,
        ),
      )
  }
  await capture()
  await server.nest.settle()
  const lines = refused.map(
    (line) => /^The plugin bad may not .+\. Let it: capabilities: \['leads:read', '(.+)'\]\.$/.exec(line)?.[1] ?? line,
  )
  expect(lines.slice(0, 14)).toEqual([
    'leads:write',
    'leads:write',
    'leads:write',
    'leads:write',
    'leads:write',
    'tables',
    'tables',
    'http:api.other.example',
    'events:read',
    'events:read',
    'forms:read',
    'submissions:write',
    'submissions:write',
    'send:sms',
  ])
  expect(lines.length).toBeGreaterThan(20)
  expect(new Set(lines.slice(14))).toEqual(new Set(['imports', 'exports']))
})

const plain = (id: string, more: Partial<Plugin> = {}) => definePlugin({ id, name: id, ...more })
const listed = { summary: 'x', access: 'leads:read', returns: v.object({}) } as const
const api = (route: `GET /v1/${string}`) => defineApi({ [route]: listed }, { [route]: async () => ({}) })

test.each<[string, Plugin[], RegExp]>([
  ['names', [plain('shop'), plain('shop')], /Two plugins are called shop/],
  ['tables', [plain('shop'), plain('shop-orders')], /could not be told apart/],
  [
    'routes of the API',
    [plain('one', { api: api('GET /v1/orders/:id') }), plain('two', { api: api('GET /v1/orders/latest') })],
    /two answers GET \/v1\/orders\/latest, and the plugin one/,
  ],
  ['routes of ours', [plain('one', { api: api('GET /v1/leads/:id') })], /LeadNest itself answers GET \/v1\/leads\/:id/],
  ['versions', [plain('one', { leadnest: '^99' })], /works with LeadNest \^99/],
])('%s that clash are refused when LeadNest starts', (_, plugins, message) => {
  const start = () =>
    createCore({ databaseUrl: server.nest.databaseUrl, secretKeys: ['a secret of tests, 32 characters long'], plugins })
  expect(start).toThrow(message)
})

test.each([
  ['changes a table of ours', 'alter table leads add column shop text', 'it may not change the table leads'],
  [
    'takes the row security off one',
    'alter table leads no force row level security',
    'it may not change the table leads',
  ],
  [
    'puts a trigger on one',
    `create function plugin_evil_f() returns trigger language plpgsql as 'begin return null; end';
    create trigger t before insert on leads for each row execute function plugin_evil_f()`,
    'it may not change the table leads',
  ],
  ['removes one', 'drop table notes cascade', 'it may not remove the table notes'],
])('a migration that %s is taken back', async (_, text, message) => {
  const evil = plain('evil', { capabilities: ['tables'], migrations: { '1_evil': text } })
  await expect(migratePlugins(server.nest.pool, [evil])).rejects.toThrow(
    `Migration 1_evil of the plugin evil failed: ${message}`,
  )
  expect((await capture()).lead).not.toBe(null)
})

test('a task for a plugin that nobody has is known to nobody, so its jobs wait', () => {
  expect(Object.keys(tasks(server.nest)).filter((task) => task.startsWith('deliver:'))).toEqual([
    'deliver:bad',
    'deliver:good',
  ])
})
