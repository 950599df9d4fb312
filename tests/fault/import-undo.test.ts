import { sql } from '@leadnest/core'
import { raw } from 'sql-template-tag'
import { expect, test } from 'vitest'
import { csv } from '../../packages/plugins/csv/src/index.ts'
import { testServer } from '../../packages/server/src/testing.ts'

const rows = 10_000
const deleted = 50

/** What an undo adds to, or is about: what happened, the work itself, and what people have said, of which nothing is ever taken out. */
const told =
  /^(events|jobs|job_changes|import_.*|files|file_chunks|api_keys|consents|unsealed_consents|consent_chain|consent_heads|.*_wordings)$/

test('an import of 10,000 rows over 10,000 leads is taken back by the API: every row of every table is, byte for byte, what it was', async () => {
  const server = await testServer({ plugins: [csv()] })
  const { nest } = server
  const { workspaceId } = nest
  const key = await nest.key()
  const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
  const importRows = async (columns: string, row: (i: number) => string, mapping: object = {}) => {
    const { status, json } = await server.request(
      `POST /v1/imports?key=externalId&mapping=${encodeURIComponent(JSON.stringify(mapping))}`,
      {
        key,
        raw: Buffer.from([columns, ...Array.from({ length: rows }, (_, i) => row(i))].join('\n')),
        headers: { 'content-type': 'text/csv' },
      },
    )
    expect(status).toBe(202)
    await nest.settle()
    return (await ask(`GET /v1/imports/${json.id}`)).json
  }
  const checksums = () =>
    nest.inWorkspace(workspaceId, async (tx) => {
      const tables = await tx.query<{ name: string }>(sql`
        select table_name as name from information_schema.columns
        where table_schema = 'public' and column_name = 'workspace_id' order by 1`)
      const sums: Record<string, { rows: number; sum: string }> = {}
      for (const { name } of tables.filter(({ name }) => !told.test(name))) {
        const [sum] = await tx.query<{ rows: number; sum: string }>(sql`
          select count(*)::integer as rows, md5(string_agg(t::text, '|' order by t::text)) as sum from ${raw(name)} t
          where workspace_id = ${workspaceId}`)
        sums[name] = sum!
      }
      return sums
    })

  const owner = 'owner@example.com'
  await nest.user({ email: owner, password: 'correct horse battery' })
  await ask('POST /v1/fields', { key: 'size', label: 'Size', type: 'number' })
  await ask('POST /v1/fields', { key: 'city', label: 'City', type: 'text' })
  const columns = 'email,phone,name,firstName,lastName,company,externalId,stage,owner,tags,note,size,city,yes'
  const places = { size: 'fields.size', city: 'fields.city' }
  const lead = (i: number, round: string, phone: number) =>
    `${round}${i}@example.com,+1415${phone + i},${round} ${i},${round},Person ${i},${round} ${i % 7},x-${i}`
  const first = await importRows(
    columns,
    (i) => `${lead(i, 'old', 2_000_000)},,,${i === 0 ? 'early;late' : 'early'},Seen in spring,${i},Oslo,`,
    {
      ...places,
      yes: 'ignore',
    },
  )
  expect(first).toMatchObject({ created: rows, failed: 0 })
  const { data } = (await ask(`GET /v1/leads?limit=${deleted}`)).json
  for (const { id } of data) await ask(`DELETE /v1/leads/${id}`)
  await nest.settle()
  const before = await checksums()
  expect(before).toMatchObject({ leads: { rows }, lead_tags: { rows: rows + 1 }, notes: { rows } })

  const done = await importRows(
    columns,
    (i) =>
      `${lead(i, 'new', 3_000_000)},${i % 3 ? 'won' : ''},${owner},late,Seen in autumn,${i % 5 ? -i : ''},Lima,${i % 2 ? 'yes' : ''}`,
    { ...places, yes: { to: 'consent', channel: 'email', purpose: 'news', wording: 'Write to me.' } },
  )
  expect(done).toMatchObject({ created: 0, updated: rows, failed: 0 })
  const after = await checksums()
  for (const table of ['leads', 'lead_search', 'lead_tags', 'notes'])
    expect(after[table], table).not.toEqual(before[table])

  await ask(`POST /v1/imports/${done.id}/undo`)
  await nest.settle()
  expect((await ask(`GET /v1/imports/${done.id}`)).json.undo).toMatchObject({
    status: 'succeeded',
    restored: rows,
    leftAlone: 0,
  })
  expect(await checksums()).toEqual(before)
  await server.close()
}, 300_000)
