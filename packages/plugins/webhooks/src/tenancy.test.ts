import { createWorkspace } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeApartness, type Row } from '../../../server/src/api/testing/tenancy.ts'
import type { endpoints } from './contract.ts'
import { type OpenWebhooks, openWebhooks } from './testing/open.ts'

let hooks: OpenWebhooks
const theirs: Record<string, string> = {}
let theirKey: string

const matrix: Record<keyof typeof endpoints, Row> = {
  'GET /v1/webhook-endpoints': { none: 'it takes no id, and what it gives is tried below' },
  'POST /v1/webhook-endpoints': { none: 'it takes no id' },
  'GET /v1/webhook-endpoints/:id': { path: 'endpoint' },
  'PATCH /v1/webhook-endpoints/:id': { path: 'endpoint', body: { description: 'x' } },
  'DELETE /v1/webhook-endpoints/:id': { path: 'endpoint' },
  'POST /v1/webhook-endpoints/:id/rotate-secret': { path: 'endpoint' },
  'POST /v1/webhook-endpoints/:id/test': { path: 'endpoint' },
  'POST /v1/webhook-endpoints/:id/enable': { path: 'endpoint' },
  'GET /v1/webhook-endpoints/:id/deliveries': { path: 'endpoint' },
  'POST /v1/webhook-endpoints/:id/replay': {
    path: 'endpoint',
    body: { from: '2027-01-31T00:00:00Z', to: '2027-02-01T00:00:00Z' },
  },
  'GET /v1/webhook-deliveries/:id': { path: 'delivery' },
  'POST /v1/webhook-deliveries/:id/retry': { path: 'delivery' },
}

beforeAll(async () => {
  hooks = await openWebhooks()
  const { id: other } = await createWorkspace(hooks.nest, { name: 'Other' })
  theirKey = await hooks.nest.key({ workspaceId: other })
  const { url } = await hooks.receiver()
  theirs.endpoint = (await hooks.ask('POST /v1/webhook-endpoints', { url }, theirKey)).json.id
  theirs.delivery = (await hooks.ask(`POST /v1/webhook-endpoints/${theirs.endpoint}/test`, undefined, theirKey)).json.id
})
afterAll(() => hooks.close())

describeApartness(matrix, () => ({ server: hooks, key: hooks.key, theirs }))

test('a list shows only what is of the workspace', async () => {
  expect((await hooks.ask('GET /v1/webhook-endpoints')).json.data).toEqual([])
  expect((await hooks.ask('GET /v1/webhook-endpoints', undefined, theirKey)).json.data).toHaveLength(1)
  expect((await hooks.ask(`GET /v1/webhook-deliveries/${theirs.delivery}`, undefined, theirKey)).json.status).toBe(
    'succeeded',
  )
})
