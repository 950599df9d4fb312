import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Core, createCore } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { tasks } from '../jobs/tasks.ts'
import { addNote } from '../notes/notes.ts'
import { definePlugin, type Plugin } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { listInstalled, rememberPlugins, seePlugins } from './installed.ts'
import { missingIn, partsOf } from './parts.ts'

const told: string[] = []
const teller = (version: string, more: Partial<Plugin> = {}) =>
  definePlugin({
    id: 'teller',
    name: 'Teller',
    version,
    on: { 'lead.captured': () => void told.push(`${version} captured`) },
    ...more,
  })

let nest: TestNest
const others: Core[] = []
beforeEach(async () => {
  told.length = 0
  nest = await testNest({ plugins: [teller('1.0.0')], clock: '2027-03-01T09:00:00Z' })
})
afterEach(async () => {
  await Promise.all(others.splice(0).map((core) => core.close()))
  await nest.close()
})

/** Another process of the same installation. */
function another(plugins: Plugin[]): Core {
  const core = createCore({
    databaseUrl: nest.databaseUrl,
    secretKeys: ['a secret of tests, 32 characters long'],
    plugins,
  })
  others.push(core)
  return core
}
const forget = () => nest.recent.forget()

test('what an installation brings is written down with its parts, and what another process brings stays', async () => {
  const shop = definePlugin({
    id: 'shop',
    name: 'Shop',
    jobs: { nightly: { cron: '0 3 * * *', run: () => undefined } },
  })
  await rememberPlugins(nest.pool, [shop])
  await rememberPlugins(nest.pool, [teller('1.1.0', { beforeCapture: () => undefined })])
  expect(await listInstalled(nest)).toMatchObject([
    { id: 'shop', name: 'Shop', version: null, parts: { hooks: [], jobs: ['nightly (0 3 * * *)'] } },
    { id: 'teller', version: '1.1.0', parts: { hooks: ['beforeCapture'], on: ['lead.captured'] } },
  ])
  expect(missingIn(partsOf(teller('2', { beforeCapture: () => undefined })), partsOf(teller('1')))).toEqual({
    hooks: ['beforeCapture'],
  })
})

test('a worker that does not know a plugin hands its events out all the same, and leaves them to one that does', async () => {
  await rememberPlugins(nest.pool, [definePlugin({ id: 'new', name: 'New', on: { 'lead.captured': () => undefined } })])
  forget()
  await nest.capture('contact', { email: 'ada@example.com' })
  await nest.settle()
  expect(told).toEqual(['1.0.0 captured'])
  expect(await nest.jobs()).toMatchObject([{ name: 'deliver', plugin: 'new', attempts: 0 }])
})

test('what happened waits for the newer version too, where only that one wants to be told of everything', async () => {
  const newer = teller('2.0.0', { onEvents: (events) => void told.push(...events.map(({ type }) => `2.0.0 ${type}`)) })
  await rememberPlugins(nest.pool, [newer])
  forget()
  await nest.capture('contact', { email: 'ada@example.com' })
  await nest.settle()
  const [job] = await nest.jobs('teller')
  expect(job).toMatchObject({
    name: 'deliver_all',
    attempts: 1,
    lastError: 'Another version of the plugin teller listens for everything; this one does not.',
  })
  await tasks(another([newer]))['deliver_all:teller']!(job!.payload, {} as never)
  expect(told).toContain('2.0.0 lead.captured')
})

test('an event that only the newer version listens for waits for it', async () => {
  const newer = teller('2.0.0', { on: { 'note.added': () => void told.push('2.0.0 note') } })
  await rememberPlugins(nest.pool, [newer])
  forget()
  const { lead } = await nest.capture('contact', { email: 'ada@example.com' })
  await nest.settle()
  expect(told).toEqual(['1.0.0 captured'])
  await addNote(nest, nest.workspaceId, lead!.id, { body: 'Hello' }, bySystem)
  await nest.settle()
  expect(await nest.jobs('teller')).toMatchObject([
    { attempts: 1, lastError: 'Another version of the plugin teller listens for note.added; this one does not.' },
  ])
  const [job] = await nest.jobs('teller')
  await tasks(another([newer]))['deliver:teller']!(job!.payload, {} as never)
  expect(told).toEqual(['1.0.0 captured', '2.0.0 note'])
})

test('what no worker has had for an hour is told of nothing', async () => {
  const old = definePlugin({ id: 'old', name: 'Old', on: { 'lead.captured': () => undefined } })
  await rememberPlugins(nest.pool, [old])
  await nest.pool.query("update installed_plugins set seen_at = now() - interval '2 hours' where plugin_id = 'old'")
  forget()
  await nest.capture('contact', { email: 'ada@example.com' })
  await nest.settle()
  expect(await nest.jobs()).toEqual([])

  await seePlugins(nest.pool, [old])
  forget()
  await nest.capture('contact', { email: 'ben@example.com' })
  await nest.settle()
  expect(await nest.jobs()).toMatchObject([{ plugin: 'old' }])
})
