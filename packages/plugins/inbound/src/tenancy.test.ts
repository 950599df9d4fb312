import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeApartness, type Row } from '../../../server/src/api/testing/tenancy.ts'
import type { endpoints } from './contract.ts'
import { bearer, type OpenInbound, openInbound } from './testing/open.ts'

let desk: OpenInbound
let theirKey: string
const theirs: Record<string, string> = {}

const matrix: Record<keyof typeof endpoints, Row> = {
  'GET /v1/inbound-sources': { none: 'it takes no id, and what it gives is tried below' },
  'POST /v1/inbound-sources': { none: 'its form may be a slug, so another’s id is tried below' },
  'GET /v1/inbound-sources/:id': { path: 'source' },
  'PATCH /v1/inbound-sources/:id': { path: 'source', body: { name: 'x' } },
  'DELETE /v1/inbound-sources/:id': { path: 'source' },
  'POST /v1/inbound-sources/:id/test': { path: 'source', body: { sample: {} } },
  'GET /v1/inbound-sources/:id/calls': { path: 'source' },
  'POST /v1/inbound-calls/:id/replay': { path: 'call' },
}

beforeAll(async () => {
  desk = await openInbound()
  const { id: other } = await createWorkspace(desk.nest, { name: 'Other' })
  theirKey = await desk.nest.key({ workspaceId: other })
  const form = { slug: 'theirs', name: 'Theirs', fields: [{ name: 'email', type: 'email', label: 'E-mail' }] }
  theirs.form = (await desk.ask('POST /v1/forms', form, theirKey)).json.id
  const source = (await desk.ask('POST /v1/inbound-sources', { name: 'x', kind: 'json', form: 'theirs' }, theirKey))
    .json
  theirs.source = source.id
  await desk.call(source, { email: 'ada@example.com' }, bearer(source))
  theirs.call = (await desk.ask(`GET /v1/inbound-sources/${source.id}/calls`, undefined, theirKey)).json.data[0].id
})
afterAll(() => desk.close())

describeApartness(matrix, () => ({ server: desk, key: desk.key, theirs }))

test('a list shows only what is of the workspace, and a form of another is none', async () => {
  expect((await desk.ask('GET /v1/inbound-sources')).json.data).toEqual([])
  expect((await desk.ask('GET /v1/inbound-sources', undefined, theirKey)).json.data).toHaveLength(1)
  const taken = await desk.ask('POST /v1/inbound-sources', { name: 'x', kind: 'json', form: theirs.form })
  expect(taken.json).toMatchObject({ code: 'unknown_reference', errors: [{ path: 'form' }] })
})
