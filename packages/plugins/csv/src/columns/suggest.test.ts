import type { Placing } from '@leadnest/core/plugin'
import { expect, test } from 'vitest'
import { mapColumns } from './suggest.ts'

const nothing: Placing = { rows: [], fields: [], mapping: {} }
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

test('of two headers that mean the same the more certain is taken, and the other left out', () => {
  expect(mapped(['Work email', 'Email', 'Mobile phone', 'Phone'])).toEqual({
    'Work email': null,
    Email: 'email',
    'Mobile phone': null,
    Phone: 'phone',
  })
})

test("the workspace's own fields are known by key, by label, and as exports name them", () => {
  expect(mapped(['email', 'Price Plan', 'fields.plan', 'fields.notes'], { fields })).toEqual({
    email: 'email',
    'Price Plan': 'fields.plan',
    'fields.plan': 'fields.plan',
    'fields.notes': 'fields.notes',
  })
})

test('a column is known by what it says where its header says nothing', () => {
  const rows = [
    ['12', 'ada@example.com', '+44 20 7946 0958', '20260101'],
    ['13', 'bob@example.com', '', '20260102'],
  ]
  expect(mapped(['a', 'b', 'c', 'd'], { rows })).toEqual({ a: null, b: 'email', c: 'phone', d: null })
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
  expect(Object.values(mapped(headers))).toEqual(expected)
})
