import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Case, cases, folder } from '../testing/corpus.ts'
import { openWizard, shown, typedIn, type Wizard } from './testing/open-wizard.ts'

let wizard: Wizard
let key: string
beforeAll(async () => {
  wizard = await openWizard()
  key = await wizard.admin.nest.key()
})
afterAll(() => wizard.admin.close())

const bytesOf = (file: string) => new Uint8Array(readFileSync(join(folder, file)))

/** What the API says of the file before it is imported. */
async function previewOf(file: string) {
  const { json } = await wizard.admin.request(`POST /v1/imports/preview?name=${file}`, {
    key,
    raw: bytesOf(file),
    headers: { 'content-type': 'text/csv' },
  })
  return json as { columns: string[]; ignoredColumns: string[]; rows: { row: number; values: string[] }[] }
}

/** The page before an import, as somebody reads it. */
function read(page: string) {
  const [, alert = ''] = /<div class="errors" role="alert">.*?<p>(.*?)<\/p>/s.exec(page) ?? []
  const [, mapped = ''] = /Where its columns go<\/h2>(.*?)<\/table>/s.exec(page) ?? []
  const [, preview = ''] = /id="preview">(.*?)<\/section>/s.exec(page) ?? []
  const rows = [...preview.matchAll(/<tr>\s*<td class="figures">(.*?)<\/td>\s*<td>(.*?)<\/td>(.*?)<\/tr>/gs)].map(
    ([, row, outcome, cells]) => ({
      row: Number(row),
      outcome: ['New', 'Changed', 'Stays as it is', 'Refused'].find((word) => shown(outcome!).startsWith(word)),
      why: shown(outcome!),
      cells: [...cells!.matchAll(/<td><bdi>(.*?)<\/bdi><\/td>/gs)].map(([, cell]) => shown(cell!)),
    }),
  )
  return {
    alert: shown(alert),
    columns: [...mapped.matchAll(/<td><b><bdi>(.*?)<\/bdi><\/b>/gs)].map(([, name]) => shown(name!)),
    shownColumns: [...preview.matchAll(/<th scope="col"><bdi>(.*?)<\/bdi><\/th>/gs)].map(([, name]) => shown(name!)),
    rows,
  }
}

/** The page of a file, read as UTF-8 where the wizard guesses another encoding: of these the manifest says nothing. */
async function pageOf(file: string) {
  const { status, path, page } = await wizard.upload(bytesOf(file), file)
  if (status !== 303 || !page.text.includes('It looks like <b>')) return { status, path, page }
  const told = await wizard.go(path, { ...typedIn(page.text), encoding: 'utf-8', do: 'look' })
  return { status, path, page: await wizard.open(told.to.replace('#preview', '')) }
}

/** What the preview has to say of each row. */
function expectRows(rows: ReturnType<typeof read>['rows'], { expect: told }: Case): void {
  const { rows: total, imported, skipped = 0, failed = 0, errors = [] } = told
  const count = (wanted: string) => rows.filter(({ outcome }) => outcome === wanted).length
  expect([rows.length, count('New'), count('Stays as it is'), count('Refused')]).toEqual([
    total,
    imported,
    skipped,
    failed,
  ])
  expect(rows.filter(({ why }) => /^Refused .{15,}/s.test(why)).map(({ row }) => row)).toEqual(
    errors.map(({ row }) => row),
  )
}

describe.each(cases)('$file', (one) => {
  test('is previewed by the wizard as the manifest says', async () => {
    const { status, path, page } = await pageOf(one.file)
    if (one.expect.job === null) {
      expect([status, page.text]).toEqual([422, expect.stringContaining('Choose a file that has rows')])
      return
    }
    expect([status, page.status]).toEqual([303, 200])
    expect(page.text).toContain(`<h1>${one.file}</h1>`)
    expect(page.text).not.toMatch(/<script(?! src="\/admin)|<img/i)
    const seen = read(page.text)
    const { columns, ignoredColumns, rows } = await previewOf(one.file)
    expect(seen.columns).toEqual(columns)
    if (one.expect.job === 'failed') {
      expect(page.text).not.toContain('value="run"')
      expect(seen.rows.map(({ row, outcome }) => [row, outcome])).toEqual(rows.map(({ row }) => [row, 'Refused']))
      // In the same words where it is begun all the same.
      expect(seen.alert).toMatch(new RegExp(`.{20,} ${one.expect.code}$`, 's'))
      const begun = await wizard.go(`${path}/run`, {})
      expect(shown((await wizard.open(begun.to)).text)).toContain(seen.alert)
      return
    }
    expect(seen.alert).toBe('')
    expectRows(seen.rows, one)
    if (rows.length === 0) {
      expect(page.text).toContain('The file has a header and no rows')
      return
    }
    const used = columns.flatMap((name, i) => (ignoredColumns.includes(name) ? [] : [i]))
    expect(seen.shownColumns).toEqual(used.map((i) => columns[i]))
    expect(seen.rows.map(({ row, cells }) => ({ row, cells }))).toEqual(
      rows.map(({ row, values }) => ({ row, cells: used.map((i) => (values[i] ?? '').slice(0, 100)) })),
    )
  })
})

test('each file of the folder is in a manifest', () => {
  const files = readdirSync(folder).filter((name) => !name.endsWith('.json'))
  expect(files.sort()).toEqual(cases.map(({ file }) => file).sort())
})
