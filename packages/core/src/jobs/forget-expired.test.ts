import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPasswordReset } from '../accounts/password-reset.ts'
import { sql } from '../postgres/sql.ts'
import { type TestNest, testNest } from '../testing.ts'
import { forgetExpired } from './forget-expired.ts'

let nest: TestNest
let time = Date.parse('2026-11-25T09:00:00Z')
beforeAll(async () => {
  nest = await testNest({ now: () => new Date(time) })
})
afterAll(() => nest.close())

const left = async (table: string) => (await nest.pool.query(`select * from ${table}`)).rows.length

test('counts of limits and links to set a password go when they are over, however many there are', async () => {
  for (const name of ['old', 'new'])
    await nest.user({ email: `${name}@example.com`, password: 'correct horse battery' })
  await createPasswordReset(nest, 'old@example.com')
  const counts = sql`insert into rate_limits (key, points, expire) select 'k' || n, 1, ${time} from generate_series(1, 4500) n`
  await nest.outside((tx) => tx.query(counts))
  time += 61 * 60_000
  await createPasswordReset(nest, 'new@example.com')
  await forgetExpired(nest)
  expect([await left('rate_limits'), await left('password_resets')]).toEqual([0, 1])
})

test('where one of them cannot be removed, the rest is', async () => {
  time += 61 * 60_000
  await nest.pool.query('alter table rate_limits rename to gone')
  await forgetExpired(nest)
  await nest.pool.query('alter table gone rename to rate_limits')
  expect(await left('password_resets')).toBe(0)
})
