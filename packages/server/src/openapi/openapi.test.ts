import { parse } from '@leadnest/core'
import { contract, type Endpoint } from '@leadnest/core/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
// biome-ignore lint/suspicious/noExplicitAny: a document is read by its paths
let document: any
beforeAll(async () => {
  server = await testServer()
  document = (await server.request('GET /openapi.json')).json
})
afterAll(() => server.close())

const routes = Object.entries<Endpoint>(contract)
const operationOf = (route: string) => {
  const [method, path] = route.split(' ') as [string, string]
  return document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
}

test('the document has every route of the contract, its parameters and its answers', () => {
  const printed = Object.entries(document.paths as Record<string, object>).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  )
  expect(printed.sort()).toEqual(Object.keys(contract).sort())
  expect(document.openapi).toBe('3.1.0')
  const sent = operationOf('POST /v1/forms/:slug/submissions')
  expect(sent.responses['201'].content['application/json'].schema.properties.status.enum).toEqual(['accepted', 'held'])
})

describe('a route says who may, what it takes, what it answers and refuses:', () => {
  test.each(routes)('%s', (route, endpoint) => {
    const { summary, tags, security, parameters, requestBody, responses } = operationOf(route)
    expect(summary).toBe(endpoint.summary)
    expect(document.tags.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(tags))
    if (endpoint.access.includes(':')) expect(security).toEqual([{ bearer: [endpoint.access] }])

    type Parameter = { name?: string; description?: string }
    const nameless = (parameters as Parameter[]).filter(({ name, description }) => name && !description)
    expect(nameless, 'parameters that openapi/words.ts does not describe').toEqual([])

    if (endpoint.body) parse(endpoint.body, requestBody.content['application/json'].example)
    const { content } = responses[String(endpoint.status ?? 200)]
    if (content) parse(endpoint.returns, Object.values<{ example: unknown }>(content)[0]!.example)
    for (const status of ['401', '403', '422', '429', '500', '503']) expect(responses).toHaveProperty(status)
    for (const code of endpoint.errors ?? []) expect(JSON.stringify(responses)).toContain(`/examples/${code}"`)
  })
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

test('statuses and headers that are a route’s own are there', () => {
  expect(Object.keys(operationOf('POST /v1/leads').responses)).toEqual(expect.arrayContaining(['200', '201']))
  expect(operationOf('POST /v1/leads').responses['201'].headers).toHaveProperty('Idempotency-Replayed')
  const form = operationOf('GET /v1/forms/:slug')
  expect(form.responses['304']).toEqual({ description: expect.any(String), headers: form.responses['200'].headers })
  expect(Object.keys(form.responses['304'].headers)).toEqual(expect.arrayContaining(['ETag', 'LeadNest-Form-Token']))
  expect(form.parameters).toContainEqual({ $ref: '#/components/parameters/If-None-Match' })
  expect(operationOf('GET /v1/events/stream').parameters).toContainEqual({
    $ref: '#/components/parameters/Last-Event-ID',
  })
})

test('everything that is named is defined', () => {
  const named = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)]
  expect(named.filter(([, kind, name]) => !document.components[kind!]?.[name!])).toEqual([])
  expect(named.length).toBeGreaterThan(100)
})
