import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
})
afterAll(() => server.close())

async function desk() {
  const { id } = await createWorkspace(server.nest, { name: 'Cells' })
  const key = await server.nest.key({ workspaceId: id })
  const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })
  const imported = async (rows: string[][], said: object = {}) =>
    (await ask('POST /v1/imports', { rows, ...said })).json
  const leads = async () => (await ask('GET /v1/leads?limit=200')).json.data
  const exported = async () => {
    const { json } = await ask('POST /v1/exports', { columns: ['email', 'tags'] })
    return (await ask(`GET /v1/exports/${json.id}/file`)).text as string
  }
  return { ask, imported, leads, exported }
}

test.each([
  ['12 Jan 2026', 'mdy', '2026-01-12'],
  ['Jan 12, 2026', 'dmy', '2026-01-12'],
  ['January 12th, 2026', undefined, '2026-01-12'],
  ['12. Januar 2026', 'mdy', '2026-01-12'],
  ['12-Sept-2026 14:30', undefined, '2026-09-12'],
  ['1er août 2026', undefined, '2026-08-01'],
  ['12 de enero de 2026', undefined, '2026-01-12'],
  ['12/01/2026', 'dmy', '2026-01-12'],
  ['12/01/2026', 'mdy', '2026-12-01'],
  ['2026-01-12', 'dmy', '2026-01-12'],
  ['2026/1/2 10:00', 'mdy', '2026-01-02'],
  ['12/01/2026', undefined, /^Say how days are written: date dmy/],
  ['12 Jan 26', 'dmy', /^Write the year with four digits/],
  ['12/01/26', 'dmy', /^Write the year with four digits/],
  ['26-01-12', 'ymd', /^Write the year with four digits/],
  ['31.02.2026', 'dmy', /^Enter a day/],
  ['Jan 2026', 'dmy', /^Enter a day/],
])('the day %s by the rule %s', async (cell, date, wanted) => {
  const { imported, leads } = await desk()
  const Day = { to: 'fields.day', create: { type: 'date' }, ...(date && { date }) }
  const { failed, errors } = await imported(
    [
      ['email', 'Day'],
      ['a@example.com', cell],
    ],
    { mapping: { Day } },
  )
  if (typeof wanted === 'string') expect([failed, (await leads())[0].fields]).toEqual([0, { day: wanted }])
  else expect(errors).toMatchObject([{ code: 'invalid_value', column: 'Day', detail: expect.stringMatching(wanted) }])
})

test.each([
  ['1.234,5', ',', 1234.5],
  ["1'234", ',', 1234],
  ['-1 234 567,25', ',', -1234567.25],
  ['12,5', ',', 12.5],
  ['1,234.5', '.', 1234.5],
  ['1234.5', '.', 1234.5],
  ['1234.5', ',', /^This is no number with “,” before its decimals, like 1\.234,5/],
  ['1,234.5', ',', /^This is no number/],
  ['1,5', '.', /^This is no number/],
  ['1.234.5', ',', /^This is no number/],
  ['€ 1.234,50', ',', 1234.5],
  ['1\u202f234,50\u00a0€', ',', 1234.5],
  ['-$1,234.50', '.', -1234.5],
  ['CHF -1’234.50', '.', -1234.5],
  ['R$ 12', undefined, 12],
  ['12.5 %', undefined, 12.5],
  ['−3', undefined, -3],
  ['1.234 €', undefined, /^Say what stands before the decimals/],
  ['ABC 12', undefined, /^Send a number/],
  ['-€-5', ',', /^This is no number/],
  ['.5', undefined, 0.5],
  ['-.5', '.', -0.5],
  [',5', ',', 0.5],
  ['₹ 1,00,000', '.', 100_000],
  ['12,34,567.50', '.', 1_234_567.5],
  ['1,00,00', '.', /^This is no number/],
  ['(500)', undefined, -500],
  ['(0.50)', '.', -0.5],
  ['(030)', undefined, /^Send a number/],
  ['($1,234.50)', '.', -1234.5],
  ['$ (500.00)', '.', -500],
  ['(1.234,50) €', ',', -1234.5],
  ['(-5)', undefined, /^Send a number/],
])('the number %s with “%s” before its decimals', async (cell, decimal, wanted) => {
  const { imported, leads } = await desk()
  const Size = { to: 'fields.size', create: { type: 'number' }, ...(decimal && { decimal }) }
  const { failed, errors } = await imported(
    [
      ['email', 'Size'],
      ['a@example.com', cell],
    ],
    { mapping: { Size } },
  )
  if (typeof wanted === 'number') expect([failed, (await leads())[0].fields]).toEqual([0, { size: wanted }])
  else expect(errors).toMatchObject([{ code: 'invalid_value', column: 'Size', detail: expect.stringMatching(wanted) }])
})

test('yes and no are read as spreadsheets write them', async () => {
  const { ask, imported, leads } = await desk()
  await ask('POST /v1/fields', { key: 'vip', label: 'VIP', type: 'boolean' })
  const cells = ['WAHR', 'VRAI', 'VERDADERO', 'VERO', 'checked', '✓', 'FALSCH', 'FAUX', 'FALSO', 'unchecked', 'maybe']
  const { failed } = await imported([['email', 'VIP'], ...cells.map((cell, i) => [`p${i}@example.com`, cell])])
  const told = (await leads()).map(({ fields }: { fields: { vip: boolean } }) => fields.vip)
  expect([failed, told.filter(Boolean).length, told.length]).toEqual([1, 6, 10])
})

test.each([
  ['Ada King Lovelace', 'Ada King', 'Lovelace'],
  ['Lovelace, Ada King', 'Ada King', 'Lovelace'],
  ['King, Martin Luther, Jr.', 'Martin Luther', 'King, Jr.'],
  ['King, Jr., Martin Luther', 'Martin Luther', 'King, Jr.'],
  ['Martin Luther King, Jr.', 'Martin Luther', 'King, Jr.'],
  ['Ada', 'Ada', null],
])('the parts of %s', async (name, firstName, lastName) => {
  const { imported, leads } = await desk()
  const rows = [
    ['email', 'Who'],
    ['a@example.com', name],
  ]
  await imported(rows, { mapping: { Who: { to: 'name', parts: true } } })
  expect(await leads()).toMatchObject([{ firstName, lastName }])
})

test('how prices are written is found for a field of numbers', async () => {
  const { ask, imported, leads } = await desk()
  await ask('POST /v1/fields', { key: 'budget', label: 'Budget', type: 'number' })
  const { failed } = await imported([
    ['email', 'Budget'],
    ['a@example.com', '1.234,50 €'],
    ['b@example.com', '€ 12'],
  ])
  const budgets = (await leads()).map((lead: { fields: { budget: number } }) => lead.fields.budget)
  expect([failed, budgets.sort()]).toEqual([0, [12, 1234.5]])
  // Also where somebody said where they go, and not how they are written.
  const rows = (price: string) => [
    ['email', 'Preis'],
    ['c@example.com', price],
  ]
  for (const [price, mapping, wanted] of [
    ['12,5', { Preis: 'fields.budget' }, { budget: 12.5 }],
    ['₹ 1,00,000', { Preis: { to: 'fields.budget' } }, { budget: 100_000 }],
    ['7,5', { Preis: { to: 'fields.price', create: { type: 'number' } } }, { price: 7.5 }],
  ] as const) {
    expect(await imported(rows(price), { mapping })).toMatchObject({ failed: 0 })
    const { fields } = (await leads()).find(({ email }: { email: string }) => email === 'c@example.com')
    expect(fields).toMatchObject(wanted)
  }
  const dot = { Preis: { to: 'fields.budget', decimal: '.' } }
  expect(await imported(rows('12,5'), { mapping: dot })).toMatchObject({ failed: 1 })
})

test('a phone number is known with 00 before its country as with a plus where the column says from where it is dialled', async () => {
  const { imported, leads } = await desk()
  const rows = [['phone'], ['+49 30 901820'], ['0049 30 901820']]
  const mapping = { phone: { to: 'phone', country: 'DE' } }
  expect(await imported(rows, { key: 'phone', mapping })).toMatchObject({
    created: 1,
    skipped: 1,
  })
  // Without it nothing is guessed: who is known by it, or wants no messages to it, is found by what was typed.
  expect(await imported([['phone'], ['0049 30 901820']], { key: 'phone' })).toMatchObject({ created: 1 })
  const phones = (await leads()).map(({ phone }: { phone: string }) => phone)
  expect(phones.sort()).toEqual(['+4930901820', '004930901820'])
})

test('tags have between them what people write; an export writes what has such a sign in it so that it comes back', async () => {
  const { ask, imported, leads, exported } = await desk()
  const cells = ['a;b', 'a, b', 'a | b ;c', '["a;b", "[x]"]', '[vip] people', 'a', '["\\"q\\"", "x、y"]']
  await imported([['email', 'Tags'], ...cells.map((cell, i) => [`p${i}@example.com`, cell])])
  const tags = (await leads())
    .map((lead: { tags: string[] }) => lead.tags)
    .sort((a: string[], b: string[]) => (`${a}` < `${b}` ? -1 : 1))
  expect(tags).toEqual([
    ['"q"', 'x、y'],
    ['[vip] people'],
    ['[x]', 'a;b'],
    ['a'],
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b', 'c'],
  ])
  const text = await exported()
  const again = await ask('POST /v1/imports', { text })
  expect(again.json).toMatchObject({ total: 7, skipped: 7, updated: 0, failed: 0 })
  const other = await desk()
  expect((await other.ask('POST /v1/imports', { text })).json).toMatchObject({ created: 7, failed: 0 })
  expect((await other.exported()).split('\r\n').sort()).toEqual(text.split('\r\n').sort())
})

test('a cell has at most a thousand tags', async () => {
  const { imported } = await desk()
  const rows = [1000, 1001].map((many, i) => [`p${i}@example.com`, Array.from({ length: many }, (_, n) => n).join(';')])
  const errors = [{ row: 2, column: 'Tags', code: 'invalid_tag' }]
  expect(await imported([['email', 'Tags'], ...rows])).toMatchObject({ created: 1, failed: 1, errors })
})

test('a tag that somebody parts by their own sign keeps the others', async () => {
  const { imported, leads } = await desk()
  const mapping = { Tags: { to: 'tags', split: '/' } }
  await imported(
    [
      ['email', 'Tags'],
      ['a@example.com', 'a;b/c|d'],
    ],
    { mapping },
  )
  expect((await leads())[0].tags).toEqual(['a;b', 'c|d'])
})

test.each([
  [
    'Outlook',
    {
      Title: 'Dr',
      'First Name': 'Ada',
      'Last Name': 'King',
      Company: 'ACME',
      'Job Title': 'CTO',
      'Business Phone': '+44 20 7946 0123',
      'Mobile Phone': '+44 20 7946 0958',
      'E-mail Address': 'ada@example.com',
      'E-mail Display Name': 'Ada King (ada@example.com)',
      Categories: 'VIP;Fair',
    },
    { firstName: 'Ada', lastName: 'King', company: 'ACME', phone: '+442079460958', tags: ['Fair', 'VIP'] },
  ],
  [
    'Google Contacts',
    {
      'Given Name': 'Ada',
      'Family Name': 'King',
      'Organization Name': 'ACME',
      'Organization Title': 'CTO',
      Labels: 'VIP ::: Fair',
      'E-mail 1 - Label': 'Work',
      'E-mail 1 - Value': 'ada@example.com',
      'E-mail 2 - Value': 'other@example.com',
      'Phone 1 - Label': 'Mobile',
      'Phone 1 - Value': '+44 20 7946 0958',
    },
    { firstName: 'Ada', lastName: 'King', company: 'ACME', phone: '+442079460958', tags: ['Fair', 'VIP'] },
  ],
])('contacts of %s are mapped without a hand', async (_, person, wanted) => {
  const { imported, leads } = await desk()
  expect(await imported([Object.keys(person), Object.values(person)])).toMatchObject({ created: 1, failed: 0 })
  expect(await leads()).toMatchObject([{ email: 'ada@example.com', ...wanted }])
})

test('a phone number that cannot be read asks for its country where nobody said one', async () => {
  const { imported } = await desk()
  const rows = [
    ['email', 'Phone'],
    ['a@example.com', '030 / 90 18 20 (Büro)'],
    ['b@example.com', '+49 no'],
  ]
  const detail = async (said = {}) => (await imported(rows, said)).errors.map((one: { detail: string }) => one.detail)
  const plain = 'Enter a phone number, like +44 20 7946 0958.'
  expect(await detail()).toEqual([
    `${plain} Choose the country of numbers without a + at this column (in a mapping: "country": "DE").`,
    plain,
  ])
  expect(await detail({ mapping: { Phone: { to: 'phone', country: 'DE' } } })).toEqual([plain, plain])
})

const spaces = ' '.repeat(200)
test.each([
  ['phone', `+49${spaces}30 901820`, 'invalid_phone'],
  ['email', `${'a'.repeat(60)}@${'b.'.repeat(150)}com`, 'invalid_email'],
  [{ to: 'fields.size', create: { type: 'number' } }, `€${spaces}12`, 'invalid_value'],
])('a cell for %j is measured before it is looked at', async (target, cell, code) => {
  const { ask, imported } = await desk()
  const rows = [
    ['key', 'cell'],
    ['1', cell],
  ]
  const said = { key: 'externalId', mapping: { key: 'externalId', cell: target } }
  expect(await imported(rows, said)).toMatchObject({ failed: 1, errors: [{ column: 'cell', code }] })
  // Nor is it taken for an address or a number by what it says.
  const preview = await ask('POST /v1/imports/preview', {
    rows: [['key', 'what'], ...rows.slice(1)],
    key: 'externalId',
    mapping: { key: 'externalId' },
  })
  expect(preview.json).toMatchObject({ ignoredColumns: ['what'] })
})

test('JSON goes thirty levels deep, in a cell as by the API', async () => {
  const { ask, imported } = await desk()
  await ask('POST /v1/fields', { key: 'more', label: 'More', type: 'json' })
  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
  const rows = [['email', 'fields.more'], ...[30, 31, 2000, 30_000].map((levels) => ['a@example.com', deep(levels)])]
  const detail = 'Nested deeper than 30 levels.'
  const errors = [2, 3, 4].map((row) => ({ row, code: 'invalid_value', column: 'fields.more', detail }))
  expect(await imported(rows)).toMatchObject({ created: 1, failed: 3, errors })
  expect(await imported(rows)).toMatchObject({ skipped: 1, failed: 3 })
  const sent = (levels: number) =>
    ask('POST /v1/leads', { email: 'b@example.com', fields: { more: JSON.parse(deep(levels)) } })
  expect((await sent(30)).status).toBe(201)
  expect(await sent(31)).toMatchObject({ status: 422, json: { code: 'invalid_input' } })
})

test('a character of two halves may stand where a header or a quoted cell is cut', async () => {
  const { ask, imported } = await desk()
  const header = `${'x'.repeat(199)}👟`
  const stage = `${'y'.repeat(99)}👟`
  const rows = [
    ['email', header, 'in'],
    ['a@example.com', '44', ''],
    ['b@example.com', '45', stage],
  ]
  const { columns } = (await ask('POST /v1/imports/preview', { rows })).json
  const mapping = { [columns[1]]: { to: 'fields.shoes', create: {} }, in: 'stage' }
  const done = await imported(rows, { mapping })
  expect(done).toMatchObject({ status: 'succeeded', created: 1, failed: 1 })
  expect(done.errors[0].detail).toBe(`There is no stage “${'y'.repeat(99)}\ufffd”.`)
})
