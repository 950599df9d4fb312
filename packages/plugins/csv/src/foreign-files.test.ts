import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'
import { folder } from './testing/corpus.ts'

let server: TestServer
let key: string
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
  const { id } = await createWorkspace(server.nest, { name: 'Files' })
  key = await server.nest.key({ workspaceId: id })
})
afterAll(() => server.close())

const send = (raw: Buffer, { type = 'text/csv', query = '' } = {}) =>
  server.request(`POST /v1/imports?name=a.csv${query}`, {
    key,
    raw: new Uint8Array(raw),
    headers: { 'content-type': type },
  })

const workbook = Buffer.from('PK\x03\x04\x14\0\x06\0[Content_Types].xml\0xl/workbook.xml', 'latin1')

test.each<[string, Buffer, RegExp]>([
  ['an Excel workbook', workbook, /^This is an Excel workbook: open it, save it as CSV/],
  ['an old one', Buffer.from('d0cf11e0a1b11ae10000', 'hex'), /^This is an Excel workbook: open it, save it as CSV/],
  ['a ZIP archive', Buffer.from('PK\x03\x04\0\0people.csv', 'latin1'), /^This is a ZIP archive.*Unpack it/],
  ['a PNG picture', readFileSync(join(folder, '46-wrong-type-png.csv')), /^This is a PNG picture, and no table/],
  ['a PDF', Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'), /^This is a PDF/],
  [
    'a page',
    Buffer.from('\n<!-- x -->\n<!DOCTYPE html><p>a@example.com</p>'),
    /^This is a web page \(HTML\).*save it as CSV/,
  ],
  ['a page in UTF-16', Buffer.from('\ufeff<table><tr><td>a@example.com', 'utf16le'), /^This is a web page \(HTML\)/],
  ['XML', Buffer.from('<?xml version="1.0"?><Workbook/>'), /^This is XML, not CSV\..*save it as CSV/],
  [
    'JSON',
    Buffer.from('[\n  {\n    "email": "a@example.com"\n  }\n]'),
    /^This is JSON, not CSV\..*\{"rows": \[\["email"\]/,
  ],
  [
    'JSON Lines',
    Buffer.from('{"email":"a@b.example"}\n{"email":"c@d.example"}\n'),
    /^This is JSON Lines.*plugin.*format/,
  ],
  ['a vCard', Buffer.from('BEGIN:VCARD\r\nEMAIL:a@b.example\r\n'), /^This is a vCard.*address book/],
  ['UTF-32', Buffer.from('fffe000065000000', 'hex'), /^This is UTF-32.*Save it as UTF-8/],
])('%s is called what it is, with what to do, and nothing of encodings', async (_, bytes, words) => {
  for (const query of ['', '&encoding=utf-16le']) {
    if (query && !/Excel|ZIP|picture|PDF/.test(words.source)) continue
    const { status, json } = await send(bytes, { query })
    expect([status, json.status, json.created]).toEqual([200, 'failed', 0])
    expect(json.error.detail).toMatch(words)
    expect(json.error.detail).not.toMatch(/option encoding/)
  }
})

const zoe = 'email,name,city\nada@example.com,Ada,Bonn\nzoe@example.com,Zoë Müller,Köln\n'

test('of a file that is UTF-8 but for a damaged byte no other encoding is named as its own', async () => {
  const bytes = Buffer.concat([Buffer.from(zoe), Buffer.from('\xff\n', 'latin1')])
  const { json } = await send(bytes)
  expect(json.error.detail).toMatch(/row 3, line 4\. Most of it is: mend that place\./)
  expect(json.error.detail).not.toContain('looks like')
})

test.each([
  ['shift_jis', '129-shift-jis.csv', '山田太郎'],
  ['gb18030', '130-gb18030.csv', '张伟'],
])('%s is named, and imported where it is said', async (encoding, file, name) => {
  const bytes = readFileSync(join(folder, file))
  const refused = await send(bytes)
  expect(refused.json.error.detail).toContain(`It looks like ${encoding}: say so by the option encoding`)
  await send(bytes, { query: `&encoding=${encoding}` })
  const { json } = await server.request(`GET /v1/leads?q=${encodeURIComponent(name)}`, { key })
  expect(json.data).toMatchObject([{ name }])
})

test('a file that is not UTF-8 is refused with the encoding that it looks like, by the import and its preview', async () => {
  const { json } = await send(Buffer.from(zoe, 'latin1'))
  expect(json.error).toMatchObject({ code: 'invalid_utf8', row: 2 })
  expect(json.error.detail).toMatch(
    /row 2, line 3\. It looks like windows-1252: say so by the option encoding, or save it/,
  )
  const preview = await server.request('POST /v1/imports/preview?name=a.csv', {
    key,
    raw: new Uint8Array(Buffer.from(zoe, 'latin1')),
    headers: { 'content-type': 'text/csv' },
  })
  expect(preview.json.error.detail).toBe(json.error.detail)
  const row = 'anna@example.com,Она работает в большой компании и просила позвонить ей на следующей неделе\n'
  const russian = `email,note\n${row.repeat(5)}`
  const cyrillic = Buffer.from(
    [...russian].map((sign) => {
      const code = sign.codePointAt(0)!
      return code < 128 ? code : code - 0x410 + 0xc0
    }),
  )
  expect((await send(cyrillic)).json.error.detail).toMatch(/It looks like windows-1251: say so by/)
  const wide = Buffer.from(zoe, 'utf16le').swap16()
  expect((await send(wide)).json.error.detail).toMatch(/Send it with encoding=utf-16be/)
})

test('the charset of its type says how a file is written, where nobody says otherwise', async () => {
  const western = Buffer.from(zoe, 'latin1')
  expect((await send(western, { type: 'text/csv; charset=windows-1252' })).json).toMatchObject({
    created: 2,
    error: null,
  })
  expect((await send(western, { type: 'text/csv; header=present; charset="ISO-8859-1"' })).json).toMatchObject({
    skipped: 2,
  })
  const { json } = await send(western, { type: 'text/csv; charset=utf-8' })
  expect(json.error).toMatchObject({ code: 'invalid_utf8', row: 2 })
  const utf8 = await send(Buffer.from(zoe), { type: 'text/csv; charset=windows-1252', query: '&encoding=utf-8' })
  expect(utf8.json).toMatchObject({ skipped: 2 })
  const unknown = await send(western, { type: 'text/csv; charset=latin-99' })
  expect(unknown.json).toMatchObject({ status: 422, errors: [{ path: 'encoding' }] })
})

test('so does the charset of a part of a form', async () => {
  const part = (name: string, more: string, value: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`
  const form = (type: string, said = '') =>
    Buffer.from(
      `${said}${part('file', `; filename="a.csv"\r\nContent-Type: ${type}`, zoe.replaceAll('@', '@form.'))}--x--\r\n`,
      'latin1',
    )
  const type = 'multipart/form-data; boundary=x'
  const western = await send(form('text/csv; charset=windows-1252', part('tags', '', 'form')), { type })
  expect(western.json).toMatchObject({ created: 2, error: null })
  const { data } = (await server.request('GET /v1/leads?q=zoe%40form', { key })).json
  expect(data).toMatchObject([{ name: 'Zoë Müller', tags: ['form'] }])
  expect((await send(form('text/csv'), { type })).json.error).toMatchObject({ code: 'invalid_utf8' })
  const said = part('encoding', '', 'utf-8')
  expect((await send(form('text/csv; charset=windows-1252', said), { type })).json.error.code).toBe('invalid_utf8')
})

test('where no column has the key, the preview says so of each row, with a key that a column has', async () => {
  const ask = (route: string, body: object) => server.request(route, { key, body })
  const text = 'Name\tTel\nAda\t+44 20 7946 0958\nBob\t+44 20 7946 0123'
  const { json } = await ask('POST /v1/imports/preview', { text })
  const words = /No column has e-mail addresses.*“Name”, “Tel”.*or go by key=phone, which “Tel” has\.$/
  expect(json.error).toMatchObject({ code: 'no_email_column', detail: expect.stringMatching(words) })
  expect(json.rows).toMatchObject(
    [1, 2].map((row) => ({ outcome: 'failed', error: { row, code: 'no_email_column', detail: json.error.detail } })),
  )
  expect((await ask('POST /v1/imports', { text, key: 'phone' })).json).toMatchObject({ created: 2, failed: 0 })
})
