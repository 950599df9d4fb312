import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetExpired } from '../jobs/forget-expired.ts'
import { type TestNest, testNest } from '../testing.ts'
import { by, importDesk } from './testing/desk.ts'
import { importing } from './testing/lines.ts'

const hour = 3_600_000
let time = Date.parse('2026-11-26T09:00:00Z')
let nest: TestNest
beforeAll(async () => {
  nest = await testNest({ plugins: [importing], now: () => new Date(time) })
})
afterAll(() => nest.close())

async function pass(hours: number) {
  time += hours * hour
  await forgetExpired(nest)
}

test('a file is kept while its import rests, for a day after it was cancelled or has failed, and not after it is done', async () => {
  const { imports, file } = await importDesk(nest)
  const many = ['email', ...Array.from({ length: 2000 }, (_, i) => `p${i}@example.com`)]
  const resting = await file(many)
  const { id } = await imports.begin({ fileId: resting }, by)
  await imports.pause(id, by)
  const failing = await file('email\n!broken')
  expect(await imports.begin({ fileId: failing }, by)).toMatchObject({ status: 'failed' })
  const taken = await file('email\na@example.com')
  expect(await imports.begin({ fileId: taken }, by)).toMatchObject({ status: 'succeeded' })
  const isThere = (fileId: string) =>
    imports.preview({ fileId }).then(
      () => true,
      ({ code }) => code !== 'not_found',
    )
  const there = async () => [await isThere(resting), await isThere(failing), await isThere(taken)]

  await pass(0)
  expect(await there()).toEqual([true, true, false])
  await pass(23)
  expect(await there()).toEqual([true, true, false])
  await pass(2)
  expect(await there()).toEqual([true, false, false])
  await pass(9 * 24)
  await imports.cancel(id, by)
  await pass(0)
  await pass(23)
  expect(await there()).toEqual([true, false, false])
  await pass(2)
  expect(await there()).toEqual([false, false, false])
})
