import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
})
afterAll(() => server.close())

/** What an import of a file says, and whom the workspace has then, the first address first. */
async function imported(file: string | Buffer, query = '', fields: object[] = []) {
  const { id } = await createWorkspace(server.nest, { name: 'Files' })
  const key = await server.nest.key({ workspaceId: id })
  for (const body of fields) await server.request('POST /v1/fields', { key, body })
  const { json } = await server.request(`POST /v1/imports?name=a.csv${query}`, {
    key,
    raw: new Uint8Array(Buffer.from(file)),
    headers: { 'content-type': 'text/csv' },
  })
  const leads: { id: string; email: string }[] = (await server.request('GET /v1/leads', { key })).json.data
  /** The channels that each of them wants nothing from. */
  const optOuts = () =>
    Promise.all(
      leads.map(async ({ id }) => {
        const { state } = (await server.request(`GET /v1/leads/${id}/consents`, { key })).json
        return state.map(({ channel, status }: { channel: string; status: string }) => `${channel} ${status}`)
      }),
    )
  return { json, optOuts, leads: leads.sort((one, other) => (one.email < other.email ? -1 : 1)) }
}

test.each<[string, string | Buffer, object[]]>([
  [
    'lead ads of Meta',
    Buffer.from(
      '\ufeffid\tcreated_time\tplatform\temail\tfull_name\tphone_number\nl:123\t2026-01-12T10:00:00+01:00\tfb\tana@example.com\tAna Ruiz\tp:+525512345678\n',
      'utf16le',
    ),
    [{ email: 'ana@example.com', name: 'Ana Ruiz', phone: '+525512345678' }],
  ],
  [
    'links to addresses and numbers',
    'Email,Phone\nmailto:ann@example.com,tel:+44 20 7946 0958\n"Bob, jr. <bob@example.com>",\n',
    [{ email: 'ann@example.com', phone: '+442079460958' }, { email: 'bob@example.com' }],
  ],
  [
    'links under headers that say nothing',
    'A,B\nAnn <ann@example.com>,p:+525512345678\n',
    [{ email: 'ann@example.com', phone: '+525512345678' }],
  ],
  [
    'recipients without a header',
    'Ann <ann@example.com>\nmailto:bob@example.com\n',
    [{ email: 'ann@example.com' }, { email: 'bob@example.com' }],
  ],
  [
    'a last name that is called a name',
    'Name;Vorname;E-Mail\nMüller;Hans;hans@example.com\n',
    [{ email: 'hans@example.com', firstName: 'Hans', lastName: 'Müller', name: 'Hans Müller' }],
  ],
  [
    'rows with empty cells behind the last column',
    'Email,Name\na@example.com,X,\nb@example.com,Y,,,\nc@example.com,Z\n',
    [{ name: 'X' }, { name: 'Y' }, { name: 'Z' }],
  ],
  [
    'rows without cells of columns that have no name',
    'Email,Name,,\na@example.com,X\nb@example.com,Y,\nc@example.com,Z,,\n',
    [{ name: 'X' }, { name: 'Y' }, { name: 'Z' }],
  ],
  [
    'several addresses and labels of Google Contacts',
    'First Name,Last Name,Labels,E-mail 1 - Value,Phone 1 - Value\nMaria,Ruiz,* myContacts ::: Family,maria@example.com ::: maria2@example.com,+44 20 7946 0958 ::: +44 20 7946 0123\n',
    [{ email: 'maria@example.com', phone: '+442079460958', tags: ['Family', 'myContacts'] }],
  ],
  [
    'tags of Mailchimp in quotes',
    'Email Address,TAGS\na@example.com,"""Customer"",""Big, Spender"""\n',
    [{ tags: ['Big Spender', 'Customer'] }],
  ],
  [
    'tags with signs as wide as Chinese characters between',
    'Email,Tags\na@example.com,客户，伙伴、VIP\n',
    [{ tags: ['VIP', '伙伴', '客户'] }],
  ],
  [
    'connections of LinkedIn',
    `Notes:\n"When exporting your connection data, you may notice that some of the email addresses are missing. You will only see ""shared"" ones."\n\nFirst Name,Last Name,URL,Email Address,Company,Position,Connected On\nAda,King,https://www.linkedin.com/in/ada,ada@example.com,ACME,CTO,12 Jan 2026\n`,
    [{ email: 'ada@example.com', firstName: 'Ada', lastName: 'King', company: 'ACME' }],
  ],
  [
    'leads of Salesforce and customers of Shopify',
    "Customer ID,Email,Company / Account,Phone\n'7654321,a@example.com,ACME,'442079460958\n",
    [{ externalId: '7654321', company: 'ACME', phone: '442079460958' }],
  ],
])('%s are taken as they are', async (_, file, wanted) => {
  const { json, leads } = await imported(file)
  expect(json).toMatchObject({ created: wanted.length, failed: 0, error: null })
  expect(leads).toMatchObject(wanted)
})

test('who opted out in Salesforce or Mailchimp is not written to', async () => {
  const { json, leads, optOuts } = await imported(
    'Email,HasOptedOutOfEmail,UNSUB_TIME,Do Not Call\nann@example.com,true,,0\nbob@example.com,false,,1\ncyd@example.com,FALSE,2026-01-12 10:00:00,\n',
  )
  expect([json.failed, json.ignoredColumns, leads.length]).toEqual([0, [], 3])
  expect(await optOuts()).toEqual([['email revoked'], ['phone revoked'], ['email revoked']])
})

test.each([
  ['by themselves', undefined, true],
  ['where somebody sends them', { Geb: 'fields.geb', Umsatz: 'fields.ums' }, true],
  [
    'where fields are made of them',
    {
      Geb: { to: 'fields.geb', create: { type: 'date' } },
      Umsatz: { to: 'fields.ums', create: { label: 'Umsatz', type: 'number' } },
    },
    false,
  ],
])('how days and numbers are written is found %s', async (_, mapping, areThere) => {
  const fields = [
    { key: 'geb', label: 'Geb', type: 'date' },
    { key: 'ums', label: 'Umsatz', type: 'number' },
  ]
  const file = 'Email;Geb;Umsatz\na@example.com;31.12.1980;1.234,56 €\nb@example.com;01.02.1990;2,5\n'
  const query = mapping ? `&mapping=${encodeURIComponent(JSON.stringify(mapping))}` : ''
  const { json, leads } = await imported(file, query, areThere ? fields : [])
  expect(json).toMatchObject({ created: 2, failed: 0 })
  expect(leads).toMatchObject([
    { fields: { geb: '1980-12-31', ums: 1234.56 } },
    { fields: { geb: '1990-02-01', ums: 2.5 } },
  ])
})

test('a value behind the last column is one too much, and a column with a name is never missing, also of rows as JSON', async () => {
  const rows = [
    ['Email', 'Name', ''],
    ['a@example.com', 'X'],
    ['b@example.com', 'Y', '', '', ''],
    ['c@example.com', 'Z', '', 'more'],
    ['d@example.com'],
  ]
  const errors = [3, 4].map((row) => ({ row, code: 'column_count' }))
  const file = rows.map((cells) => cells.join(',')).join('\n')
  expect((await imported(file)).json).toMatchObject({ created: 2, failed: 2, errors })
  const key = await server.nest.key({ workspaceId: (await createWorkspace(server.nest, { name: 'Rows' })).id })
  const { json } = await server.request('POST /v1/imports', { key, body: { rows } })
  expect(json).toMatchObject({ created: 2, failed: 2, errors })
})

test('by the key id a slip in an id is the fault of its row; a column of numbers alone is none of ids', async () => {
  const ids = ['0190a8f0-0000-7000-8000-000000000009', '4711']
  const file = `id,company\n${ids.map((id) => `${id},ACME`).join('\n')}\n`
  const errors = [1, 2].map((row) => ({ row, column: 'id', code: 'lead_not_found' }))
  expect((await imported(file, '&key=id')).json).toMatchObject({ failed: 2, error: null, errors })
  const { json } = await imported('id,company\n1,ACME\n2,ACME\n', '&key=id')
  expect(json.error).toMatchObject({ code: 'no_id_column' })
})
