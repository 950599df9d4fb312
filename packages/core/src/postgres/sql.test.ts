import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestNest, testNest } from '../testing.ts'
import { sql } from './sql.ts'

const texts = [
  '',
  ' ',
  'NULL',
  null,
  '"',
  '\\',
  '\\"',
  '{a,b}',
  ',',
  'a\nb\tc',
  '🎈',
  "o'neil",
  '\\x41',
  '{"a":"\\"\\\\"}',
  '١٢',
]

let nest: TestNest
beforeAll(async () => {
  nest = await testNest()
})
afterAll(() => nest.close())

test('arrays of texts arrive as they are, also those that Postgres reads as something', async () => {
  const [row] = await nest.outside((tx) =>
    tx.query<{ texts: unknown; none: unknown; json: unknown }>(sql`
      select ${texts}::text[] as texts, ${[]}::text[] as none, ${['{"a": "\\"\\\\"}', null]}::jsonb[] as json`),
  )
  expect(row).toEqual({ texts, none: [], json: [{ a: '"\\' }, null] })
})
