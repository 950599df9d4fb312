import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createWorkspace } from '../accounts/workspaces.ts'
import { bySystem } from '../events/event.ts'
import { definePlugin, type Plugin, sql } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { listInstalled } from './installed.ts'
import { migratePlugins } from './migrate-plugins.ts'
import { fitOfWorkspaces, planPlugin } from './plan-plugin.ts'
import { updatePlugin } from './states.ts'
import { findPluginData, uninstallPlugin } from './uninstall-plugin.ts'

const orders = `create table plugin_shop_orders (workspace_id uuid, id integer, primary key (workspace_id, id))`
const items = `create table plugin_shop_items (workspace_id uuid, id integer, order_id integer, primary key (workspace_id, id),
  foreign key (workspace_id, order_id) references plugin_shop_orders (workspace_id, id))`

const shop = (more: Partial<Plugin> = {}) =>
  definePlugin({
    id: 'shop',
    name: 'Shop',
    version: '1.0.0',
    capabilities: ['tables', 'leads:read'],
    settings: v.object({ account: v.string() }),
    names: ({ account }) => [account],
    migrations: { '1_orders': orders },
    jobs: { later: { run: () => undefined } },
    on: {
      async 'lead.captured'(_event, { db, workspaceId, jobs, now }) {
        await db.query(sql`insert into plugin_shop_orders (workspace_id, id) values (${workspaceId}, 1)`)
        await jobs.add('later', {}, { at: new Date(now().getTime() + 86_400_000) })
      },
    },
    ...more,
  })

let nest: TestNest
beforeEach(async () => {
  nest = await testNest({ plugins: [shop()], settings: { shop: { account: 'A1' } }, clock: '2027-03-01T09:00:00Z' })
})
afterEach(() => nest.close())

test('a plan says what another version would make, gain and lose, and whose settings it would miss, and changes nothing', async () => {
  const { id: other } = await createWorkspace(nest, { name: 'Other' })
  const newer = shop({
    version: '2.0.0',
    capabilities: ['tables', 'http:api.shop.example'],
    settings: v.object({ account: v.string(), token: v.pipe(v.string(), v.metadata({ secret: true })) }),
    migrations: { '1_orders': orders, '2_items': items },
    on: {},
    beforeCapture: () => undefined,
  })
  expect(await planPlugin(nest, newer)).toEqual({
    id: 'shop',
    name: 'Shop',
    version: '2.0.0',
    installed: { version: '1.0.0' },
    database: { migrations: ['2_items'], tables: ['plugin_shop_items'], failure: null },
    gained: {
      hooks: ['beforeCapture'],
      capabilities: ['http:api.shop.example'],
      settings: ['token (required, secret)'],
      migrations: ['2_items'],
    },
    lost: { capabilities: ['leads:read'], on: ['lead.captured'] },
    workspaces: expect.arrayContaining([
      {
        workspaceId: nest.workspaceId,
        enabled: true,
        isSet: true,
        problems: [expect.objectContaining({ setting: 'token' })],
      },
      { workspaceId: other, enabled: true, isSet: false, problems: expect.anything() },
    ]),
  })
  expect((await nest.pool.query("select to_regclass('plugin_shop_items') as made")).rows).toEqual([{ made: null }])
  expect((await listInstalled(nest))[0]?.version).toBe('1.0.0')
  const [first] = await fitOfWorkspaces(nest, shop())
  expect(first).toMatchObject({ problems: [], isSet: true })
})

test('a plan tells of a migration that would fail', async () => {
  const plan = await planPlugin(
    nest,
    shop({ migrations: { '1_orders': orders, '2_bad': 'alter table leads add column shop text' } }),
  )
  expect(plan.database).toEqual({ migrations: ['2_bad'], tables: [], failure: 'it may not change the table leads' })
})

async function use(): Promise<void> {
  await nest.capture('contact', { email: 'ada@example.com' })
  await nest.settle()
}
const kept = {
  id: 'shop',
  tables: [{ name: 'plugin_shop_orders', rows: 1 }],
  workspaces: 1,
  names: 1,
  jobs: 1,
  migrations: 1,
}

test('a plugin that is uninstalled is told of nothing more, and what it kept stays', async () => {
  await use()
  expect(await uninstallPlugin(nest, 'shop', { dropData: false }, bySystem)).toEqual({ ...kept, installed: true })
  expect(await findPluginData(nest, 'shop')).toEqual({ ...kept, installed: false })
  expect(await listInstalled(nest)).toEqual([])
  expect((await nest.events('plugin.uninstalled')).map(({ data }) => data)).toEqual([
    { pluginId: 'shop', dataDropped: false },
  ])
})

test('with its data go its tables, settings, names and jobs, and nothing of another plugin', async () => {
  await use()
  await createWorkspace(nest, { name: 'Other' })
  await nest.pool.query("select graphile_worker.add_job('plugin:shop2:later')")
  await uninstallPlugin(nest, 'shop', { dropData: true }, bySystem)
  expect(await findPluginData(nest, 'shop')).toEqual({
    id: 'shop',
    installed: false,
    tables: [],
    workspaces: 0,
    names: 0,
    jobs: 0,
    migrations: 0,
  })
  expect(await nest.jobs('shop2')).toHaveLength(1)
  await expect(uninstallPlugin(nest, 'shop', { dropData: true }, bySystem)).rejects.toMatchObject({ code: 'not_found' })
  await expect(uninstallPlugin(nest, 'nobody', { dropData: false }, bySystem)).rejects.toMatchObject({
    code: 'not_found',
  })
  // It can begin anew.
  await migratePlugins(nest.pool, [shop()])
  await updatePlugin(nest, nest.workspaceId, 'shop', { settings: { account: 'A1' } }, bySystem)
  expect(await findPluginData(nest, 'shop')).toMatchObject({ installed: true, tables: [{ rows: 0 }], names: 1 })
})

test('another plugin whose id goes on from there keeps its tables', async () => {
  const bar = shop({
    id: 'shop-bar',
    jobs: {},
    on: {},
    migrations: {
      '1_drinks': 'create table plugin_shop_bar_drinks (workspace_id uuid, id integer, primary key (workspace_id, id))',
    },
  })
  // They cannot run together; one may have been there before the other.
  await migratePlugins(nest.pool, [bar])
  expect((await findPluginData(nest, 'shop')).tables.map(({ name }) => name)).toEqual(['plugin_shop_orders'])
  await uninstallPlugin(nest, 'shop', { dropData: true }, bySystem)
  expect((await findPluginData(nest, 'shop-bar')).tables.map(({ name }) => name)).toEqual(['plugin_shop_bar_drinks'])
})
