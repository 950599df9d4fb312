import { afterEach, expect, test } from 'vitest'
import { createWorkspace } from '../accounts/workspaces.ts'
import { bySystem } from '../events/event.ts'
import { createLead } from '../leads/create-lead.ts'
import { definePlugin, type Plugin, sql } from '../plugin.ts'
import { eraseLead } from '../privacy/erase-lead.ts'
import { type TestNest, testNest } from '../testing.ts'
import { problemsOf } from './check-plugins.ts'
import { migratePlugins, pendingPluginMigrations } from './migrate-plugins.ts'
import type { PluginContext } from './plugin-context.ts'
import { powersOf } from './powers.ts'

const table = `create table plugin_shop_orders (workspace_id uuid, id integer, total integer not null, primary key (workspace_id, id))`
const shop = (migrations: Record<string, string>, more: Partial<Plugin> = {}) =>
  definePlugin({ id: 'shop', name: 'Shop', capabilities: ['tables'], migrations, ...more })

let nest: TestNest
let opened: TestNest | undefined
afterEach(async () => {
  await opened?.close()
  opened = undefined
})

test('a plugin has tables of its own, apart for each workspace, and each step is made once', async () => {
  const plugin = shop({ '1_orders': table, '2_paid': 'alter table plugin_shop_orders add column paid boolean' })
  nest = opened = await testNest({ plugins: [plugin] })
  expect(await pendingPluginMigrations(nest.pool, [plugin])).toEqual([])
  expect(await migratePlugins(nest.pool, [plugin])).toEqual([])

  const { id: other } = await createWorkspace(nest, { name: 'Other' })
  const insert = (workspaceId: string, total: number) =>
    powersOf(nest, workspaceId, plugin, {}).db.query(
      sql`insert into plugin_shop_orders (workspace_id, id, total) values (${workspaceId}, 1, ${total})`,
    )
  await insert(nest.workspaceId, 10)
  await insert(other, 20)
  const all = ({ db }: PluginContext) => db.query<{ total: number }>(sql`select total from plugin_shop_orders`)
  expect(await all(powersOf(nest, nest.workspaceId, plugin, {}))).toEqual([{ total: 10 }])
  expect(await all(powersOf(nest, other, plugin, {}))).toEqual([{ total: 20 }])
  await expect(
    powersOf(nest, other, plugin, {}).db.query(
      sql`insert into plugin_shop_orders (workspace_id, id, total) values (${nest.workspaceId}, 2, 30)`,
    ),
  ).rejects.toThrow('row-level security')

  const { db } = powersOf(nest, other, plugin, {})
  await expect(
    db.transaction(async (query) => {
      await query(sql`delete from plugin_shop_orders where workspace_id = ${other}`)
      throw new Error('Not after all.')
    }),
  ).rejects.toThrow('Not after all.')
  expect(await all(powersOf(nest, other, plugin, {}))).toEqual([{ total: 20 }])
})

test.each([
  ['a table of another name', 'create table orders (workspace_id uuid primary key)', 'must be called plugin_shop_…'],
  [
    'a key without the workspace',
    'create table plugin_shop_a (id integer primary key)',
    'must begin with workspace_id',
  ],
  [
    'a view, which would see all workspaces',
    `${table}; create view plugin_shop_all as select * from plugin_shop_orders`,
    'primary key',
  ],
  ['the removal of a table of ours', 'drop table lead_tags', 'may not remove the table lead_tags'],
  ['what is no SQL', 'create tabel plugin_shop_a ()', 'syntax error'],
])('%s is refused, and leaves nothing behind', async (_, text, reason) => {
  nest = opened = await testNest()
  const plugin = shop({ '1_wrong': text })
  await expect(migratePlugins(nest.pool, [plugin])).rejects.toThrow(
    new RegExp(`Migration 1_wrong of the plugin shop failed: .*${reason.replaceAll('…', '.')}`),
  )
  expect(await pendingPluginMigrations(nest.pool, [plugin])).toEqual(['shop 1_wrong'])
  expect(
    (await nest.pool.query("select to_regclass('lead_tags') as there, to_regclass('plugin_shop_orders') as left")).rows,
  ).toEqual([{ there: 'lead_tags', left: null }])
})

test('plugins that cannot run together, or not with this LeadNest, are refused at the start with each reason', () => {
  const plugin = (id: string, leadnest?: string) => ({ id, name: id.toUpperCase(), ...(leadnest && { leadnest }) })
  expect(
    problemsOf([plugin('sms', '>=0.1'), plugin('sms'), plugin('sms-eu'), plugin('future', '^99'), plugin('fine', '*')]),
  ).toEqual([
    'Two plugins are called sms: SMS and SMS. List one of them.',
    'The tables of the plugins sms-eu and sms could not be told apart. Rename one of them.',
    expect.stringMatching(
      /^The plugin future works with LeadNest \^99; this is \d+\.\d+\.\d+\. Use a version of it that fits\.$/,
    ),
  ])
  expect(() => definePlugin({ id: 'x', name: 'X', migrations: { a: 'select 1' } })).toThrow("add 'tables'")
})

test('what a plugin does not declare, it may not ask of the database', async () => {
  nest = opened = await testNest()
  const plugin = definePlugin({ id: 'x', name: 'X' })
  await expect(powersOf(nest, nest.workspaceId, plugin, {}).db.query(sql`select 1`)).rejects.toMatchObject({
    code: 'capability_missing',
  })
})

test('what a plugin keeps of a lead goes when the lead is erased, and what it was to do about it', async () => {
  const plugin = definePlugin({
    id: 'shop',
    name: 'Shop',
    capabilities: ['tables'],
    migrations: {
      '1_orders':
        'create table plugin_shop_orders (workspace_id uuid, lead_id uuid, said text, primary key (workspace_id, lead_id))',
    },
    jobs: { thank: { run: () => undefined } },
  })
  nest = opened = await testNest({ plugins: [plugin] })
  const make = async (email: string) => (await createLead(nest, nest.workspaceId, { email }, bySystem)).result.id
  const [ada, ben] = [await make('ada@example.com'), await make('ben@example.com')]
  const { db, jobs } = powersOf(nest, nest.workspaceId, plugin, {})
  for (const id of [ada, ben]) {
    await db.query(sql`insert into plugin_shop_orders values (${nest.workspaceId}, ${id}, 'a secret wish')`)
    await jobs.add('thank', { leadId: id })
  }
  await jobs.add('thank', { to: 'Ada@example.com' })
  await jobs.add('thank', { to: 'xada@example.com' })

  await eraseLead(nest, nest.workspaceId, ada, {}, bySystem)
  expect(await db.query(sql`select lead_id from plugin_shop_orders`)).toEqual([{ leadId: ben }])
  const { rows } = await nest.pool.query(
    "select payload -> 'payload' as payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id where t.identifier = 'plugin:shop:thank' order by j.id",
  )
  expect(rows.map(({ payload }) => payload)).toEqual([{ leadId: ben }, { to: 'xada@example.com' }])
})
