import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestNest, testNest } from '../testing.ts'
import { belongings, staysBehind } from './belongings.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest()
})
afterAll(() => nest.close())

test('every table that names a lead goes with it, or says that it stays behind', async () => {
  const { rows } = await nest.pool.query<{ name: string }>(`
    select distinct table_name as name from information_schema.columns
    where table_schema = 'public' and (column_name in ('lead_id', 'other_id', 'survivor_id', 'loser_id', 'merged_into'))
    order by 1`)
  const listed = [...Object.values(belongings).map(({ table }) => table), ...staysBehind]
  expect(rows.map(({ name }) => name)).toEqual(listed.toSorted())
})
