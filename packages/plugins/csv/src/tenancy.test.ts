import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeApartness, type Row } from '../../../server/src/api/testing/tenancy.ts'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import type { csvEndpoints } from './contract.ts'
import { csv } from './index.ts'

let server: TestServer
let key: string
let theirKey: string
const theirs: Record<string, string> = {}

const matrix: Record<keyof typeof csvEndpoints, Row> = {
  'POST /v1/imports': { none: 'it takes no id' },
  'POST /v1/imports/preview': { none: 'it takes no id' },
  'GET /v1/imports': { query: 'cursor' },
  'GET /v1/imports/:id': { path: 'import' },
  'GET /v1/imports/:id/rejects.csv': { path: 'import' },
  'POST /v1/imports/:id/pause': { path: 'import' },
  'POST /v1/imports/:id/resume': { path: 'import' },
  'POST /v1/imports/:id/cancel': { path: 'import' },
  'POST /v1/imports/:id/undo': { path: 'import' },
  'POST /v1/exports': { body: {}, inBody: { segment: 'segment' } },
  'GET /v1/exports': { query: 'cursor' },
  'GET /v1/exports/:id': { path: 'export' },
  'GET /v1/exports/:id/file': { path: 'export' },
  'GET /v1/export-schedules': { none: 'it takes no id, and what it gives is tried below' },
  'POST /v1/export-schedules': { none: 'its segment is checked as that of an export' },
  'DELETE /v1/export-schedules/:id': { path: 'schedule' },
  'GET /v1/import-mappings': { none: 'it takes no id, and what it gives is tried below' },
  'POST /v1/import-mappings': { none: 'it takes no id' },
  'DELETE /v1/import-mappings/:id': { path: 'mapping' },
}

const send = (as: string, text: string) =>
  server.request('POST /v1/imports', { key: as, raw: text, headers: { 'content-type': 'text/csv' } })
const mapping = { name: 'Theirs', columns: ['Adr', 'Zahl'], mapping: { Adr: 'email', Zahl: 'company' } }

beforeAll(async () => {
  server = await testServer({ plugins: [csv()] })
  key = await server.nest.key()
  const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
  theirKey = await server.nest.key({ workspaceId: other })
  theirs.import = (await send(theirKey, 'email\ntheirs@example.com\nnobody\n')).json.id
  await send(theirKey, 'email\nmore@example.com\n')
  theirs.cursor = (await server.request('GET /v1/imports?limit=1', { key: theirKey })).json.nextCursor
  theirs.mapping = (await server.request('POST /v1/import-mappings', { key: theirKey, body: mapping })).json.id
  theirs.export = (await server.request('POST /v1/exports', { key: theirKey, body: {} })).json.id
  const monthly = { name: 'Theirs', cron: '0 7 1 * *', export: { all: true } }
  theirs.schedule = (await server.request('POST /v1/export-schedules', { key: theirKey, body: monthly })).json.id
  const segment = { name: 'Theirs', filter: 'stage = new' }
  theirs.segment = (await server.request('POST /v1/segments', { key: theirKey, body: segment })).json.id
})
afterAll(() => server.close())

describeApartness(matrix, () => ({ server, key, theirs }))

test('lists, and what is taken from them, are of the workspace alone', async () => {
  expect(theirs.cursor).toBeTruthy()
  for (const route of ['GET /v1/imports', 'GET /v1/exports', 'GET /v1/export-schedules', 'GET /v1/import-mappings']) {
    expect((await server.request(route, { key })).json.data).toEqual([])
    expect((await server.request(route, { key: theirKey })).json.data.length).toBeGreaterThan(0)
  }
  // Their mapping says nothing about a file of ours.
  const ours = await send(key, 'Adr,Zahl\nours@example.com,7\n')
  expect(ours.json.ignoredColumns).toEqual(['Zahl'])
  const found = await server.request('GET /v1/leads?email=ours@example.com', { key })
  expect(found.json.data).toMatchObject([{ company: null }])
})
