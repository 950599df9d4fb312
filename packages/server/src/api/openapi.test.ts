import { contract } from '@leadnest/core/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server.close())

test('the document has every route of the contract, its parameters and its answers', async () => {
  const { json } = await server.request('GET /openapi.json')
  const printed = Object.entries(json.paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(printed.sort()).toEqual(Object.keys(contract).sort())
  expect(json.openapi).toBe('3.1.0')
  expect(json.paths['/v1/leads'].get.parameters.map(({ name }: { name: string }) => name)).toEqual([
    'limit',
    'cursor',
    'sort',
    'q',
    'email',
    'filter',
    'segment',
    'count',
  ])
  expect(
    json.paths['/v1/forms/{slug}/submissions'].post.responses['201'].content['application/json'].schema.properties
      .status.enum,
  ).toEqual(['accepted', 'held'])
})

test('every route of the contract is mounted', async () => {
  for (const route of Object.keys(contract)) {
    const { status, json } = await server.request(
      route.replace(':slug', 'contact').replace(':id', 'x'),
      route.startsWith('POST') ? { raw: '{' } : {},
    )
    // One that is not mounted: the path is in the contract, so its method is said to be wrong.
    expect(status, route).not.toBe(405)
    expect(json?.detail, route).not.toBe('There is nothing at this address.')
  }
})
