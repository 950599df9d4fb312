import {
  createKeyring,
  createRecent,
  createWorkspace,
  getPlugin,
  keepPluginSecrets,
  listPlugins,
  listTimeline,
  sql,
  tasks,
  updatePlugin,
} from '@leadnest/core'
import { definePlugin, type Event } from '@leadnest/core/plugin'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

const time = Date.parse('2026-11-25T09:00:00Z')
let server: TestServer
let key: string
/** What each plugin was told, and with which settings. */
const told: [plugin: string, event: Event, settings: unknown][] = []
let broken = true

const greeter = definePlugin({
  id: 'greeter',
  name: 'Greeter',
  version: '1.2.0',
  capabilities: ['leads:read', 'leads:write'],
  settings: v.object({
    greeting: v.pipe(v.string(), v.nonEmpty('Say something.'), v.title('Greeting')),
    token: v.pipe(v.string(), v.metadata({ secret: true })),
    tone: v.optional(v.picklist(['warm', 'cool']), 'warm'),
    names: v.optional(v.array(v.string()), []),
  }),
  on: {
    async 'lead.created'(event, { settings, leads, lead }) {
      told.push(['greeter', event, settings])
      await leads.note(lead!.id, `${settings.greeting}, ${lead!.name}`)
      await leads.update(lead!.id, { company: 'Greeted' })
    },
    'lead.updated': (event, { settings }) => void told.push(['greeter', event, settings]),
  },
})
const nosy = definePlugin({
  id: 'nosy',
  name: 'Nosy',
  on: {
    async 'lead.created'(event, { leads }) {
      told.push(['nosy', event, {}])
      await leads.update(event.leadId!, { name: 'Overwritten' })
    },
  },
})
const shaky = definePlugin({
  id: 'shaky',
  name: 'Shaky',
  on: {
    'lead.tracked'(event) {
      if (broken) throw new Error('The far end is away.')
      told.push(['shaky', event, {}])
    },
  },
})

beforeAll(async () => {
  server = await testServer({ plugins: [greeter, nosy, shaky], clock: new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())

const ask = (route: string, body?: object, as = key) => server.request(route, { key: as, ...(body && { body }) })
const toldOf = (plugin: string) => told.filter(([name]) => name === plugin)

test('a plugin does nothing until it has its settings, and then works with them in its own name', async () => {
  await ask('POST /v1/leads', { email: 'early@example.com', name: 'Early' })
  await server.nest.settle()
  expect(toldOf('greeter')).toEqual([])
  expect((await ask('GET /v1/plugins/greeter')).json).toMatchObject({ enabled: true, needsSettings: true })

  await ask('PATCH /v1/plugins/greeter', { settings: { greeting: 'Hello', token: 'a secret of theirs' } })
  const { json: lead } = await ask('POST /v1/leads', { email: 'ada@example.com', name: 'Ada' })
  await server.nest.settle()
  expect(toldOf('greeter').map(([, { type }, settings]) => [type, settings])).toEqual([
    ['lead.created', { greeting: 'Hello', token: 'a secret of theirs', tone: 'warm', names: [] }],
  ])
  expect((await ask(`GET /v1/leads/${lead.id}`)).json.company).toBe('Greeted')
  const { data } = await listTimeline(server.nest, server.nest.workspaceId, lead.id)
  const theirs = data.filter(({ actor }) => actor.type === 'plugin')
  expect(theirs.map(({ type, actor, source }) => `${type} ${actor.id} ${source}`).sort()).toEqual([
    'lead.updated greeter plugin',
    'note.added greeter plugin',
  ])
})

test('a secret is stored encrypted, is never shown again, and stays when other settings change', async () => {
  const { json, text } = await ask('PATCH /v1/plugins/greeter', { settings: { tone: 'cool' } })
  expect(text).not.toContain('a secret of theirs')
  expect(json.settings).toMatchObject([
    { key: 'greeting', title: 'Greeting', type: 'text', required: true, value: 'Hello' },
    { key: 'token', secret: true, isSet: true, value: null },
    { key: 'tone', type: 'choice', options: ['warm', 'cool'], required: false, value: 'cool' },
    { key: 'names', type: 'lines', value: [] },
  ])
  const stored = await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query(sql`select * from plugin_states where workspace_id = ${server.nest.workspaceId}`),
  )
  expect(JSON.stringify(stored)).toContain('cool')
  expect(JSON.stringify(stored)).not.toContain('a secret of theirs')
})

test.each([
  ['settings.greeting', { greeting: '' }],
  ['settings.tone', { tone: 'loud' }],
  ['settings.token', { token: null }],
  ['settings.names.0', { names: [7] }],
  ['settings.colour', { colour: 'red' }],
])('%s is refused where its schema says no, and nothing is saved', async (path, settings) => {
  const before = (await ask('GET /v1/plugins/greeter')).json
  const { json } = await ask('PATCH /v1/plugins/greeter', { settings })
  expect([json.code, json.errors[0].path]).toEqual(['invalid_input', path])
  expect((await ask('GET /v1/plugins/greeter')).json).toEqual(before)
})

test('what a plugin does not declare is refused with the line that would let it', async () => {
  expect(toldOf('nosy').length).toBeGreaterThan(0)
  const { json } = await ask('GET /v1/plugins/nosy')
  expect(json.lastError).toBe("The plugin nosy may not write leads. Let it: capabilities: ['leads:write'].")
  expect((await ask('GET /v1/leads?q=Overwritten')).json.data).toEqual([])
})

test('five failures in a row make a plugin rest, and what it missed comes when it works again', async () => {
  const [lead] = (await ask('GET /v1/leads?email=ada@example.com')).json.data
  for (let i = 0; i < 6; i++) await ask(`POST /v1/leads/${lead.id}/events`, { name: `trial.day${i}` })
  await server.nest.settle()
  const { json } = await ask('GET /v1/plugins/shaky')
  expect(json).toMatchObject({ failures: 5, lastError: 'The far end is away.' })
  expect(Date.parse(json.restingUntil)).toBe(time + 5 * 60_000)

  broken = false
  await ask('PATCH /v1/plugins/shaky', { enabled: true })
  await server.nest.clock.advance({ minutes: 5 })
  expect(new Set(toldOf('shaky').map(([, { data }]) => data.name)).size).toBe(6)
  expect((await ask('GET /v1/plugins/shaky')).json).toMatchObject({ failures: 0, restingUntil: null })
})

test('a plugin that is turned off is told nothing, in this workspace alone', async () => {
  const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
  const theirs = await server.nest.key({ workspaceId: other })
  await ask('PATCH /v1/plugins/greeter', { settings: { greeting: 'Salut', token: 'theirs' } }, theirs)
  await ask('PATCH /v1/plugins/greeter', { enabled: false })
  told.length = 0
  await ask('POST /v1/leads', { email: 'ours@example.com', name: 'Ours' })
  await ask('POST /v1/leads', { email: 'theirs@example.com', name: 'Theirs' }, theirs)
  await server.nest.settle()
  expect(toldOf('greeter').map(([, , settings]) => (settings as { greeting: string }).greeting)).toEqual(['Salut'])
})

test('a plugin that nobody lists is not found, and a wrong one is refused where it is written', async () => {
  expect((await ask('PATCH /v1/plugins/nobody', { enabled: true })).json.code).toBe('not_found')
  const wrong = (part: object) => () => definePlugin({ id: 'wrong', name: 'Wrong', ...part })
  expect(wrong({ id: 'Wrong Id' })).toThrow('must begin with a small letter')
  expect(wrong({ capabilities: ['leads:delete'] })).toThrow('“leads:delete”, which is no capability')
  expect(wrong({ settings: v.object({ when: v.date() }) })).toThrow('The setting when of the plugin wrong')
})

test('secrets outlive the key that sealed them, once they were sealed anew, and are never written over unread', async () => {
  const { nest } = server
  const newer = createKeyring(['a newer secret of tests, 32 characters', 'a secret of tests, 32 characters long'])
  const alone = createKeyring(['a newer secret of tests, 32 characters'])
  const as = (keyring: typeof newer) => ({ ...nest, keyring, recent: createRecent() })
  const by = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const
  const unread = { needsSettings: true, lastError: expect.stringContaining('a key that is not in LEADNEST_SECRET_KEY') }
  expect(await getPlugin(as(alone), nest.workspaceId, 'greeter')).toMatchObject(unread)
  expect((await listPlugins(as(alone), nest.workspaceId)).map(({ id }) => id)).toContain('greeter')
  const off = await updatePlugin(as(alone), nest.workspaceId, 'greeter', { enabled: false }, by)
  expect(off).toMatchObject({ ...unread, enabled: false })
  await updatePlugin(as(alone), nest.workspaceId, 'greeter', { enabled: true }, by)
  // A job is tried again, until the key is back.
  const told = { workspaceId: nest.workspaceId, eventId: (await nest.events())[0]!.id }
  await expect(tasks(as(alone))['deliver:greeter']!(told, {} as never)).rejects.toThrow('a key that is not in')

  await keepPluginSecrets(as(newer), nest.workspaceId)
  expect((await getPlugin(as(alone), nest.workspaceId, 'greeter')).needsSettings).toBe(false)

  const none = createKeyring(['another secret of tests, 32 characters'])
  await updatePlugin(as(none), nest.workspaceId, 'greeter', { settings: { token: 'anew' } }, by)
  expect(await getPlugin(as(none), nest.workspaceId, 'greeter')).toMatchObject({
    needsSettings: false,
    lastError: null,
  })
})
