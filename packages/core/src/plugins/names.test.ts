import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createWorkspace } from '../accounts/workspaces.ts'
import { bySystem } from '../events/event.ts'
import { definePlugin, sql } from '../plugin.ts'
import { type TestNest, testNest } from '../testing.ts'
import { updatePlugin, workspaceNamed } from './states.ts'

const shop = definePlugin<{ account: string }>({
  id: 'shop',
  name: 'Shop',
  settings: v.object({ account: v.pipe(v.string(), v.metadata({ env: 'SHOP_ACCOUNT' })) }),
  names: ({ account }) => [account],
})

let nest: TestNest
let other: string
beforeEach(async () => {
  nest = await testNest({ plugins: [shop], environment: { SHOP_ACCOUNT: 'A1' } })
  other = (await createWorkspace(nest, { name: 'Other' })).id
})
afterEach(() => nest.close())

const claim = (workspaceId: string, account: string) =>
  updatePlugin(nest, workspaceId, 'shop', { settings: { account } }, bySystem)

test('a name that the environment gives the first workspace is nobody else’s', async () => {
  await expect(claim(other, 'A1')).rejects.toMatchObject({ code: 'name_taken' })
  expect(await workspaceNamed(nest, shop, 'A1')).toBe(nest.workspaceId)
  // One that somebody claimed before the operator wrote it down.
  await nest.outside((tx) =>
    tx.query(sql`insert into directory (kind, name, workspace_id) values ('plugin:shop', 'A1', ${other})`),
  )
  expect(await workspaceNamed(nest, shop, 'A1')).toBe(nest.workspaceId)
})

test('the first workspace may save what it has, and gives it up for another', async () => {
  await claim(nest.workspaceId, 'A1')
  await claim(nest.workspaceId, 'A2')
  await claim(other, 'A1')
  expect(await workspaceNamed(nest, shop, 'A1')).toBe(other)
  expect(await workspaceNamed(nest, shop, 'A2')).toBe(nest.workspaceId)
})
