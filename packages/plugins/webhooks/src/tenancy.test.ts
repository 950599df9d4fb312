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

test('a cursor is of one log in one workspace, and the id of a delivery is none', async () => {
  const send = (endpoint: string, key?: string) =>
    hooks.ask(`POST /v1/webhook-endpoints/${endpoint}/test`, undefined, key)
  const log = (endpoint: string, query: string, key?: string) =>
    hooks.ask(`GET /v1/webhook-endpoints/${endpoint}/deliveries?limit=1${query}`, undefined, key)
  const { url } = await hooks.receiver()
  const { id: ours } = (await hooks.ask('POST /v1/webhook-endpoints', { url })).json
  for (const _ of [1, 2]) await send(ours)
  await send(theirs.endpoint!, theirKey)
  const cursorOf = async (...of: Parameters<typeof log>) => encodeURIComponent((await log(...of)).json.nextCursor)

  const [first, second] = [await log(ours, ''), await log(ours, `&cursor=${await cursorOf(ours, '')}`)]
  expect(second.json).toMatchObject({ data: [{ status: 'succeeded' }], nextCursor: null })
  expect(second.json.data[0].id).not.toBe(first.json.data[0].id)
  for (const foreign of [await cursorOf(theirs.endpoint!, '', theirKey), first.json.data[0].id, 'x'])
    expect((await log(ours, `&cursor=${foreign}`)).json.code).toBe('invalid_cursor')
})
