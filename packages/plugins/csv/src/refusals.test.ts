import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
let key: string
beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
  const { id } = await createWorkspace(server.nest, { name: 'Refusals' })
  key = await server.nest.key({ workspaceId: id })
})
afterAll(() => server.close())

const ask = (route: string, body?: object) => server.request(route, { key, ...(body && { body }) })

async function sendForm(parts: Record<string, string>, route = 'POST /v1/imports') {
  const form = new FormData()
  for (const [name, value] of Object.entries(parts)) form.set(name, value)
  form.set('file', new File(['email,Wer\nada@example.com,Ada\n'], 'a.csv'))
  const body = new Response(form)
  const headers = { 'content-type': body.headers.get('content-type')! }
  return server.request(route, { key, raw: new Uint8Array(await body.arrayBuffer()), headers })
}

const consent = { to: 'consent', channel: 'email', purpose: 'newsletter', wording: 'Write to me.' }

test.each<[Record<string, string | object>, string, RegExp]>([
  [
    { colour: 'red' },
    'colour',
    /^This is not known here\. Leave it out, or correct its name\. There is name, mapping, mode,/,
  ],
  [{ mode: 'merge' }, 'mode', /^Use create, update, upsert, skip or fill\.$/],
  [{ mapping: [] }, 'mapping', /^Send an object with the names of columns/],
  [{ mapping: '"email"' }, 'mapping', /^Send an object with the names of columns/],
  [{ mapping: { Wer: { to: 'name', colour: 1 } } }, 'mapping.Wer.colour', /There is to, trim, lower, prefix,/],
  [{ mapping: { Wer: { to: 'name', lower: 'yes' } } }, 'mapping.Wer.lower', /^Send a value of type boolean\.$/],
  [{ mapping: { Wer: { to: 'name', date: 'ydm' } } }, 'mapping.Wer.date', /^Use ymd, dmy or mdy\.$/],
  [{ mapping: { Wer: { to: 'tags', split: '12345678901' } } }, 'mapping.Wer.split', /^At most 10 characters\.$/],
  [{ mapping: { Wer: { ...consent, channel: 'E-Mail' } } }, 'mapping.Wer.channel', /^Use small letters, digits and _/],
  [{ mapping: { Wer: { ...consent, channel: 'emial' } } }, 'mapping.Wer', /“emial”.* There is email, sms, phone,/],
  [{ mapping: { Wer: { ...consent, wording: ' ' } } }, 'mapping.Wer.wording', /^Write what people agreed to\.$/],
  [{ mapping: { ['__proto__']: 'nowhere' } }, 'mapping.__proto__', /^Use a column of a lead/],
])('%j beside a file is refused by its path, in words that say what there is', async (said, path, words) => {
  const parts = Object.entries(said).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  const { status, json } = await sendForm(Object.fromEntries(parts))
  expect([status, json.code]).toEqual([422, 'invalid_input'])
  expect(json.errors).toEqual([{ path, message: expect.stringMatching(words) }])
  expect(JSON.stringify(json.errors)).not.toMatch(/Invalid|Expected|received/)
  expect((await ask('GET /v1/imports')).json.data).toEqual([])
})

test('a saved mapping is checked like one that is sent', async () => {
  const saved = (mapping: unknown) =>
    ask('POST /v1/import-mappings', { name: 'Shop', columns: ['Mail', 'Yes'], mapping })
  expect((await saved([])).json.errors).toMatchObject([{ path: 'mapping' }])
  expect((await saved({ Yes: { ...consent, channel: 'emial' } })).json.errors).toMatchObject([{ path: 'mapping.Yes' }])
  expect((await saved({ Yes: 'fields.shoe' })).json.errors).toMatchObject([{ path: 'mapping.Yes' }])
  expect((await saved({ Mail: 'email', Yes: 'email' })).json.errors).toMatchObject([{ path: 'mapping.Yes' }])
  expect((await saved({ Mail: 'email', Yes: consent })).status).toBe(201)
})

test('a channel that a form of the workspace asks for is one of imports too', async () => {
  const mapping = { Post: { ...consent, channel: 'letter' } }
  const text = 'email\tPost\nada@example.com\tyes'
  expect((await ask('POST /v1/imports', { text, mapping })).json.errors).toMatchObject([{ path: 'mapping.Post' }])
  const form = {
    name: 'Catalogue',
    slug: 'catalogue',
    fields: [{ name: 'email', type: 'email', label: 'E-mail' }],
    consents: [{ channel: 'letter', purpose: 'catalogue', text: 'Send me the catalogue.' }],
  }
  expect((await ask('POST /v1/forms', form)).status).toBe(201)
  expect((await ask('POST /v1/imports', { text, mapping })).json).toMatchObject({ created: 1, failed: 0 })
})

test('columns with names that objects have already go where they are sent, and change nothing else', async () => {
  const text = '__proto__\tconstructor\ttoString\nproto@example.com\tAda\tACME'
  const mapping = JSON.parse('{"__proto__": "email", "constructor": {"to": "firstName"}, "toString": "company"}')
  const preview = await ask('POST /v1/imports/preview', { text, mapping })
  expect(Object.entries(preview.json.mapping)).toEqual([
    ['__proto__', { to: 'email' }],
    ['constructor', { to: 'firstName' }],
    ['toString', { to: 'company' }],
  ])
  expect((await ask('POST /v1/imports', { text, mapping })).json).toMatchObject({ created: 1, failed: 0 })
  const { data } = (await ask('GET /v1/leads?q=proto')).json
  expect(data).toMatchObject([{ email: 'proto@example.com', firstName: 'Ada', company: 'ACME' }])
  expect(({} as { email?: string }).email).toBeUndefined()
})

test('such names are saved for the next file, and refused beside the mapping', async () => {
  const columns = ['e-mail', '__proto__', 'constructor', 'prototype']
  const mapping = JSON.parse('{"__proto__": "firstName", "constructor": {"to": "lastName"}, "prototype": "company"}')
  const saved = await ask('POST /v1/import-mappings', { name: 'Objects', columns, mapping })
  expect([saved.status, Object.entries(saved.json.mapping).sort()]).toEqual([201, Object.entries(mapping).sort()])
  const text = `${columns.join('\t')}\nsaved@example.com\tGrace\tHopper\tNavy`
  expect((await ask('POST /v1/imports', { text })).json).toMatchObject({ created: 1, ignoredColumns: [] })
  const { data } = (await ask('GET /v1/leads?q=saved')).json
  expect(data).toMatchObject([{ firstName: 'Grace', lastName: 'Hopper', company: 'Navy' }])

  const beside = JSON.parse('{"name": "Objects", "columns": ["a"], "mapping": {"a": "email"}, "constructor": 1}')
  const wrong = await ask('POST /v1/import-mappings', beside)
  expect([wrong.status, wrong.json.errors]).toEqual([
    422,
    [{ path: 'constructor', message: 'This name cannot be used.' }],
  ])
  const nowhere = await ask('POST /v1/import-mappings', {
    name: 'Objects',
    columns,
    mapping: { constructor: 'nowhere' },
  })
  expect([nowhere.status, nowhere.json.errors[0].path]).toEqual([422, 'mapping.constructor'])
})

test('such names go where the query of a CSV upload sends them, and nowhere that is not there', async () => {
  const file = 'email,constructor,__proto__,toString\nquery@example.com,Ada,Lovelace,ACME\n'
  const send = (mapping: string) =>
    server.request(`POST /v1/imports?mapping=${encodeURIComponent(mapping)}`, {
      key,
      raw: Buffer.from(file),
      headers: { 'content-type': 'text/csv' },
    })
  const wrong = await send('{"constructor":"nowhere"}')
  expect([wrong.status, wrong.json.errors]).toEqual([
    422,
    [{ path: 'mapping.constructor', message: expect.stringMatching(/^Use a column of a lead/) }],
  ])
  const sent = await send('{"constructor":"firstName","__proto__":"lastName","toString":"company"}')
  expect(sent.json).toMatchObject({ created: 1, failed: 0, ignoredColumns: [] })
  const { data } = (await ask('GET /v1/leads?email=query@example.com')).json
  expect(data).toMatchObject([{ firstName: 'Ada', lastName: 'Lovelace', company: 'ACME' }])
})
