import { createWorkspace } from '@leadnest/core'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

const lines: string[] = []
let server: TestServer
beforeAll(async () => {
  const log = pino({}, { write: (line: string) => void lines.push(line) })
  server = await testServer({ plugins: [csv()], log })
})
afterAll(() => server.close())

/** A workspace with fields of every type. */
async function desk() {
  const { id } = await createWorkspace(server.nest, { name: 'Exports' })
  const key = await server.nest.key({ workspaceId: id })
  const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
  const options = ['a', 'b; "c"', 'd, e'].map((value) => ({ value, label: value.toUpperCase() }))
  for (const [name, type] of Object.entries({
    words: 'long_text',
    size: 'number',
    since: 'date',
    vip: 'boolean',
    plan: 'select',
    likes: 'multi_select',
    more: 'json',
  }))
    await ask('POST /v1/fields', { key: name, label: name, type, ...(/select/.test(type) && { options }) })
  const exported = async (body: object = {}): Promise<string> => {
    const { json } = await ask('POST /v1/exports', body)
    return (await ask(`GET /v1/exports/${json.id}/file`)).text
  }
  const imported = (text: string) =>
    server.request('POST /v1/imports', { key, raw: text, headers: { 'content-type': 'text/csv' } })
  return { ask, exported, imported }
}

const nasty = [
  '=1+1',
  "'=1+1",
  '+49',
  '-1',
  '@x',
  '＝1',
  "'",
  "''=a",
  'a "b", c',
  'line\nline',
  'semi;colon',
  '\\N',
  'NULL',
  '👩‍🚀',
  '\u202eevil',
]

test('export, import, export: no cell is different, and nobody is changed; elsewhere the same people come out', async () => {
  const one = await desk()
  for (const [i, text] of nasty.entries())
    await one.ask('POST /v1/leads', {
      email: `p${String(i).padStart(2, '0')}@example.com`,
      firstName: text,
      lastName: i % 3 ? text : null,
      company: text,
      externalId: i % 2 ? null : text,
      phone: i % 4 ? null : `+4930901${String(i).padStart(3, '0')}`,
      tags: [text.replaceAll(',', ''), 'vip'],
      fields: {
        words: text,
        size: i % 2 ? -i : 1.5,
        since: '2026-11-25',
        vip: i % 2 === 0,
        plan: 'b; "c"',
        likes: ['a', 'd, e'],
        more: { [text]: [i] },
      },
    })
  const first = await one.exported()
  expect(first.split('\r\n')[0]).toMatch(/^id,externalId,email,phone,name,firstName,lastName,company,stage,/)
  const again = await one.imported(first)
  expect(again.json).toMatchObject({ total: nasty.length, created: 0, updated: 0, skipped: nasty.length, failed: 0 })
  expect(await one.exported()).toBe(first)

  const other = await desk()
  expect((await other.imported(first)).json).toMatchObject({ created: nasty.length, failed: 0 })
  const columns = [
    'externalId',
    'email',
    'phone',
    'name',
    'firstName',
    'lastName',
    'company',
    'stage',
    'tags',
    'fields.words',
    'fields.size',
    'fields.since',
    'fields.vip',
    'fields.plan',
    'fields.likes',
    'fields.more',
  ]
  expect(await sorted(other.exported({ columns }))).toEqual(await sorted(one.exported({ columns })))
})

test('an export of full names alone gives nobody one who has only its parts', async () => {
  const { ask, exported, imported } = await desk()
  const named = async () => (await ask('GET /v1/leads')).json.data[0].name
  const { id } = (await ask('POST /v1/leads', { email: 'ada@example.com', firstName: 'Ada', lastName: 'King' })).json
  const text = await exported({ columns: ['email', 'name'] })
  expect(text).toContain('Ada King')
  for (const mode of ['upsert', 'fill'])
    expect((await ask('POST /v1/imports', { text, mode })).json).toMatchObject({ skipped: 1, updated: 0 })
  await ask(`PATCH /v1/leads/${id}`, { lastName: 'Lovelace' })
  expect(await named()).toBe('Ada Lovelace')
  // Whoever has another full name gets the one that the file has, also beside its parts.
  await ask(`PATCH /v1/leads/${id}`, { name: 'Countess' })
  await imported('email,name,firstName,lastName\nada@example.com,Ada Lovelace,Ada,Lovelace\n')
  expect(await named()).toBe('Ada Lovelace')
})

test('every column that there is comes back and changes nobody: click ids, both touches, notes and the timeline; own fields may be called so', async () => {
  const { ask, exported, imported } = await desk()
  for (const key of ['gclid', 'score']) await ask('POST /v1/fields', { key, label: key, type: 'text' })
  const { id } = (await ask('POST /v1/leads', { email: 'all@example.com', fields: { gclid: 'own', score: 'mine' } }))
    .json
  await ask(`POST /v1/leads/${id}/notes`, { body: 'Likes tea.\nNo milk.' })
  await ask(`POST /v1/leads/${id}/notes`, { body: '=1+1' })
  const touch = (email: string, more: object) =>
    ask('POST /v1/forms/contact/submissions', { fields: { email, name: 'All', message: 'Hi' }, attribution: more })
  await touch('all@example.com', { utmTerm: 'shoes', gclid: 'first', landingPage: 'https://example.com/a' })
  await touch('all@example.com', { utmTerm: 'boots', gclid: 'last', utmContent: '-1' })
  const usual = await exported()
  expect(usual.split('\r\n')[0]).not.toMatch(/,gclid|lastUtm|allNotes|timeline/)

  const columns = [
    'email',
    'fields.gclid',
    'utmTerm',
    'gclid',
    'lastUtmTerm',
    'lastGclid',
    'lastUtmContent',
    'allNotes',
  ]
  const text = await exported({ columns })
  expect(text).toMatch(
    /^all@example\.com,own,shoes,first,boots,last,"'-1","[-\dT:]+Z .*: Likes tea\.\nNo milk\.\n[-\dT:]+Z .*: =1\+1"$/m,
  )
  const all = [...usual.split('\r\n')[0]!.split(','), ...columns.slice(2), 'timeline', 'lastReferrer', 'msclkid']
  const whole = await exported({ columns: [...new Set(all)] })
  expect((await imported(whole)).json).toMatchObject({ total: 1, skipped: 1, updated: 0, failed: 0 })
  expect(await exported({ columns: [...new Set(all)] })).toBe(whole)
})

test('notes of more than a cell may hold come back where they go nowhere, and are refused where they go', async () => {
  const { ask, exported, imported } = await desk()
  const { id } = (await ask('POST /v1/leads', { email: 'ada@example.com' })).json
  for (const letter of 'abcd') await ask(`POST /v1/leads/${id}/notes`, { body: letter.repeat(20_000) })
  const text = await exported({ columns: ['email', 'allNotes', 'company'] })
  expect((await imported(text)).json).toMatchObject({ skipped: 1, failed: 0, ignoredColumns: ['allNotes'] })
  const mapping = { allNotes: 'note' }
  const error = { row: 1, code: 'field_too_long', column: 'allNotes' }
  expect((await ask('POST /v1/imports', { text, mapping })).json).toMatchObject({ failed: 1, errors: [error] })
})

test('consents are told as they stand for each lead, by every address and whom was merged into it, and change nobody when they come back', async () => {
  const { ask, exported, imported } = await desk()
  const idOf: Record<string, string> = {}
  for (const name of ['both', 'gone', 'back', 'barred', 'merged', 'old', 'silent'])
    idOf[name] = (await ask('POST /v1/leads', { email: `${name}@example.com`, phone: null })).json.id
  const grant = { action: 'grant', channel: 'email', purpose: 'news', wording: { text: 'Write to me.' } }
  const say = (name: string, more: object = {}) => ask(`POST /v1/leads/${idOf[name]}/consents`, { ...grant, ...more })
  const no = { action: 'revoke', wording: undefined }
  await say('both')
  await say('both', { purpose: 'offers' })
  await say('both', { ...no, purpose: 'offers' })
  await say('both', { channel: 'letter' })
  await say('gone')
  await say('gone', { ...no, purpose: null })
  await say('back', no)
  await say('back')
  await say('barred')
  await ask('POST /v1/suppressions', { channel: 'email', address: 'barred@example.com' })
  await say('merged')
  await say('old', no)
  await ask('POST /v1/leads/merge', { leadIds: [idOf.merged, idOf.old] })

  const columns = ['email', 'consent.email', 'consent.sms', 'consent.letter']
  const text = await exported({ columns: ['id', ...columns] })
  const rows = new Map(
    text
      .trim()
      .split('\r\n')
      .map((line) => line.split(',').slice(1))
      .map(([email, ...cells]) => [email!.split('@')[0]!, cells]),
  )
  expect(Object.fromEntries(rows)).toEqual({
    email: columns.slice(1),
    both: ['news: yes; offers: no', '', 'news: yes'],
    gone: ['all: no; news: no', '', ''],
    back: ['news: no', '', ''],
    barred: ['all: no; news: no', '', ''],
    merged: ['news: no', '', ''],
    silent: ['', '', ''],
  })
  // As the ledger tells of each alone.
  for (const [name, cells] of [...rows].slice(1)) {
    const { state } = (await ask(`GET /v1/leads/${idOf[name]}/consents`)).json
    type State = { channel: string; purpose: string | null; status: string; suppressed: boolean }
    const said = (wanted: string) =>
      (state as State[])
        .filter(({ channel }) => channel === wanted)
        .map((one) => `${one.purpose ?? 'all'}: ${one.status === 'granted' && !one.suppressed ? 'yes' : 'no'}`)
        .join('; ')
    expect(cells, name).toEqual(['email', 'sms', 'letter'].map(said))
  }
  expect((await imported(text)).json).toMatchObject({ total: 6, skipped: 6, updated: 0, failed: 0 })
  expect(await exported({ columns: ['id', ...columns] })).toBe(text)
  expect((await ask('POST /v1/exports', { columns: ['consent.', 'consent.E'] })).json.errors).toHaveLength(2)
})

test('JSON comes back as what it was: text, numbers, lists of text, and what only looks like an escape', async () => {
  const { ask, exported, imported } = await desk()
  const values = ['text', '12', 12, true, ['a', 'b'], ['a;b'], [1], { a: null }, '[1]', '\\u0000', 'null', [[]]]
  const leads = values.map((more, i) => ({ email: `p${i}@example.com`, fields: { more } }))
  for (const lead of leads) await ask('POST /v1/leads', lead)
  const text = await exported({ columns: ['email', 'fields.more'] })
  expect((await imported(text)).json).toMatchObject({ skipped: values.length, updated: 0, failed: 0 })
  const other = await desk()
  expect((await other.imported(text)).json).toMatchObject({ created: values.length, failed: 0 })
  expect(await sorted(other.exported({ columns: ['email', 'fields.more'] }))).toEqual(
    await sorted(Promise.resolve(text)),
  )
})

test('what an export writes, an import takes: great numbers, choices that are no option any more, names of two long parts', async () => {
  const { ask, exported, imported } = await desk()
  const sizes = [1e21, 1e-9, 1234567890123456, 0.1 + 0.2]
  for (const [i, size] of sizes.entries())
    await ask('POST /v1/leads', {
      email: `p${i}@example.com`,
      firstName: 'a'.repeat(100),
      lastName: 'b'.repeat(100),
      fields: { size, plan: 'b; "c"', likes: ['b; "c"', 'd, e'] },
    })
  const options = [{ value: 'a', label: 'A' }]
  for (const field of ['plan', 'likes']) expect((await ask(`PATCH /v1/fields/${field}`, { options })).status).toBe(200)
  const text = await exported()
  expect((await imported(text)).json).toMatchObject({ skipped: sizes.length, failed: 0, errors: [] })

  // Whoever does not have such a choice cannot get it, and a name that is more than its parts is measured.
  const strangers = `email,name,fields.plan\np0@example.com,,"d, e"\nnew@example.com,,"b; ""c"""\np1@example.com,${'x'.repeat(201)},`
  expect((await imported(strangers)).json).toMatchObject({
    failed: 3,
    errors: [
      { row: 1, code: 'invalid_value', column: 'fields.plan' },
      { row: 2, code: 'invalid_value', column: 'fields.plan' },
      { row: 3, code: 'too_long', column: 'name' },
    ],
  })
})

const sorted = async (text: Promise<string>) => (await text).split('\r\n').sort()

test('those of a filter, in the columns that were chosen, as Excel likes it; the link ends after a day', async () => {
  const { ask, exported } = await desk()
  await ask('POST /v1/leads', { email: 'ada@example.com', tags: ['vip'] })
  await ask('POST /v1/leads', { email: 'bob@example.com' })
  const text = await exported({
    filter: 'tag = vip',
    columns: ['email', 'tags'],
    options: { delimiter: ';', bom: true },
  })
  // A response's text is without its mark, the size is with it.
  expect(text).toBe('email;tags\r\nada@example.com;vip\r\n')
  expect((await ask('POST /v1/exports', { columns: ['nothing'] })).json).toMatchObject({
    status: 422,
    code: 'invalid_input',
  })
  const { data } = (await ask('GET /v1/exports')).json
  expect(data).toMatchObject([{ rows: 1, status: 'succeeded', size: text.length + 3 }])
  expect(Date.parse(data[0].expiresAt) - Date.now()).toBeLessThan(86_400_000)
})

test('an export by the clock is kept where its time ever comes, and forgotten', async () => {
  const { ask } = await desk()
  const { json } = await ask('POST /v1/export-schedules', { name: 'Each hour', cron: '5 * * * *', export: {} })
  expect(json).toMatchObject({ enabled: true, lastExportId: null, export: { all: true, format: 'csv' } })
  for (const [cron, words] of [
    ['99 * * * *', /no time of a crontab/],
    ['* * * * *', /more often than once an hour/],
    ['*/30 7 * * 1', /more often than once an hour/],
    ['0,59 7 * * 1', /more often than once an hour/],
  ] as const) {
    const { status, json } = await ask('POST /v1/export-schedules', { name: 'X', cron, export: {} })
    expect([status, json.errors]).toEqual([422, [{ path: 'cron', message: expect.stringMatching(words) }]])
  }
  expect((await ask(`DELETE /v1/export-schedules/${json.id}`)).status).toBe(204)
  expect((await ask('GET /v1/export-schedules')).json.data).toEqual([])
})

test('a schedule begins as one that goes on, and names no import, whose opposite is everybody once it is forgotten', async () => {
  const { ask, imported } = await desk()
  const { id } = (await imported('email\nada@example.com')).json
  const refused = async (more: object) => {
    const { status, json } = await ask('POST /v1/export-schedules', {
      name: 'X',
      cron: '0 7 * * *',
      export: {},
      ...more,
    })
    return [status, json.errors[0].path, json.errors[0].message]
  }
  expect(await refused({ enabled: false })).toEqual([422, 'enabled', expect.any(String)])
  const filter = `not import = ${id}`
  expect((await ask('POST /v1/exports', { filter })).json).toMatchObject({ rows: 0, status: 'succeeded' })
  expect(await refused({ export: { filter } })).toEqual([
    422,
    'export.filter',
    expect.stringContaining('An import is known for 30 days'),
  ])
  expect((await ask('GET /v1/export-schedules')).json.data).toEqual([])
})

test('an export changes nobody when it comes in again, whoever is known by what: the id says who it is where nothing else does', async () => {
  const one = await desk()
  const { json: byPhone } = await one.ask('POST /v1/leads', { phone: '+493090112', name: 'By phone' })
  await one.ask('POST /v1/leads', { externalId: 'x-1', name: 'By a number of theirs', tags: ['vip'] })
  await one.ask('POST /v1/leads', { email: 'ada@example.com', name: 'By mail' })
  await one.ask('POST /v1/leads', { name: 'By nothing' })
  const text = await one.exported()
  expect((await one.imported(text)).json).toMatchObject({ total: 4, created: 0, updated: 0, skipped: 4, failed: 0 })
  expect(await one.exported()).toBe(text)

  const changed = text.replace('By nothing', 'By its id')
  expect((await one.imported(changed)).json).toMatchObject({ updated: 1, skipped: 3, failed: 0 })
  // Elsewhere these ids are nobody's. Somebody who was deleted comes back, as by any other key.
  const other = await desk()
  expect((await other.imported(text)).json).toMatchObject({
    created: 1,
    failed: 3,
    errors: [{ code: 'missing_key' }, { code: 'missing_key' }, { code: 'missing_key' }],
  })
  await one.ask(`DELETE /v1/leads/${byPhone.id}`)
  expect((await one.imported(text)).json).toMatchObject({ updated: 2, skipped: 2, failed: 0 })
  expect((await one.ask(`GET /v1/leads/${byPhone.id}`)).json).toMatchObject({ name: 'By phone' })
})

test.each([
  ['POST /v1/exports', '', (wanted: object) => wanted],
  ['POST /v1/export-schedules', 'export.', (wanted: object) => ({ name: 'X', cron: '0 7 * * 1', export: wanted })],
  ['POST /v1/leads/bulk', 'action.', (wanted: object) => ({ all: true, action: { type: 'export', ...wanted } })],
])('%s refuses what the format does not know, when it is asked', async (route, at, body) => {
  const { ask } = await desk()
  const refused = async (wanted: object) => {
    const { status, json } = await ask(route, body(wanted))
    return [status, ...(json.errors ?? [])]
  }
  expect(await refused({ options: { delimiter: 'xx' } })).toEqual([
    422,
    { path: `${at}options.delimiter`, message: 'Use , ; | or a tab.' },
  ])
  expect(await refused({ options: { bom: 'yes' } })).toMatchObject([422, { path: `${at}options.bom` }])
  expect(await refused({ options: { colour: 'red' } })).toMatchObject([422, { path: `${at}options.colour` }])
  expect(await refused({ format: 'xml' })).toMatchObject([422, { path: `${at}format` }])
  expect(await refused({ columns: ['nothing'] })).toMatchObject([422, { path: `${at}columns.0` }])
  for (const list of ['exports', 'export-schedules', 'jobs'])
    expect((await ask(`GET /v1/${list}`)).json.data).toEqual([])
})

test('an export that cannot be made any more says why, and the log has a line without a stack', async () => {
  const { ask } = await desk()
  const { json } = await ask('POST /v1/leads/bulk', { all: true, action: { type: 'export', columns: ['fields.size'] } })
  await ask('PATCH /v1/fields/size', { archived: true })
  lines.length = 0
  await server.nest.settle()
  const { status, error } = (await ask(`GET /v1/jobs/${json.id}`)).json
  expect([status, error.code]).toEqual(['failed', 'invalid_input'])
  const told = lines.filter((line) => line.includes('a job failed'))
  expect(told.map((line) => JSON.parse(line).detail)).toEqual([error.detail])
  expect(told.join()).not.toMatch(/stack|at .*\.ts/)
})

test('a key that may not export is told how to make one that may, and that one may', async () => {
  const narrow = await server.nest.key({ scopes: ['leads:read', 'leads:write'] })
  const refused = await server.request('POST /v1/exports', { key: narrow, body: { all: true } })
  const [, scopes] = /leadnest key create <name> --scopes (\S+)$/.exec(refused.json.detail)!
  expect([refused.status, scopes]).toEqual([403, 'leads:read,leads:write,privacy:read'])
  const { json } = await server.request('POST /v1/api-keys', {
    key: await server.nest.key(),
    body: { name: 'Exports', scopes: scopes!.split(',') },
  })
  const { status } = await server.request('POST /v1/exports', { key: json.key, body: { all: true } })
  expect(status).toBe(200)
})
