import { createLeadNest, LeadNestError } from '@leadnest/sdk'
import { upload } from '@leadnest/sdk/upload'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
let leadnest: ReturnType<typeof createLeadNest>
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
  leadnest = createLeadNest({ url: await server.listen(), key: await server.nest.key() })
})
afterAll(() => server.close())

test('a stream is imported by the SDK, waited for while progress is told, and taken back', async () => {
  async function* rows() {
    yield 'email,name\n'
    for (let i = 0; i < 3000; i++) yield `p${i}@example.com,Person ${i}\n`
  }
  const told: number[] = []
  const begun = leadnest.imports.create(upload(rows()), { mode: 'create' })
  const { id, finishedAt, total } = await begun
  expect([finishedAt, total]).toEqual([null, 3000])
  const done = begun.done({ onProgress: ({ progress }) => told.push(progress.done) })
  await server.nest.settle()
  expect(await done).toMatchObject({ id, status: 'succeeded', result: { created: 3000 } })
  expect(told.at(-1)).toBe(3000)
  expect(await leadnest.imports.get(id)).toMatchObject({
    created: 3000,
    name: expect.stringMatching(/ \d{4}-\d\d-\d\d \d\d:\d\d\.csv$/),
  })
  await leadnest.imports.undo(id)
  await server.nest.settle()
  expect(await leadnest.leads.list()).toMatchObject({ data: [] })
})

test('a file in a form, with what is said beside it; and an export', async () => {
  const form = new FormData()
  form.set('mapping', '{"Wer":"name"}')
  form.set('file', new File(['Mail;Wer\nada@example.com;Ada\n'], 'people.csv'))
  expect(await leadnest.imports.create(upload(form))).toMatchObject({ created: 1, name: 'people.csv' })
  const { rows, status } = await leadnest.exports.create({ filter: 'email = ada@example.com' })
  expect([rows, status]).toEqual([1, 'succeeded'])
})

test('what is said of a file is said as it is: a mapping as an object, tags as a list, and true', async () => {
  const file = () => new Blob(['Mail;Wer;Budget\neve@example.com;Eve;12,5\n'])
  const mapping = {
    Wer: 'name',
    Budget: { to: 'fields.sdk_budget', decimal: ',', create: { label: 'Budget', type: 'number' } },
  } as const
  const preview = await leadnest.imports.preview(upload(file()), { mapping })
  expect(preview).toMatchObject({ error: null, mapping: { Wer: { to: 'name' }, Budget: mapping.Budget } })
  const dry = await leadnest.imports.create(upload(file()), { mapping, dryRun: true })
  expect(dry).toMatchObject({ status: 'succeeded', dryRun: true, created: 1 })
  const { result } = await leadnest.imports
    .create(upload(file()), { mapping, tags: ['One', 'Two'], delimiter: ';' })
    .done()
  expect(result.created).toBe(1)
  expect(await leadnest.leads.list({ email: 'eve@example.com' })).toMatchObject({
    data: [{ name: 'Eve', tags: ['One', 'Two'], fields: { sdk_budget: 12.5 } }],
  })
})

test('an import that failed, or was cancelled, throws why, with the job as it ended', async () => {
  const failing = leadnest.imports.create(upload(new Blob(['Mail\nfay@example.com\n'])), { mapping: { Post: 'email' } })
  expect(await failing).toMatchObject({ status: 'failed' })
  const failure = await failing.done().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(LeadNestError)
  expect(failure).toMatchObject({
    code: 'unknown_column',
    message: expect.stringContaining('“Post”'),
    cause: { status: 'failed', result: null },
  })
  const broken = leadnest.imports.create(upload(new Blob(['Mail\n"fay@example.com\n'])))
  await expect(broken.done()).rejects.toMatchObject({ code: 'unclosed_quote', row: 1 })

  const lines = Array.from({ length: 1500 }, (_, i) => `c${i}@example.com\n`)
  const begun = leadnest.imports.create(upload(new Blob(['Mail\n', ...lines])))
  const { id } = await begun
  await leadnest.imports.cancel(id)
  await expect(begun.done()).rejects.toMatchObject({
    code: 'cancelled',
    message: 'It was cancelled.',
    cause: { id, status: 'cancelled' },
  })
})

const textOf = (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => new Response(stream).text()

test('a file is looked at before, what was refused and what was written comes as a stream', async () => {
  const people = () => new Blob(['Mail;Wer\nbob@example.com;Bob\nnobody;N\n'])
  const { columns, rows } = await leadnest.imports.preview(upload(people()), { mapping: '{"Wer":"name"}' })
  expect([columns, rows.map(({ outcome }) => outcome)]).toEqual([
    ['Mail', 'Wer'],
    ['created', 'failed'],
  ])
  expect(await leadnest.leads.list({ q: 'bob@example.com' })).toMatchObject({ data: [] })
  const { id } = await leadnest.imports.create(upload(people()), { mapping: '{"Wer":"name"}' })
  expect(await textOf(await leadnest.imports.rejects(id))).toMatch(/^Mail;Wer;import_row.*\r\nnobody;N;2;3;Mail;/)
  const written = await leadnest.exports.create({ filter: 'email = bob@example.com', columns: ['email', 'name'] })
  expect(await textOf(await leadnest.exports.file(written.id))).toBe('email,name\r\nbob@example.com,Bob\r\n')
})

test('mappings and schedules are kept, listed and forgotten', async () => {
  const mapping = await leadnest.importMappings.create({ name: 'Ours', columns: ['Wer'], mapping: { Wer: 'name' } })
  expect(await leadnest.importMappings.list()).toEqual([mapping])
  await leadnest.importMappings.delete(mapping.id)
  expect(await leadnest.importMappings.list()).toEqual([])
  const schedule = await leadnest.exportSchedules.create({ name: 'Mondays', cron: '0 7 * * 1', export: { all: true } })
  expect(await leadnest.exportSchedules.list()).toEqual([schedule])
  await leadnest.exportSchedules.delete(schedule.id)
  expect(await leadnest.exportSchedules.list()).toEqual([])
})
