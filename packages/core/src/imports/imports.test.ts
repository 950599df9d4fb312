import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  addNote,
  addSuppression,
  createLead,
  createWorkspace,
  getLead,
  isSuppressed,
  listLeads,
  sql,
  updateLead,
} from '../index.ts'
import { type TestNest, testNest } from '../testing.ts'
import type { NewImport } from './import-powers.ts'
import { importPowersOf } from './import-powers-of.ts'
import { importing } from './testing/lines.ts'

const by = {
  actor: { type: 'user' as const, id: '0190a8f0-0000-7000-8000-000000000001', name: 'Ada' },
  source: 'api' as const,
}
let nest: TestNest
beforeAll(async () => void (nest = await testNest({ plugins: [importing] })))
afterAll(() => nest.close())

/** A workspace of its own for each test. */
async function desk() {
  const { id } = await createWorkspace(nest, { name: 'Imports' })
  const imports = importPowersOf(nest, id, () => undefined)
  const file = async (text: string, name = 'leads.tsv') =>
    (await imports.store(streamed(text), { name, type: 'text/plain' })).id
  const run = async (text: string, options: Omit<NewImport, 'fileId'> = {}) => {
    const begun = await imports.begin({ fileId: await file(text), ...options }, by)
    await nest.settle()
    return imports.get(begun.id)
  }
  const leads = async () =>
    nest.inWorkspace(id, (tx) =>
      tx.query<{ email: string; name: string | null; phone: string | null; fields: object; stage: string }>(sql`
        select email, name, phone, fields, stage, owner_id, external_id from leads where workspace_id = ${id} and deleted_at is null order by email, id`),
    )
  /** All that an undo has to bring back. */
  const checksum = async () => {
    const [row] = await nest.inWorkspace(id, (tx) =>
      tx.query<{ sum: string }>(sql`
        select md5(coalesce((select string_agg(l::text, '|' order by l.id) from leads l), '')
          || coalesce((select string_agg(t::text, '|' order by t.lead_id, t.name) from lead_tags t), '')
          || coalesce((select string_agg(n::text, '|' order by n.id) from notes n), '')) as sum`),
    )
    return row!.sum
  }
  return { id, imports, file, run, leads, checksum }
}

async function* streamed(text: string) {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += 1000) yield bytes.subarray(start, start + 1000)
}
const table = (columns: string, count: number, row: (i: number) => string) =>
  [columns, ...Array.from({ length: count }, (_, i) => row(i))].join('\n')
const counts = ({ total, created, updated, skipped, failed }: Record<string, unknown>) => ({
  total,
  created,
  updated,
  skipped,
  failed,
})
const sums = (total: number, created: number, updated = 0, skipped = 0, failed = 0) => ({
  total,
  created,
  updated,
  skipped,
  failed,
})

test('a small file is imported at once, with a line in each timeline; again it changes nothing', async () => {
  const { id, imports, file, leads } = await desk()
  const text = 'email\tname\tshoe\nAda@Example.com\tAda\t38\nben@example.com\tBen\t44\nada@example.com\tAda\t38'
  const done = await imports.begin({ fileId: await file(text) }, by)
  expect(done).toMatchObject({ status: 'succeeded', ...sums(3, 2, 0, 1), ignoredColumns: ['shoe'], errors: [] })
  expect(await leads()).toMatchObject([
    { email: 'ada@example.com', name: 'Ada' },
    { email: 'ben@example.com', name: 'Ben' },
  ])
  const events = await nest.inWorkspace(id, (tx) =>
    tx.query<{ type: string; data: Record<string, unknown> }>(
      sql`select type, data from events where workspace_id = ${id} and type not like 'workspace.%' order by id`,
    ),
  )
  expect(events.map(({ type, data }) => [type, data.importId ?? data.jobId ?? null])).toEqual([
    ['import.started', done.id],
    ['lead.created', done.id],
    ['lead.created', done.id],
    ['import.finished', done.id],
  ])
  expect(await imports.begin({ fileId: await file(text) }, by)).toMatchObject(sums(3, 0, 0, 3))
  await expect(imports.begin({ fileId: await file('') }, by)).rejects.toMatchObject({ code: 'empty_file' })
})

test('rows that are wrong are told apart, kept as they stood, and can be mended and imported again', async () => {
  const { imports, run, leads } = await desk()
  const text =
    'email\tphone\nno-address\t1\nada@example.com\tabc\n\t\nben@example.com\ncy@example.com\t+14155550100\neve@example.com\t\u0000'
  const done = await run(text)
  expect(done).toMatchObject({
    status: 'succeeded',
    ...sums(6, 1, 0, 0, 5),
    errors: [
      { row: 1, line: 2, column: 'email', code: 'invalid_email' },
      { row: 2, line: 3, column: 'phone', code: 'invalid_phone' },
      { row: 3, line: 4, column: 'email', code: 'missing_key' },
      {
        row: 4,
        line: 5,
        column: 'phone',
        code: 'column_count',
        detail: expect.stringMatching(/1 value.*2 columns: it ends before “phone”/),
      },
      { row: 6, line: 7, column: 'phone', code: 'invalid_character' },
    ],
  })
  const { columns, rows } = await imports.rejects(done.id)
  const rejected: { values: string[] }[] = []
  for await (const some of rows) rejected.push(...some)
  expect([columns, ...rejected.map(({ values }) => values)]).toEqual([
    ['email', 'phone'],
    ['no-address', '1'],
    ['ada@example.com', 'abc'],
    ['', ''],
    ['ben@example.com'],
    ['eve@example.com', '\ufffd'],
  ])
  expect(await leads()).toHaveLength(1)
})

test('a file that cannot be read to its end stores nothing, and says why', async () => {
  const { run, leads } = await desk()
  const broken = table('email\tname', 3000, (i) => `p${i}@example.com\t${i === 2900 ? '!broken' : 'x'}`)
  expect(await run(broken)).toMatchObject({ status: 'failed', error: { code: 'broken', row: 2901 }, created: 0 })
  expect(await run('name\tcompany\nAda\tX')).toMatchObject({ status: 'failed', error: { code: 'no_email_column' } })
  expect(await run('email\temail\na\tb')).toMatchObject({ status: 'failed', error: { code: 'duplicate_header' } })
  expect(await run('a,b,c\n1,2,3')).toMatchObject({ status: 'failed', error: { code: 'unknown_format' } })
  expect(await leads()).toEqual([])
})

describe('modes', () => {
  const before = 'email\tname\tcompany\nknown@example.com\tOld\t\nsame@example.com\tSame\t'
  const file =
    'email\tname\tcompany\nknown@example.com\tNew\tACME\nsame@example.com\tSame\t\nfresh@example.com\tFresh\t'
  test.each([
    ['upsert', sums(3, 1, 1, 1), ['Fresh', 'New', 'Same'], 'ACME', []],
    ['update', sums(3, 0, 1, 1, 1), ['New', 'Same'], 'ACME', ['lead_not_found']],
    ['create', sums(3, 1, 0, 1, 1), ['Fresh', 'Old', 'Same'], null, ['lead_exists']],
    ['skip', sums(3, 1, 0, 2), ['Fresh', 'Old', 'Same'], null, []],
    ['fill', sums(3, 1, 1, 1), ['Fresh', 'Old', 'Same'], 'ACME', []],
  ] as const)('%s', async (mode, expected, names, company, errors) => {
    const { id, run, leads } = await desk()
    await run(before)
    const dry = await run(file, { mode, dryRun: true })
    expect(dry).toMatchObject({ ...expected, dryRun: true, undoUntil: null })
    const done = await run(file, { mode })
    expect(counts(done)).toEqual(expected)
    expect(done.errors.map(({ code }) => code)).toEqual(errors)
    expect(dry.errors).toEqual(done.errors)
    expect((await leads()).map(({ name }) => name).sort()).toEqual(names)
    const { data } = await listLeads(nest, id, { limit: 50, sort: 'name', email: 'known@example.com' })
    expect(data[0]).toMatchObject({ company })
  })
})

test('columns go to fields that are made on the way, tags, notes, stages, owners and consents, by their rules', async () => {
  const { id, run } = await desk()
  const user = await nest.user({ email: 'sam@example.com', password: 'correct horse battery', workspaceId: id })
  const mapping = {
    Mail: { to: 'email', lower: true },
    Born: { to: 'fields.born', date: 'dmy' as const, create: { type: 'date' as const, label: 'Born on' } },
    Size: { to: 'fields.size', default: '40', create: { type: 'number' as const } },
    Labels: { to: 'tags', split: '|' },
    Remark: 'note',
    Status: 'stage',
    Agent: 'owner',
    OK: { to: 'consent', channel: 'email', purpose: 'news', wording: 'Yes, send me news.' },
    Tel: { to: 'phone', country: 'GB' },
  }
  const file = [
    'Mail\tBorn\tSize\tLabels\tRemark\tStatus\tAgent\tOK\tTel',
    'ada@example.com\t10.12.1815\t38.5\tVIP| Maths \tCall back\tqualified\tSam@example.com\tyes\t020 7946 0123',
    'ben@example.com\t\t\t\t\tQualified\t\tno\t',
    'cy@example.com\t31.02.2000\t\t\t\t\t\t\t',
    'di@example.com\t\t\t\t\tno such\t\t\t',
    'ed@example.com\t\t\t\t\t\tnobody@example.com\t\t',
    'flo@example.com\t\t\t\t\t\t\tmaybe\t',
  ].join('\n')
  const done = await run(file, { mapping, tags: ['Import'] })
  expect(done).toMatchObject({
    ...sums(6, 2, 0, 0, 4),
    errors: [
      { code: 'invalid_value' },
      { code: 'unknown_stage' },
      { code: 'unknown_owner' },
      { code: 'invalid_consent' },
    ],
  })
  const { data } = await listLeads(nest, id, { limit: 50, sort: 'name' })
  expect(data).toMatchObject([
    {
      email: 'ada@example.com',
      phone: '+442079460123',
      fields: { born: '1815-12-10', size: 38.5 },
      tags: ['Import', 'Maths', 'VIP'],
      stage: 'qualified',
      ownerId: user.id,
    },
    { email: 'ben@example.com', fields: { size: 40 }, tags: ['Import'], stage: 'qualified', ownerId: null },
  ])
  const target = (address: string) => ({ channel: 'email', address })
  expect(await isSuppressed(nest, id, target('ada@example.com'))).toBe(false)
  expect(await isSuppressed(nest, id, target('ben@example.com'))).toBe(true)
  // Once more nothing is news; and a yes in a file lifts no no.
  expect(counts(await run(file, { mapping, tags: ['Import'] }))).toEqual(sums(6, 0, 0, 2, 4))
  await addSuppression(nest, id, { channel: 'email', address: 'ada@example.com' } as never, by)
  const again = file.replace('Call back', 'Again').replace('\tno\t', '\tyes\t')
  expect(counts(await run(again, { mapping }))).toEqual(sums(6, 0, 2, 0, 4))
  expect(await isSuppressed(nest, id, target('ada@example.com'))).toBe(true)
  expect(await isSuppressed(nest, id, target('ben@example.com'))).toBe(true)
})

test('what cannot be meant is refused before anything is stored', async () => {
  const { imports, file } = await desk()
  const begin = async (mapping: object) =>
    imports.begin({ fileId: await file('a\tb\n1\t2'), mapping: mapping as never }, by)
  await expect(begin({ a: 'email', b: 'email' })).rejects.toMatchObject({ issues: [{ path: 'mapping.b' }] })
  await expect(begin({ a: 'fields.nope' })).rejects.toMatchObject({ issues: [{ path: 'mapping.a' }] })
  await expect(begin({ a: { to: 'consent' } })).rejects.toMatchObject({ issues: [{ path: 'mapping.a' }] })
  await expect(begin({ a: 'wherever' })).rejects.toMatchObject({ code: 'invalid_input' })
  await expect(imports.begin({ fileId: nest.workspaceId }, by)).rejects.toMatchObject({ code: 'not_found' })
})

test('a large file is a job that can rest, go on, and tells the same counts as its dry run', async () => {
  const { id, imports, file, leads } = await desk()
  // People come again in other batches, once as they were and once with another name.
  const text = table('email\tname', 9000, (i) => `p${i % 6000}@example.com\tN${i % 6000 < 1000 ? i : i % 6000}`)
  const dry = await imports.begin({ fileId: await file(text), dryRun: true }, by)
  expect(dry).toMatchObject({ status: 'queued', total: 9000, finishedAt: null })
  await imports.pause(dry.id, by)
  await nest.settle()
  expect(await imports.get(dry.id)).toMatchObject({ status: 'paused', created: 0 })
  await imports.resume(dry.id, by)
  await nest.settle()
  expect(await imports.get(dry.id)).toMatchObject({ status: 'succeeded', ...sums(9000, 6000, 1000, 2000) })
  expect(await leads()).toEqual([])
  const { id: run } = await imports.begin({ fileId: await file(text) }, by)
  await nest.settle()
  expect(await imports.get(run)).toMatchObject({ status: 'succeeded', ...sums(9000, 6000, 1000, 2000) })
  const [of] = await nest.inWorkspace(id, (tx) =>
    tx.query<{ drafts: number; batches: number }>(sql`
      select (select count(*) from import_drafts)::integer as drafts, (select count(*) from import_batches)::integer as batches`),
  )
  expect(of).toEqual({ drafts: 0, batches: 0 })
}, 60_000)

test('an undo removes what was created and brings back what was changed, but for what somebody changed since', async () => {
  const { id, run, imports, checksum, leads } = await desk()
  await nest.inWorkspace(id, (tx) =>
    tx.query(
      sql`insert into fields (workspace_id, key, label, type, position) values (${id}, 'size', 'Size', 'text', 1)`,
    ),
  )
  await run(table('email\tname\tfields.size', 1500, (i) => `p${i}@example.com\tOld ${i}\t${i % 2 ? 'M' : ''}`))
  const before = await checksum()
  const file = table(
    'email\tname\tfields.size\tstage\ttags\tnote\tphone',
    1600,
    (i) =>
      `p${i}@example.com\tNew ${i}\t${i % 3 ? 'L' : 'M'}\tqualified\tVIP\tSeen ${i}\t+4420794601${String(i % 100).padStart(2, '0')}`,
  )
  const done = await run(file)
  expect(done).toMatchObject(sums(1600, 100, 1500))
  expect(await checksum()).not.toBe(before)
  await imports.undo(done.id, by)
  await nest.settle()
  expect(await imports.get(done.id)).toMatchObject({
    undoUntil: null,
    undo: { status: 'succeeded', restored: 1600, leftAlone: 0, leads: [] },
  })
  expect(await checksum()).toBe(before)
  await expect(imports.undo(done.id, by)).rejects.toMatchObject({ code: 'undo_not_possible' })

  // One that it created got a note, one that it changed another name.
  const again = await run(file)
  const find = async (email: string) => (await listLeads(nest, id, { limit: 1, sort: 'name', email })).data[0]!
  const [noted, renamed, tagged] = [
    await find('p1599@example.com'),
    await find('p3@example.com'),
    await find('p4@example.com'),
  ]
  await addNote(nest, id, noted.id, { body: 'A person wrote this' }, by)
  await updateLead(nest, id, renamed.id, { name: 'By hand' }, by)
  await updateLead(nest, id, tagged.id, { company: 'Not in the file' }, by)
  await imports.undo(again.id, by)
  await nest.settle()
  const { undo } = await imports.get(again.id)
  expect(undo).toMatchObject({ restored: 1598, leftAlone: 2 })
  expect(undo!.leads.sort()).toEqual([noted.id, renamed.id].sort())
  expect(await leads()).toHaveLength(1501)
  expect(await getLead(nest, id, renamed.id)).toMatchObject({ name: 'By hand', stage: 'qualified' })
  expect(await getLead(nest, id, tagged.id)).toMatchObject({
    name: 'Old 4',
    stage: 'new',
    company: 'Not in the file',
    tags: [],
  })
}, 60_000)

test('a preview says what would become of the first rows, and writes nothing', async () => {
  const { id, imports, file, leads } = await desk()
  const known = await createLead(nest, id, { email: 'known@example.com', name: 'Old' }, by)
  const text =
    'email\tname\tmore\nknown@example.com\tNew\tx\nfresh@example.com\tFresh\ty\nno\tz\tz\nfresh@example.com\tFresh\ty'
  const preview = await imports.preview({ fileId: await file(text) })
  expect(preview).toMatchObject({
    format: 'lines',
    columns: ['email', 'name', 'more'],
    ignoredColumns: ['more'],
    error: null,
    rows: [
      { outcome: 'updated', leadId: known.result.id, changes: { name: ['Old', 'New'] } },
      {
        outcome: 'created',
        leadId: null,
        changes: { name: [null, 'Fresh'] },
        values: ['fresh@example.com', 'Fresh', 'y'],
      },
      { outcome: 'failed', error: { code: 'invalid_email', row: 3 } },
      { outcome: 'skipped' },
    ],
  })
  expect(await leads()).toHaveLength(1)
  const wrong = await imports.preview({ fileId: await file('name\nAda') })
  expect(wrong).toMatchObject({ columns: ['name'], error: { code: 'no_email_column' }, rows: [{ values: ['Ada'] }] })
})

test('an import is of its workspace, and ends when it is cancelled', async () => {
  const { imports, file } = await desk()
  const other = await desk()
  const { id } = await imports.begin({ fileId: await file(table('email', 2000, (i) => `p${i}@example.com`)) }, by)
  await expect(other.imports.get(id)).rejects.toMatchObject({ code: 'not_found' })
  await expect(other.imports.cancel(id, by)).rejects.toMatchObject({ code: 'not_found' })
  await expect(
    other.imports.begin({ fileId: (await imports.store(streamed('email\na'), { name: 'a' })).id }, by),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect(await imports.cancel(id, by)).toMatchObject({ status: 'cancelled', created: 0 })
  await nest.settle()
  expect(await imports.get(id)).toMatchObject({ status: 'cancelled', created: 0 })
})

test('refused rows are read in portions of some megabytes, all of them', async () => {
  const { imports, run } = await desk()
  const wide = Array.from({ length: 15 }, () => 'x'.repeat(60_000)).join('\t')
  const names = Array.from({ length: 15 }, (_, i) => `more${i}`).join('\t')
  const { id } = await run(table(`email\t${names}`, 20, (i) => `no${i}\t${wide}`))
  const portions: number[][] = []
  for await (const some of (await imports.rejects(id)).rows) portions.push(some.map(({ row }) => row))
  expect(portions.flat()).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
  expect(Math.max(...portions.map((rows) => rows.length))).toBeLessThanOrEqual(6)
})
