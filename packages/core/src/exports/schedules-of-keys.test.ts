import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApiKey, createWorkspace, revokeApiKey } from '../index.ts'
import { importing, type TestNest, testNest } from '../testing.ts'
import { exportPowersOf } from './export-powers-of.ts'
import { exportByTheClock } from './schedules.ts'

const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'command' as const }
let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing] })
})
afterAll(() => nest.close())

test.each([
  ['is revoked', null],
  ['expires', '2026-11-27T06:00:00Z'],
])('a schedule stops when its key %s', async (_, expiresAt) => {
  await nest.clock.set('2026-11-25T10:00:00Z')
  const { id } = await createWorkspace(nest, { name: 'Exports' })
  const exports = exportPowersOf(nest, id, () => undefined)
  const said = { kind: 'secret' as const, name: 'Shop', scopes: ['privacy:read' as const], expiresAt }
  const { key } = await createApiKey(nest, id, said, by)
  const byKey = { actor: { type: 'key' as const, id: key.id, name: key.name }, source: 'api' as const }
  await exports.schedules.create({ name: 'x', cron: '0 7 * * *', export: { format: 'lines', all: true } }, byKey)
  const at = async (time: string) => {
    await nest.clock.set(time)
    await exportByTheClock(nest)
    await nest.settle()
    const [schedule] = await exports.schedules.list()
    return [(await exports.list()).data.length, schedule!.enabled]
  }
  expect(await at('2026-11-26T07:00:10Z')).toEqual([1, true])
  if (!expiresAt) await revokeApiKey(nest, id, key.id, by)
  expect(await at('2026-11-27T07:00:10Z')).toEqual([1, false])
  expect(await at('2026-11-28T07:00:10Z')).toEqual([1, false])
})
