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
  const { id: workspaceId } = await createWorkspace(server.nest, { name: 'Rejects' })
  const key = await server.nest.key({ workspaceId })
  const send = async (raw: string | Uint8Array<ArrayBuffer>, query: Record<string, string> = {}) =>
    (
      await server.request(`POST /v1/imports?${new URLSearchParams(query)}`, {
        key,
        raw,
        headers: { 'content-type': 'text/csv' },
      })
    ).json
  /** As its bytes: reading an answer as text takes the mark away. */
  const rejects = async (one: { rejects: string }) => {
    const answer = await server.app.request(one.rejects, { headers: { authorization: `Bearer ${key}` } })
    const bytes = new Uint8Array(await answer.arrayBuffer())
    return { named: answer.headers.get('content-disposition'), bytes, text: Buffer.from(bytes).toString() }
  }
  const leads = async (): Promise<Record<string, unknown>[]> =>
    (await server.request('GET /v1/leads?limit=200', { key })).json.data
  return { key, send, rejects, leads }
}

test('refused rows of a German Excel file are one, too: with semicolons, a mark, and called after it', async () => {
  const { key, send, rejects, leads } = await desk()
  const columns = ['E-Mail', 'Straße']
  await server.request('POST /v1/import-mappings', {
    key,
    body: { name: 'Kunden', columns, mapping: { 'E-Mail': 'email', Straße: 'company' } },
  })
  const file = Buffer.from('E-Mail;Straße\r\nnein;"Süd; 1, links"\r\n', 'latin1')
  const refused = await send(new Uint8Array(file), { encoding: 'windows-1252', name: "Kund*innen (März)'s.csv" })
  expect(refused).toMatchObject({ failed: 1 })
  const { named, bytes, text } = await rejects(refused)
  expect(named).toBe("attachment; filename*=UTF-8''rejects-of-Kund%2ainnen%20%28M%C3%A4rz%29%27s.csv")
  expect(text).toBe(
    '\uFEFFE-Mail;Straße;import_row;import_line;import_column;import_code;import_detail\r\n' +
      'nein;"Süd; 1, links";1;2;E-Mail;invalid_email;Enter an e-mail address, like name@example.com.\r\n',
  )
  // As it is, told to be what the other was, and mended.
  expect(await send(bytes)).toMatchObject({ total: 1, failed: 1, ignoredColumns: [] })
  const mended = text.replace('nein', 'ja@example.com')
  expect(await send(mended, { encoding: 'windows-1252' })).toMatchObject({ created: 1, failed: 0 })
  expect(await leads()).toMatchObject([{ company: 'Süd; 1, links' }])
})

test.each<[what: string, file: string, query: Record<string, string>, name: string, header: string]>([
  ['tabs', 'email\tname\nno\tA "B"\n', { name: 'a.txt' }, 'rejects-of-a.tsv', 'email\tname\timport_row\t'],
  ['sep=', 'sep=|\nemail|name\nno|A "B"\n', { name: 'b' }, 'rejects-of-b.csv', 'email|name|import_row|'],
  ['colons', 'email:name\nno:A "B"\n', { name: 'c.csv' }, 'rejects-of-c.csv', 'email:name:import_row:'],
  ['quotes', `'email','name'\n'no','A '' B'\n`, { name: 'd.csv' }, 'rejects-of-d.csv', `'email','name','import_row',`],
  ['what was told', `email#name\nno#A "B"\n`, { name: 'e', delimiter: '#' }, 'rejects-of-e.csv', 'email#name#import_'],
])(
  'refused rows are written as the file was, and come back: %s',
  async (_, file, { name, ...query }, called, header) => {
    const { send, rejects, leads } = await desk()
    const { named, text } = await rejects(await send(file, { name: name!, ...query }))
    expect([named, text.startsWith(`\uFEFF${header}`)]).toEqual([`attachment; filename*=UTF-8''${called}`, true])
    const mended = text.replace(/\bno\b/, 'yes@example.com')
    expect(await send(mended, query)).toMatchObject({ created: 1, failed: 0, ignoredColumns: [] })
    expect(await leads()).toMatchObject([
      { email: 'yes@example.com', name: /A .*B.*/.exec(file)![0].replace("''", "'").replace(/'$/, '') },
    ])
  },
)

test('a mixed list comes in by one key, and what was refused by another, as it says itself', async () => {
  const { send, rejects, leads } = await desk()
  const file = 'email,phone,name\na@example.com,,Ada\n,+49301234567,Bob\n,,Nobody\n'
  const refused = await send(file)
  expect(refused.errors.map(({ detail }: { detail: string }) => detail)).toEqual([
    'Nothing says who this is: “email” is empty. It has a phone number: import the refused rows again, by phone.',
    'Nothing says who this is: “email” is empty.',
  ])
  const { text } = await rejects(refused)
  expect(await send(text, { key: 'phone' })).toMatchObject({ created: 1, failed: 1 })
  expect((await leads()).map(({ name }) => name).sort()).toEqual(['Ada', 'Bob'])
  // The other way round it is the same.
  const other = await desk()
  const byPhone = await other.send(file, { key: 'phone' })
  expect(byPhone.errors[0].detail).toMatch(/It has an e-mail address: import the refused rows again, by e-mail\.$/)
  expect(await other.send((await other.rejects(byPhone)).text)).toMatchObject({ created: 1, failed: 1 })
})
