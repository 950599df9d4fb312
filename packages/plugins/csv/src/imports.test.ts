import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
})
afterAll(() => server.close())

/** A workspace of its own for each test. */
async function desk() {
  const { id } = await createWorkspace(server.nest, { name: 'Imports' })
  const key = await server.nest.key({ workspaceId: id })
  const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
  const send = (
    text: string,
    query: Record<string, string> = {},
    { type = 'text/csv', route = 'POST /v1/imports' } = {},
  ) => server.request(`${route}?${new URLSearchParams(query)}`, { key, raw: text, headers: { 'content-type': type } })
  const leads = async (): Promise<Record<string, unknown>[]> => (await ask('GET /v1/leads?limit=200')).json.data
  return { id, key, ask, send, leads }
}

async function sendForm(key: string, parts: Record<string, string | File>, route = 'POST /v1/imports') {
  const form = new FormData()
  for (const [name, value] of Object.entries(parts)) form.set(name, value)
  const body = new Response(form)
  const headers = { 'content-type': body.headers.get('content-type')! }
  return server.request(route, { key, raw: new Uint8Array(await body.arrayBuffer()), headers })
}

test('a form with a file, and what is said beside it, before it or behind', async () => {
  const { key, leads } = await desk()
  const file = new File(['Kontakt;Wer\nada@example.com;Ada\n'], 'kunden – neu.csv', { type: 'text/csv' })
  const mapping = JSON.stringify({ Kontakt: 'email', Wer: { to: 'name', parts: true } })
  const { status, json } = await sendForm(key, { mapping, file, tags: 'new, 2026' })
  expect([status, json]).toMatchObject([
    200,
    {
      name: 'kunden – neu.csv',
      format: 'csv',
      status: 'succeeded',
      created: 1,
      mode: 'upsert',
      key: 'email',
      rejects: null,
    },
  ])
  expect(await leads()).toMatchObject([{ firstName: 'Ada', tags: ['2026', 'new'] }])
})

test.each([
  [{ 'content-disposition': 'attachment; filename="C:\\people.csv"' }, '', 'people.csv'],
  [{ 'content-disposition': "attachment; filename=x.csv; filename*=UTF-8''men%C3%BC.csv" }, '', 'menü.csv'],
  [{ 'content-disposition': "attachment; filename*=UTF-8''%ff.csv; filename=x.csv" }, '', 'x.csv'],
  [{ 'content-disposition': 'attachment; filename=x.csv' }, '?name=told.csv', 'told.csv'],
  [{}, '', expect.stringMatching(/^test \d{4}-\d\d-\d\d \d\d:\d\d\.csv$/)],
])('a stream is called as it says (%j, %j), else after its key and time', async (said, query, name) => {
  const { key } = await desk()
  const headers = { 'content-type': 'text/csv', ...said }
  const { json } = await server.request(`POST /v1/imports${query}`, { key, raw: 'email\na@example.com', headers })
  expect(json.name).toEqual(name)
})

test.each<[string, Record<string, string | File>, string]>([
  ['a mapping that is no JSON', { mapping: '{', file: new File(['a'], 'a.csv') }, 'mapping'],
  ['a place that there is not', { mapping: '{"a":"nowhere"}', file: new File(['a'], 'a.csv') }, 'mapping.a'],
  ['a field that there is not', { mapping: '{"a":"fields.shoe"}', file: new File(['a'], 'a.csv') }, 'mapping.a'],
  ['an encoding that there is not', { encoding: 'latin-99', file: new File(['a'], 'a.csv') }, 'encoding'],
  ['a mode that there is not', { mode: 'merge', file: new File(['a'], 'a.csv') }, 'mode'],
  ['an option that there is not', { colour: 'red', file: new File(['a'], 'a.csv') }, 'colour'],
  ['a format that there is not', { format: 'xml', file: new File(['a'], 'a.csv') }, 'format'],
  ['no file', { mode: 'fill' }, 'file'],
  ['a file by another name', { upload: new File(['a'], 'a.csv') }, 'upload'],
])('%s is refused by its path, and nothing is imported', async (_, parts, path) => {
  const { key, ask } = await desk()
  const { status, json } = await sendForm(key, parts)
  expect([status, json.code, json.errors[0].path]).toEqual([422, 'invalid_input', path])
  expect((await ask('GET /v1/imports')).json.data).toEqual([])
})

test('an empty file is 422, a form that is cut and a body of another type say what they are', async () => {
  const { key, send } = await desk()
  expect((await send('')).json).toMatchObject({ status: 422, code: 'empty_file' })
  expect((await sendForm(key, { file: new File([], 'a.csv') })).json).toMatchObject({ status: 422, code: 'empty_file' })
  expect((await send('<a/>', {}, { type: 'text/html' })).json).toMatchObject({ code: 'unsupported_media_type' })
  const cut = await send(
    '--x\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nemail\n',
    {},
    { type: 'multipart/form-data; boundary=x' },
  )
  expect(cut.json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path: 'file' }] })
  expect((await send('x', {}, { type: 'multipart/form-data' })).json.code).toBe('invalid_input')
})

test('text and rows at once, and fields that are made otherwise than by an object, are refused in words', async () => {
  const { ask } = await desk()
  const both = await ask('POST /v1/imports', { text: 'email\na@example.com', rows: [['email']] })
  expect(both.json).toMatchObject({ status: 422, errors: [{ path: 'rows', message: 'Send text or rows, not both.' }] })
  for (const target of [{ to: 'fields.budget', create: true }, { to: 'create' }]) {
    const { json } = await ask('POST /v1/imports', { text: 'email\tBudget', mapping: { Budget: target } })
    expect([json.status, json.errors[0].message.includes('"create": {')]).toEqual([422, true])
  }
})

test('what was copied in a spreadsheet, and rows as lists, are imported like files', async () => {
  const { ask, leads } = await desk()
  const pasted = await ask('POST /v1/imports', { text: 'E-mail\tVorname\nada@example.com\tAda\n', tags: ['vip'] })
  expect(pasted.json).toMatchObject({ name: 'pasted.tsv', created: 1 })
  const rows = await ask('POST /v1/imports', {
    rows: [
      ['email', 'name'],
      ['bob@example.com', '=Bob, "B"'],
      ["'+c@example.com", null],
    ],
    dryRun: false,
  })
  expect(rows.json).toMatchObject({ created: 2, total: 2 })
  expect((await leads()).map(({ email, name }) => [email, name]).sort()).toEqual([
    ["'+c@example.com", null],
    ['ada@example.com', 'Ada'],
    ['bob@example.com', '=Bob, "B"'],
  ])
  expect((await ask('POST /v1/imports', { text: 7 })).json.errors[0].path).toBe('rows')
})

test('what is pasted is called as its name says, beside it or in the query; a file and text at once are refused', async () => {
  const { ask, send } = await desk()
  const text = 'email\nada@example.com'
  const named = async (route: string, body: object) => (await ask(route, body)).json.name
  expect(await named('POST /v1/imports?name=query.csv', { text })).toBe('query.csv')
  expect(await named('POST /v1/imports?name=query.csv', { text, name: 'beside.csv' })).toBe('beside.csv')
  expect(await named('POST /v1/imports', { rows: [['email']], name: 'rows.csv' })).toBe('rows.csv')
  expect(await named('POST /v1/imports', { rows: [['email']] })).toBe('pasted.csv')
  const form = (...parts: string[]) =>
    send(
      [...parts.map((part) => `--x\r\ncontent-disposition: form-data; ${part}\r\n`), '--x--\r\n'].join(''),
      {},
      { type: 'multipart/form-data; boundary=x' },
    )
  const asText = `name="text"\r\n\r\n${text}`
  const asFile = `name="file"; filename="a.csv"\r\n\r\n${text}`
  expect((await form(asText, 'name="name"\r\n\r\nform.csv')).json).toMatchObject({ name: 'form.csv', total: 1 })
  expect((await form('name="text"\r\n\r\n', asFile)).json).toMatchObject({ name: 'a.csv', total: 1 })
  for (const parts of [
    [asText, asFile],
    [asFile, asText],
  ])
    expect((await form(...parts)).json).toMatchObject({
      status: 422,
      errors: [{ path: 'file', message: 'Send a file or paste rows, not both.' }],
    })
})

test('what is mapped goes where it is sent, the rest by itself; fields are made on the way', async () => {
  const { ask, send, leads } = await desk()
  const mapping = { Schuhe: { to: 'fields.shoe', create: { type: 'number' }, decimal: ',' }, Telefon: 'ignore' }
  const text = 'E-Mail;Vorname;Telefon;Schuhe;Farbe\nada@example.com;Ada;030 901820;38,5;rot\n'
  const preview = await send(text, { mapping: JSON.stringify(mapping) }, { route: 'POST /v1/imports/preview' })
  expect(preview.json).toMatchObject({
    columns: ['E-Mail', 'Vorname', 'Telefon', 'Schuhe', 'Farbe'],
    mapping: { 'E-Mail': { to: 'email' }, Vorname: { to: 'firstName' }, Schuhe: mapping.Schuhe },
    ignoredColumns: ['Telefon', 'Farbe'],
    rows: [{ row: 1, line: 2, outcome: 'created', leadId: null }],
  })
  expect((await ask('GET /v1/fields')).json.data).toMatchObject([{ key: 'message' }])
  const done = await send(text, { mapping: JSON.stringify(mapping) })
  expect(done.json).toMatchObject({ created: 1, ignoredColumns: ['Telefon', 'Farbe'] })
  expect(await leads()).toMatchObject([{ firstName: 'Ada', phone: null, fields: { shoe: 38.5 } }])
  expect((await send(text, { mapping: '{"Haar":"company"}' })).json.error).toMatchObject({
    code: 'unknown_column',
    detail: 'The file has no column “Haar”. It has “E-Mail”, “Vorname”, “Telefon”, “Schuhe”, “Farbe”.',
  })
})

test('stages and owners of another program are left out, ours are taken, and who sends them somewhere is heard', async () => {
  const { id, send, leads } = await desk()
  const member = `member.${id}@example.com`
  await server.nest.user({ email: member, password: 'a long phrase of theirs', role: 'member', workspaceId: id })
  const theirs = 'Email,Stage,Owner\na@example.com,Negotiation,Bob Jones\nb@example.com,Closed,Bob Jones\n'
  expect((await send(theirs)).json).toMatchObject({ created: 2, failed: 0, ignoredColumns: ['Stage', 'Owner'] })
  const told = await send(theirs, { mapping: '{"Stage":"stage"}' })
  expect(told.json).toMatchObject({ failed: 2, ignoredColumns: ['Owner'], errors: [{ code: 'unknown_stage' }, {}] })
  const ours = await send(`Email,Stage,Owner\na@example.com,Won,${member}\nb@example.com,contacted,\n`)
  expect(ours.json).toMatchObject({ updated: 2, ignoredColumns: [] })
  const found = (await leads()).sort((one, other) => (String(one.email) < String(other.email) ? -1 : 1))
  expect(found).toMatchObject([
    { stage: 'won', ownerId: expect.any(String) },
    { stage: 'contacted', ownerId: null },
  ])
})

test('a mapping that was saved is used for files with the same columns, in any order and case', async () => {
  const { ask, send, leads } = await desk()
  const saved = await ask('POST /v1/import-mappings', {
    name: 'The fair',
    columns: ['Adr', 'Who'],
    mapping: { Adr: { to: 'email', lower: true }, Who: 'company' },
  })
  expect([saved.status, saved.json.name]).toEqual([201, 'The fair'])
  expect((await send('WHO,adr\nACME,ADA@example.com\n')).json).toMatchObject({ created: 1, ignoredColumns: [] })
  expect(await leads()).toMatchObject([{ email: 'ada@example.com', company: 'ACME' }])
  // Another for the same columns takes its place; one that is forgotten is used no more.
  const again = await ask('POST /v1/import-mappings', { name: 'B', columns: ['who', 'adr'], mapping: { adr: 'email' } })
  expect((await ask('GET /v1/import-mappings')).json.data).toMatchObject([{ id: again.json.id, name: 'B' }])
  expect((await ask(`DELETE /v1/import-mappings/${again.json.id}`)).status).toBe(204)
  expect((await send('Who,Adr\nACME,ben@example.com\n')).json.ignoredColumns).toEqual(['Who'])
})

test('a name is of one mapping, whatever its case, also where two are saved at once; the same columns may take it on', async () => {
  const { ask } = await desk()
  const save = (name: string, column: string) =>
    ask('POST /v1/import-mappings', { name, columns: [column, 'x'], mapping: { [column]: 'email' } })
  const both = await Promise.all([save('Shop', 'a'), save('shop', 'b')])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
  const [won] = both.flatMap(({ status, json }) => (status === 201 ? [json] : []))
  const refused = await save('SHOP', 'c')
  expect(refused.json).toMatchObject({ status: 409, code: 'name_taken', errors: [{ path: 'name' }] })
  expect((await save('SHOP', won.columns[0])).status).toBe(201)
  expect((await ask('GET /v1/import-mappings')).json.data.map(({ name }: { name: string }) => name)).toEqual(['SHOP'])
})

test('a saved mapping has its columns and fields; what does not fit any more is left out', async () => {
  const { ask, send } = await desk()
  await ask('POST /v1/fields', { key: 'shoe', label: 'Shoe', type: 'text' })
  const save = (mapping: object) =>
    ask('POST /v1/import-mappings', { name: 'Fair', columns: ['Adr', 'Who', 'Foot'], mapping })
  for (const [name, target] of Object.entries({ Nope: 'company', Foot: 'fields.hat' })) {
    const { status, json } = await save({ Adr: 'email', [name]: target })
    expect([status, json.errors.map(({ path }: { path: string }) => path)]).toEqual([422, [`mapping.${name}`]])
  }
  expect((await save({ Adr: 'email', Who: 'company', Foot: 'fields.shoe' })).status).toBe(201)
  await ask('PATCH /v1/fields/shoe', { archived: true })
  const { status, json } = await send('Adr,Who,Foot\na@example.com,ACME,38\n')
  expect([status, json]).toMatchObject([200, { created: 1, ignoredColumns: ['Foot'] }])
})

test('refused rows under a header that looks like a formula are mended and come back', async () => {
  const { ask, send, leads } = await desk()
  await ask('POST /v1/fields', { key: 'sum', label: '=Sum', type: 'text' })
  const mapping = JSON.stringify({ '+phone': 'phone', '=Sum': 'fields.sum' })
  const { json } = await send('email,=Sum,+phone\nno,7,+4930901820\n', { mapping })
  const rejects = (await ask(`GET ${json.rejects}`)).text
  expect(rejects).toMatch(/^email,"'=Sum","'\+phone",import_row/)
  const mended = await send(rejects.replace('\nno,', '\na@example.com,'), { mapping })
  expect(mended.json).toMatchObject({ status: 'succeeded', created: 1, failed: 0 })
  expect(await leads()).toMatchObject([{ phone: '+4930901820', fields: { sum: '7' } }])
})

test('rejects can be mended and imported again, and are harmless in a spreadsheet', async () => {
  const { ask, send, leads } = await desk()
  const text = 'email,name,seen\nada@example.com,Ada,1\n"=cmd|""x""!A0",Bob,2\nno,"C, C",3\nd@example.com,D\n'
  const { json } = await send(text)
  expect(json).toMatchObject({ created: 1, failed: 3, ignoredColumns: ['seen'] })
  const rejects = await ask(`GET ${json.rejects}`)
  const lines = rejects.text.split('\r\n')
  expect(lines[0]).toBe('email,name,seen,import_row,import_line,import_column,import_code,import_detail')
  expect(lines[1]).toBe(
    `"'=cmd|""x""!A0",Bob,2,2,3,email,invalid_email,"Enter an e-mail address, like name@example.com."`,
  )
  expect(lines[3]).toMatch(/^d@example.com,D,,4,5,seen,column_count,/)
  const mended = rejects.text.replace(/"'=cmd.*?A0"/, 'bob@example.com').replace('\nno,', '\nc@example.com,')
  expect((await send(mended)).json).toMatchObject({ total: 3, created: 3, failed: 0, ignoredColumns: ['seen'] })
  expect(await leads()).toHaveLength(4)
})

test('more than a thousand rows are a job: it is paused, goes on, ends, and is taken back, updates too', async () => {
  const { id, ask, send, leads } = await desk()
  await send('email,company\np1@example.com,Before\n')
  const rows = Array.from({ length: 1500 }, (_, i) => `p${i}@example.com,After`).join('\n')
  const { status, json } = await send(`email,company\n${rows}\n`)
  expect([status, json.finishedAt, json.total]).toEqual([202, null, 1500])
  const paused = await ask(`POST /v1/imports/${json.id}/pause`)
  expect(paused.json.status).toBe('paused')
  await server.nest.settle()
  expect((await ask(`GET /v1/imports/${json.id}`)).json).toMatchObject({ status: 'paused', created: 0 })
  await ask(`POST /v1/imports/${json.id}/resume`)
  await server.nest.settle()
  expect((await ask(`GET /v1/imports/${json.id}`)).json).toMatchObject({
    status: 'succeeded',
    created: 1499,
    updated: 1,
  })
  expect((await ask(`POST /v1/imports/${json.id}/cancel`)).json.code).toBe('job_finished')

  const undone = await ask(`POST /v1/imports/${json.id}/undo`)
  expect(undone.status).toBe(202)
  await server.nest.settle()
  expect((await ask(`GET /v1/imports/${json.id}`)).json).toMatchObject({
    undoUntil: null,
    undo: { status: 'succeeded' },
  })
  const again = await ask(`POST /v1/imports/${json.id}/undo`)
  expect([again.status, again.json.code]).toEqual([409, 'undo_not_possible'])
  expect(await leads()).toMatchObject([{ email: 'p1@example.com', company: 'Before' }])
  const { data, nextCursor } = (await ask('GET /v1/imports?limit=1')).json
  expect(data[0].id).toBe(json.id)
  expect((await ask(`GET /v1/imports?limit=1&cursor=${encodeURIComponent(nextCursor)}`)).json.data).toHaveLength(1)
  expect(id).toBeTruthy()
})

test('members look, admins import', async () => {
  const { id, key, ask, send } = await desk()
  const { json } = await send('email\nno\n')
  const as = async (role: 'member' | 'admin') => {
    const user = { email: `${role}.${id}@example.com`, password: 'a long phrase of theirs' }
    await server.nest.user({ ...user, role, workspaceId: id })
    const { accessToken } = (await server.request('POST /v1/auth/login', { body: user })).json
    return accessToken as string
  }
  const member = await as('member')
  expect((await server.request(`GET /v1/imports/${json.id}`, { key: member })).status).toBe(200)
  for (const route of ['POST /v1/imports', `POST /v1/imports/${json.id}/undo`, `GET ${json.rejects}`]) {
    const refused = await server.request(route, {
      key: member,
      ...(route.endsWith('imports') && { body: { text: 'email' } }),
    })
    expect([route, refused.json.code]).toEqual([route, 'forbidden'])
  }
  const exported = (await ask('POST /v1/exports', {})).json
  const writer = await server.nest.key({ workspaceId: id, scopes: ['leads:read', 'leads:write'] })
  const byJob = async (route: string, as: string) => (await server.request(route, { key: as })).json.code ?? 'allowed'
  expect([
    await byJob(`POST /v1/jobs/${json.id}/undo`, member),
    await byJob(`POST /v1/jobs/${json.id}/cancel`, member),
    await byJob(`POST /v1/jobs/${exported.id}/cancel`, member),
    await byJob(`POST /v1/jobs/${exported.id}/cancel`, writer),
    await byJob(`POST /v1/jobs/${exported.id}/cancel`, key),
    await byJob(`POST /v1/jobs/${json.id}/undo`, writer),
  ]).toEqual(['forbidden', 'forbidden', 'forbidden', 'forbidden', 'job_finished', 'allowed'])
  const allowed = await server.request('POST /v1/imports', {
    key: await as('admin'),
    body: { text: 'email\na@example.com' },
  })
  expect(allowed.json.created).toBe(1)
  expect((await ask('GET /v1/imports')).json.data).toHaveLength(2)
})
