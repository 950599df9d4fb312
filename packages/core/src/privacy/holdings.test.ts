import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestNest, testNest } from '../testing.ts'
import { holdings } from './holdings.ts'

let nest: TestNest
beforeAll(async () => {
  nest = await testNest()
})
afterAll(() => nest.close())

/** Tables with a column that can hold words. */
async function tablesOfWords(): Promise<string[]> {
  const { rows } = await nest.pool.query<{ name: string }>(`
    select case when n.nspname = 'public' then c.relname else n.nspname || '.' || c.relname end as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and exists (
        select from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype, 'bytea'::regtype, 'text[]'::regtype, 'jsonb[]'::regtype)
      )`)
  return rows.map(({ name }) => name).sort()
}

test('every table that can hold words says what becomes of them when a lead is erased', async () => {
  expect(await tablesOfWords()).toEqual(Object.keys(holdings).sort())
})

test('a table that nobody thought of is found', async () => {
  await nest.pool.query('create table forgotten (id uuid primary key, said jsonb)')
  expect((await tablesOfWords()).filter((name) => !(name in holdings))).toEqual(['forgotten'])
})
