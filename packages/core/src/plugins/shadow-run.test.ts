import { afterEach, beforeEach, expect, test } from 'vitest'
import { fakeObjects } from '../files/testing/fake-objects.ts'
import { definePlugin, type Plugin, sql } from '../plugin.ts'
import { fakeProvider, type TestNest, testNest } from '../testing.ts'
import type { DraftChange } from './plugin-context.ts'
import { shadowRun } from './shadow-run.ts'

const version = (version: string, beforeCapture: Plugin['beforeCapture']) =>
  definePlugin({
    id: 'enrich',
    name: 'Enrich',
    version,
    capabilities: ['leads:read', 'leads:write', 'submissions:write', 'tables', 'http:api.enrich.example'],
    migrations: {
      '1_seen': 'create table plugin_enrich_seen (workspace_id uuid, email text, primary key (workspace_id, email))',
    },
    jobs: { later: { run: () => undefined } },
    beforeCapture,
  })

/** Knows a company, fixes a name, and holds whoever is called Eve. */
const first = version('1.0.0', ({ fields }): DraftChange | undefined => {
  if (fields.name === 'Eve') return { hold: 'Eve listens.' }
  return fields.name === 'ada' ? { fields: { name: 'Ada', company: 'Example Ltd' } } : undefined
})

let nest: TestNest
beforeEach(async () => {
  nest = await testNest({ plugins: [first], clock: '2027-03-01T09:00:00Z' })
  for (const name of ['ada', 'Eve', 'Grace']) {
    await nest.capture('contact', { email: `${name}@example.com`, name })
    await nest.clock.advance({ minutes: 1 })
  }
})
afterEach(() => nest.close())

const trial = (beforeCapture: Plugin['beforeCapture'], options = {}) =>
  shadowRun(nest, nest.workspaceId, version('2.0.0', beforeCapture), options)
const nothing = { fields: {}, held: null, rejected: [], failed: null }

test('the version that ran makes no difference, and what differs in another is told beside what was', async () => {
  expect(await trial(first.beforeCapture)).toMatchObject({ plugin: 'enrich', version: '2.0.0', seen: 3, effects: [] })
  // What it corrected is stored corrected, so it is shown that.
  const again = await trial(({ fields }) =>
    fields.name === 'Ada'
      ? { fields: { name: 'Ada', company: 'Example Ltd' } }
      : first.beforeCapture!({ fields } as never, {} as never),
  )
  expect(again.differences).toEqual([])

  const { differences, took } = await trial(({ fields, form, trusted }) => {
    expect([form.slug, trusted, 'company' in fields]).toEqual(['contact', false, false])
    if (fields.name === 'Ada') return { fields: { name: 'Ada', company: 'Example & Co' } }
    if (fields.name === 'Grace') return { reject: [{ path: 'fields.email', message: 'Use your work address.' }] }
    throw new Error('Who is Eve?')
  })
  expect(differences.map(({ then, now }) => [then, now])).toEqual([
    [nothing, { ...nothing, rejected: ['fields.email: Use your work address.'] }],
    [
      { ...nothing, held: 'Eve listens.' },
      { ...nothing, failed: 'Who is Eve?' },
    ],
    [
      { ...nothing, fields: { company: 'Example Ltd', name: 'Ada' } },
      { ...nothing, fields: { company: 'Example & Co', name: 'Ada' } },
    ],
  ])
  expect(took.slowest).toBeGreaterThanOrEqual(took.median)
  expect((await trial(() => undefined, { last: 1 })).seen).toBe(1)
})

test('what it would do besides is told and not done, and nothing is sent', async () => {
  const before = (await nest.events()).length
  const calls: unknown[] = []
  const { effects, differences } = await trial(
    async ({ fields }, { leads, jobs, db, workspaceId }) => {
      const [lead] = (await leads.list({ email: String(fields.email) })).data
      if (!lead) return undefined
      const note = await leads.note(lead.id, 'Seen before.')
      await leads.tag(lead.id, { add: ['again'] })
      await jobs.add('later', { noteId: note.id })
      await db.query(sql`insert into plugin_enrich_seen (workspace_id, email) values (${workspaceId}, ${lead.email})`)
      calls.push(await db.query(sql`select email from plugin_enrich_seen where workspace_id = ${workspaceId}`))
      return undefined
    },
    { last: 1 },
  )
  expect(effects.map(({ what }) => what)).toEqual(['leads.note', 'leads.tag', 'jobs.add', 'db.query'])
  expect(effects[0]!.with[1]).toBe('Seen before.')
  expect(differences).toEqual([])
  // It saw its own writes, and each submission began anew.
  expect(calls).toEqual([[{ email: 'grace@example.com' }]])
  expect((await nest.events()).length).toBe(before)
  expect(await nest.jobs('enrich')).toEqual([])

  const asks: Plugin['beforeCapture'] = async (_draft, { fetch }) => ({
    fields: (await (await fetch('https://api.enrich.example/people')).json()) as { company: string },
  })
  const silent = await trial(asks, { last: 1 })
  expect(silent.differences[0]!.now.failed).toBe('A shadow run sends nothing, so api.enrich.example was not asked.')
  expect(silent.effects).toMatchObject([{ what: 'fetch', with: ['https://api.enrich.example/people'] }])
  const provider = fakeProvider({ 'GET https://api.enrich.example/people': () => ({ company: 'Navy' }) })
  const answered = await trial(asks, { last: 1, fetch: provider.fetch })
  expect(answered.differences[0]!.now.fields).toEqual({ company: 'Navy' })
})

test('nothing goes to the origins that it names itself, nor into an object store, and what answers for them is left as it is', async () => {
  await nest.close()
  const keys = { accessKeyId: 'id', secretAccessKey: 'secret', bucket: 'files' }
  const store = await fakeObjects(keys)
  const world = fakeProvider({ 'GET https://api.enrich.example/people': () => ({ company: 'Sent' }) })
  nest = await testNest({
    plugins: [first],
    outbound: world.fetch,
    objects: { ...keys, endpoint: store.endpoint },
  })
  await nest.capture('contact', { email: 'ada@example.com', name: 'ada' })
  const tried = (beforeCapture: Plugin['beforeCapture'], options = {}) =>
    shadowRun(
      nest,
      nest.workspaceId,
      {
        ...version('2.0.0', beforeCapture),
        capabilities: ['imports', 'http:api.enrich.example'],
        origins: ['https://api.enrich.example'],
      },
      options,
    )
  const asks: Plugin['beforeCapture'] = async (_draft, { fetch }) => ({
    fields: (await (await fetch('https://api.enrich.example/people')).json()) as { company: string },
  })
  const silent = await tried(asks)
  expect(silent.differences[0]!.now.failed).toBe('A shadow run sends nothing, so api.enrich.example was not asked.')
  expect(world.calls).toEqual([])
  const fetch = Object.freeze(async () => Response.json({ company: 'Navy' }))
  expect((await tried(asks, { fetch })).differences[0]!.now.fields).toEqual({ company: 'Navy' })

  const stored = await tried(async (_draft, { imports }) => {
    await imports.store(ReadableStream.from([Buffer.from('a,b')]), { name: 'a.csv' })
    return undefined
  })
  expect(stored.differences[0]!.now.failed).toBe('A shadow run touches no file in an object store.')
  expect([store.keys(), store.unfinished()]).toEqual([[], 0])
  await store.close()
})

test('what only looks is no effect, and a statement that writes in its with is one', async () => {
  const { effects, differences } = await shadowRun(
    nest,
    nest.workspaceId,
    {
      ...version('2.0.0', async (_draft, { leads, members, exports, imports, messages, db, workspaceId }) => {
        await Promise.all([leads.segments(), leads.fields(), leads.list(), members.list()])
        await Promise.all([exports.columns(), exports.list(), exports.schedules.list(), imports.list()])
        await messages.templates('pigeon')
        await db.query(sql`with known as (select email from plugin_enrich_seen) select email from known`)
        await db.query(sql`
          with added as (insert into plugin_enrich_seen (workspace_id, email) values (${workspaceId}, 'x') returning email)
          select email from added`)
        return undefined
      }),
      capabilities: ['leads:read', 'members:read', 'exports', 'imports', 'send:pigeon', 'tables'],
    },
    { last: 1 },
  )
  expect(differences).toEqual([])
  expect(effects).toMatchObject([{ what: 'db.query', with: [expect.stringContaining('insert into')] }])
})

test('a form that it sends is not sent', async () => {
  const before = (await nest.events()).length
  const { differences } = await trial(
    async (_draft, { submissions }) => {
      await submissions.create('contact', { fields: { email: 'x@example.com' } }, { key: 'x' })
      return undefined
    },
    { last: 1 },
  )
  expect(differences[0]!.now.failed).toBe('A shadow run sends no form.')
  expect((await nest.events()).length).toBe(before)
})

test('a version that hangs is given up after its time, and what it does later reaches nothing', async () => {
  const late = Promise.withResolvers<void>()
  const outcome = Promise.withResolvers<unknown>()
  const { differences } = await trial(
    async (_draft, { leads }) => {
      await late.promise
      outcome.resolve(await leads.list().catch((error: unknown) => error))
      return undefined
    },
    { last: 1 },
  )
  expect(differences[0]!.now.failed).toBe('The plugin enrich took more than 2 s.')
  late.resolve()
  expect(String(await outcome.promise)).toBe('Error: The shadow run is over.')
})
