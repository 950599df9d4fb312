import { endpointsOf, type Plugin } from '@leadnest/core'
import { contract, type Endpoint, type ErrorCode } from '@leadnest/core/contract'
import { toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'
import { codes } from '../errors/codes.ts'
import { components } from './components.ts'
import { errorsOf, statusesOf } from './errors.ts'
import { exampleOf, type JsonSchema } from './examples.ts'
import { describeParameter, tagOf, tags } from './words.ts'

/** The contract, with what plugins add to it, printed as OpenAPI 3.1. */
export function openapi({ publicBaseUrl, plugins = [] }: { publicBaseUrl: string; plugins?: Plugin[] }) {
  const paths: Record<string, Record<string, unknown>> = {}
  const used = new Set<ErrorCode>()
  for (const [route, endpoint] of Object.entries<Endpoint>({ ...contract, ...endpointsOf(plugins) })) {
    const [method, path] = route.split(' ') as [string, string]
    const item = (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {})
    item[method.toLowerCase()] = operation(method, path, endpoint)
    for (const code of errorsOf(method, path, endpoint)) used.add(code)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'LeadNest',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
      description: `Errors are \`application/problem+json\`; each \`code\` has [a page](${publicBaseUrl}/errors).`,
    },
    servers: [{ url: publicBaseUrl }],
    tags: Object.entries({ ...tagsOf(plugins), ...tags }).map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }],
    components: components(publicBaseUrl, used),
    paths,
  }
}

/** Nouns that only plugins have. */
const tagsOf = (plugins: Plugin[]) =>
  Object.fromEntries(
    plugins.flatMap((plugin) =>
      Object.keys(endpointsOf([plugin])).map((route) => [
        tagOf(route.split(' ')[1]!),
        `From the plugin ${plugin.name}.`,
      ]),
    ),
  )

function operation(method: string, path: string, endpoint: Endpoint) {
  const { summary, access, body, uploads } = endpoint
  return {
    operationId: [method.toLowerCase(), ...path.split('/').slice(2)].map((part) => part.replace(/\W/g, '')).join('_'),
    tags: [tagOf(path)],
    summary,
    description: accessOf(access),
    security: securityOf(access),
    parameters: parametersOf(method, path, endpoint),
    ...(body && {
      requestBody: { required: true, content: { 'application/json': media(body, 'input', endpoint.example) } },
    }),
    ...(uploads && {
      requestBody: {
        required: true,
        content: Object.fromEntries(uploads.map((type) => [type, uploadOf(type, endpoint.example)])),
      },
    }),
    responses: {
      ...successes(method, endpoint),
      ...refusals(errorsOf(method, path, endpoint)),
    },
  }
}

/** Whether it takes an Idempotency-Key. */
const isRepeatable = (method: string, { showsSecret }: Endpoint) => method !== 'GET' && !showsSecret

function successes(method: string, endpoint: Endpoint) {
  const { returns, answers = 'application/json', tells = [] } = endpoint
  const names = ['RateLimit', 'RateLimit-Policy', 'x-request-id', ...tells]
  const headers = headersOf(...names, ...(isRepeatable(method, endpoint) ? ['Idempotency-Replayed'] : []))
  return Object.fromEntries(
    statusesOf(endpoint).map((status) => {
      if (status === 304) return [status, { description: 'What the caller has is still right', headers }]
      const content = status !== 204 && { content: { [answers]: media(returns, 'output') } }
      return [status, { description: 'Done', headers, ...content }]
    }),
  )
}

function accessOf(access: Endpoint['access']): string {
  if (access === 'anyone') return 'Needs no credential.'
  if (access === 'form')
    return 'From a page that the form lists, or with a publishable key, a secret key or an access token.'
  if (access === 'user') return 'With an access token or a secret key, whatever its scopes.'
  return `With an access token or a secret key that has the scope \`${access}\`.`
}

function securityOf(access: Endpoint['access']) {
  if (access === 'anyone') return []
  if (access === 'form') return [{}, { publishableKey: [] }, { bearer: [] }]
  return [{ bearer: access === 'user' ? [] : [access] }]
}

function parametersOf(method: string, path: string, endpoint: Endpoint) {
  const { query, reads = [], parameters = {} } = endpoint
  const known = query ? jsonSchema(query, 'input') : undefined
  const required = new Set(known?.required)
  return [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
      in: 'path',
      name,
      required: true,
      description: parameters[name!] ?? describeParameter(name!, path),
      schema: { type: 'string' },
    })),
    ...Object.entries(known?.properties ?? {}).map(([name, schema]) => ({
      in: 'query',
      name,
      required: required.has(name),
      description: parameters[name] ?? describeParameter(name, path),
      schema,
    })),
    ...[...(isRepeatable(method, endpoint) ? ['Idempotency-Key'] : []), ...reads].map((name) => ({
      $ref: `#/components/parameters/${name}`,
    })),
  ]
}

function media(schema: GenericSchema, typeMode: 'input' | 'output', example?: unknown) {
  const printed = jsonSchema(schema, typeMode)
  return { schema: printed, example: example ?? exampleOf(printed) }
}

/** A file as it is; as a part of a form, beside what stands in the query elsewhere; or as JSON. */
function uploadOf(type: string, example?: object) {
  if (type === 'application/json') return { schema: { type: 'object' }, ...(example && { example }) }
  const file = { type: 'string', format: 'binary' }
  return { schema: type === 'multipart/form-data' ? { type: 'object', properties: { file } } : file }
}

/** One answer for each status, with an example for each of its codes. */
function refusals(errors: ErrorCode[]) {
  const byStatus = Object.groupBy(errors, (code) => codes[code].status)
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, list = []]) => [
      status,
      {
        description: list.map((code) => `\`${code}\`: ${codes[code].means}`).join('\n\n'),
        headers: headersOf('x-request-id', ...(list.some((code) => retried.has(code)) ? ['Retry-After'] : [])),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/Problem' },
            examples: Object.fromEntries(list.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
          },
        },
      },
    ]),
  )
}

const retried = new Set<ErrorCode>(['rate_limited', 'unavailable', 'idempotency_in_flight'])

const headersOf = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))

export function jsonSchema(schema: GenericSchema, typeMode: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode, errorMode: 'ignore', target: 'draft-2020-12' })
  return withoutEmpty(rest as JsonSchema)
}

/**
 * A check that is code prints as a schema of everything, which says nothing in an allOf. What is secret is written and never
 * read; the rest of our metadata is about forms in the admin.
 */
function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpty) as T
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).flatMap(([key, part]) => {
    // A property may be called so; its schema is no mere `true`.
    if (key === 'secret' && part === true) return [['writeOnly', true]]
    if (key === 'multiline' && part === true) return []
    const kept = key === 'allOf' && Array.isArray(part) ? part.filter((one) => Object.keys(one).length > 0) : part
    return Array.isArray(kept) && key === 'allOf' && kept.length === 0 ? [] : [[key, withoutEmpty(kept)]]
  })
  // Readers of documents want to be told of the items of a pair as well.
  if ('prefixItems' in value && !('items' in value)) entries.push(['items', {}])
  return Object.fromEntries(entries) as T
}
