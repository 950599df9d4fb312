import type { Placing } from '@leadnest/core/plugin'
import { expect, test } from 'vitest'
import { mapColumns } from './suggest.ts'

const ours = { stage: ['new', 'won'], owner: ['ada@example.com'] }
const nothing: Placing = {
  rows: [],
  fields: [],
  mapping: {},
  knows: (to, cell) => ours[to].includes(cell.toLowerCase()),
}
const fields: Placing['fields'] = [
  { key: 'plan', label: 'Price plan', type: 'select' },
  { key: 'notes', label: 'Notes', type: 'text' },
]

/** What each header became, those that became nothing too. */
function mapped(headers: string[], known: Partial<Placing> = {}) {
  const { columns } = mapColumns(headers, { ...nothing, ...known })
  return Object.fromEntries(columns.map(({ header, rule }) => [header, rule?.to ?? null]))
}

test.each([
  [
    ['E-Mail', 'First name', 'SURNAME', 'Phone number', 'Organisation'],
    ['email', 'firstName', 'lastName', 'phone', 'company'],
  ],
  [
    ['E-Mail-Adresse', 'Vorname', 'Nachname', 'Telefon', 'Firma', 'Notizen'],
    ['email', 'firstName', 'lastName', 'phone', 'company', 'note'],
  ],
  [
    ['Adresse e-mail', 'Prénom', 'Nom', 'Téléphone', 'Société'],
    ['email', 'firstName', 'lastName', 'phone', 'company'],
  ],
  [
    ['Correo electrónico', 'Nombre', 'Apellidos', 'Teléfono móvil', 'Empresa'],
    ['email', 'firstName', 'lastName', 'phone', 'company'],
  ],
  [
    ['メールアドレス', '姓', '名', '電話番号', '会社名'],
    ['email', 'lastName', 'firstName', 'phone', 'company'],
  ],
  [
    ['email_address', 'full_name', 'external-id', 'Labels', 'Owner email'],
    ['email', 'name', 'externalId', 'tags', 'owner'],
  ],
])('headers that people write map by themselves: %j', (headers, expected) => {
  expect(Object.values(mapped(headers))).toEqual(expected)
})

test('a header that gave way to a surer one is still known by what its cells say', () => {
  expect(mapped(['Name', 'Contact'], { rows: [['Ada', 'ada@example.com']] })).toEqual({
    Name: 'name',
    Contact: 'email',
  })
})

test('of two headers that mean the same the more certain is taken, and the other left out', () => {
  expect(mapped(['Work email', 'Email', 'Mobile phone', 'Phone'])).toEqual({
    'Work email': null,
    Email: 'email',
    'Mobile phone': null,
    Phone: 'phone',
  })
})

test.each([
  ['Name', 'Vorname', ['Müller', 'Hans'], ['lastName', 'firstName']],
  ['Voornaam', 'Naam', ['Jan', 'Jansen'], ['firstName', 'lastName']],
  ['Name', 'Nachname', ['Hans', 'Müller'], ['firstName', 'lastName']],
  ['Surname', 'Name', ['Doe', 'Jane'], ['lastName', 'firstName']],
  // As our own exports have it.
  ['name', 'firstName', ['Hans Müller', 'Hans'], ['name', 'firstName']],
  ['name', 'firstName', ['Hans', 'Hans'], ['name', 'firstName']],
  ['Full name', 'First name', ['', ''], ['name', 'firstName']],
])('%s beside %s is what the other is not', (one, other, row, expected) => {
  expect(Object.values(mapped([one, other], { rows: [row] }))).toEqual(expected)
  const all = mapped(['First name', 'Name', 'Last name'])
  expect(Object.values(all)).toEqual(['firstName', 'name', 'lastName'])
})

test("the workspace's own fields are known by key, by label, and as exports name them", () => {
  expect(mapped(['email', 'Price Plan', 'fields.notes'], { fields })).toEqual({
    email: 'email',
    'Price Plan': 'fields.plan',
    'fields.notes': 'fields.notes',
  })
  // Of a file that names one as exports do, no other column is that field.
  expect(mapped(['plan', 'fields.plan'], { fields })).toEqual({ plan: null, 'fields.plan': 'fields.plan' })
})

test('a column is known by what it says where its header says nothing', () => {
  const rows = [
    ['12', 'ada@example.com', '+44 20 7946 0958', '20260101'],
    ['13', 'bob@example.com', '', '20260102'],
  ]
  expect(mapped(['a', 'b', 'c', 'd'], { rows })).toEqual({ a: null, b: 'email', c: 'phone', d: null })
})

test.each([
  ['as ours are called', ['new', '', 'Won', 'new'], ['ada@example.com', '', '', 'ADA@example.com'], ['stage', 'owner']],
  ['where nothing speaks against it', ['', '', '', ''], ['', '', '', ''], ['stage', 'owner']],
  ['but for a slip', ['new', 'new', 'won', 'wno', 'new'], ['', '', '', '', ''], ['stage', 'owner']],
  ['of another program', ['Negotiation', 'new', 'Lost', 'x'], ['Bob', 'bob@example.com', '', ''], [null, null]],
])('stages and owners %s', (_, stages, owners, expected) => {
  const rows = stages.map((stage, i) => [`p${i}@example.com`, stage, owners[i]!])
  const found = mapped(['Adresse', 'Stage', 'Lead owner'], { rows })
  expect(found).toEqual({ Adresse: 'email', Stage: expected[0], 'Lead owner': expected[1] })
})

test('a stage of another program goes to an own field of that name, or where somebody sends it; owners are nobody to import', () => {
  const rows = [['Negotiation', 'bob@example.com', 'ben@example.com']]
  const headers = ['Stage', 'Owner', 'who']
  const deal = [{ key: 'deal', label: 'Stage', type: 'text' as const }]
  expect(mapped(headers, { rows, fields: deal })).toEqual({ Stage: 'fields.deal', Owner: null, who: 'email' })
  expect(mapped(headers, { rows, mapping: { Stage: 'stage' } })).toEqual({ Stage: 'stage', Owner: null, who: 'email' })
})

test.each([
  ['hubspot', ['Record ID', 'Email', 'Lead Status', 'Create Date', 'Contact owner', 'Stage']],
  ['mautic', ['id', 'firstname', 'lastname', 'email', 'points', 'owner', 'stage']],
  ['espocrm', ['firstName', 'lastName', 'emailAddress', 'phoneNumber', 'accountName', 'assignedUserName', 'stage']],
])('so do those of %s', (id, headers) => {
  const { [headers.at(-2)!]: owner, [headers.at(-1)!]: stage } = mapped(headers, {
    rows: [[...headers.slice(2), 'ada@example.com', 'Won']],
  })
  expect([mapColumns(headers, nothing).source!.id, owner, stage]).toEqual([id, 'owner', 'stage'])
  const theirs = mapped(headers, { rows: [[...headers.slice(2), 'Ada Lovelace', 'Customer']] })
  expect([theirs[headers.at(-2)!], theirs[headers.at(-1)!]]).toEqual([null, null])
})

test('who opted out elsewhere is not written to: such columns are opt-outs, where they say yes or no', () => {
  const headers = ['Email', 'Opted out of email: Marketing Information', 'Unsubscribed from all email', 'Unsubscribed']
  const rows = [['ada@example.com', 'true', '', 'by phone']]
  expect(mapped(headers, { rows })).toEqual({
    Email: 'email',
    'Opted out of email: Marketing Information': 'optOut',
    'Unsubscribed from all email': 'optOut',
    Unsubscribed: null,
  })
})

test.each([
  ['opt_out', 'yes', 'email'],
  ['Unsubscribe', '1', 'email'],
  ['HasOptedOutOfEmail', 'false', 'email'],
  ['Email Opt Out', 'TRUE', 'email'],
  ['Abbestellt', 'WAHR', 'email'],
  ['Do Not Contact', 'Opted out', 'email'],
  ['Do Not Email', '✓', 'email'],
  ['UNSUB_TIME', '2026-01-12 10:00:00', 'email'],
  ['Unsubscribed at', '1/12/2026', 'email'],
  ['Unsubscribed at', '2026-01-12T10:00:00Z', 'email'],
  ['unsubscribed', 't', 'email'],
  ['Désabonnée', 'oui', 'email'],
  ['DoNotCall', '0', 'phone'],
  ['SMS Opt-Out', 'no', 'sms'],
  ['Has opted out of fax', 'no', undefined],
  ['Opt-out reason', 'no', undefined],
])('%s with %s is an opt-out of %s', (header, cell, channel) => {
  const { columns } = mapColumns([header], { ...nothing, rows: [[cell]] })
  expect(columns[0]!.rule).toEqual(channel ? { to: 'optOut', channel } : null)
})

test('days are no phone numbers, however they are written', () => {
  const rows = [
    ['ada@example.com', '2026-01-12', '12.01.2026', '01/12/2026', '030 12345-67'],
    ['bob@example.com', '2026-11-02', '02.11.2026', '11/02/2026', '(030) 7654321'],
  ]
  expect(mapped(['Email', 'a', 'b', 'c', 'd'], { rows })).toEqual({
    Email: 'email',
    a: null,
    b: null,
    c: null,
    d: 'phone',
  })
})

test('HubSpot is known also where its headers name the object and a time zone', () => {
  const headers = ['Record ID - Contact', 'Email', 'Lead Status', 'Create Date (EST)', 'Primary Company']
  const { columns, source } = mapColumns(headers, nothing)
  expect(source!.id).toBe('hubspot')
  expect(columns[0]!.rule).toEqual({ to: 'externalId', prefix: 'hubspot:' })
  expect(columns[4]!.rule).toEqual({ to: 'company' })
})

test('what was said goes before what is suggested; ignore leaves out', () => {
  const { columns } = mapColumns(['email', 'phone', 'colour', '__proto__'], {
    ...nothing,
    fields,
    mapping: { colour: { to: 'fields.plan', lower: true }, phone: 'ignore', email: 'externalId' },
  })
  expect(columns).toEqual([
    { header: 'email', rule: { to: 'externalId' }, by: 'mapping' },
    { header: 'phone', rule: null, by: 'mapping' },
    { header: 'colour', rule: { to: 'fields.plan', lower: true }, by: 'mapping' },
    { header: '__proto__', rule: null, by: null },
  ])
})

test.each([
  [
    'hubspot',
    [
      'Record ID',
      'First Name',
      'Last Name',
      'Email',
      'Phone Number',
      'Contact owner',
      'Lead Status',
      'Create Date',
      'Associated Company',
      'Company Name',
    ],
    ['externalId', 'firstName', 'lastName', 'email', 'phone', null, null, null, 'company', null],
  ],
  [
    'mautic',
    [
      'id',
      'title',
      'firstname',
      'lastname',
      'company',
      'position',
      'email',
      'mobile',
      'phone',
      'points',
      'tags',
      'stage',
      'owner',
    ],
    ['externalId', null, 'firstName', 'lastName', 'company', null, 'email', null, 'phone', null, 'tags', null, null],
  ],
  [
    'espocrm',
    [
      'id',
      'name',
      'firstName',
      'lastName',
      'emailAddress',
      'phoneNumber',
      'accountName',
      'description',
      'createdAt',
      'assignedUserName',
    ],
    ['externalId', null, 'firstName', 'lastName', 'email', 'phone', 'company', 'note', null, null],
  ],
])('an export of %s is known by its headers', (id, headers, expected) => {
  const { source } = mapColumns(headers, nothing)
  expect(source?.id).toBe(id)
  expect(Object.values(mapped(headers, { rows: [headers.map(() => 'theirs')] }))).toEqual(expected)
})
