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
})
afterAll(() => server.close())

describeApartness(matrix, () => ({ server, key, theirs }))

test('lists, and what is taken from them, are of the workspace alone', async () => {
  expect(theirs.cursor).toBeTruthy()
  for (const route of ['GET /v1/imports', 'GET /v1/import-mappings']) {
    expect((await server.request(route, { key })).json.data).toEqual([])
    expect((await server.request(route, { key: theirKey })).json.data.length).toBeGreaterThan(0)
  }
  // Their mapping says nothing about a file of ours.
  const ours = await send(key, 'Adr,Zahl\nours@example.com,7\n')
  expect(ours.json.ignoredColumns).toEqual(['Zahl'])
  expect((await server.request('GET /v1/leads', { key })).json.data).toMatchObject([{ email: 'ours@example.com' }])
})
