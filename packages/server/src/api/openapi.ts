import { contract, type Endpoint } from '@leadnest/core/contract'
import { toJsonSchema } from '@valibot/to-json-schema'
import type { GenericSchema } from 'valibot'

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}
const refusal = {
  description: 'Refused; `code` says why and `detail` what to do',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

/** The contract, printed as OpenAPI 3.1. */
export function openapi({ publicBaseUrl }: { publicBaseUrl: string }) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [route, endpoint] of Object.entries<Endpoint>(contract)) {
    const [method, path] = route.split(' ') as [string, string]
    const item = (paths[path.replace(/:(\w+)/g, '{$1}')] ??= {})
    item[method.toLowerCase()] = operation(method, path, endpoint)
  }
  return {
    openapi: '3.1.0',
    info: { title: 'LeadNest', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicBaseUrl }],
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token, or a key ln_sk_… (forms also take ln_pk_…)',
        },
      },
      schemas: { Problem: problem },
    },
    paths,
  }
}

function operation(
  method: string,
  path: string,
  { summary, access, query, body, returns, status = 200, answers = 'application/json' }: Endpoint,
) {
  const parameters = query ? jsonSchema(query, 'input') : undefined
  const required = new Set(parameters?.required)
  return {
    operationId: [method.toLowerCase(), ...path.split('/').slice(2)].map((part) => part.replace(/\W/g, '')).join('_'),
    summary,
    security: access === 'anyone' ? [] : access === 'form' ? [{}, { bearer: [] }] : [{ bearer: [] }],
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
        in: 'path',
        name,
        required: true,
        schema: { type: 'string' },
      })),
      ...Object.entries(parameters?.properties ?? {}).map(([name, schema]) => ({
        in: 'query',
        name,
        required: required.has(name),
        schema,
      })),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body, 'input') } } },
    }),
    responses: {
      [status]: { description: 'Done', content: { [answers]: { schema: jsonSchema(returns, 'output') } } },
      '4XX': refusal,
      '5XX': refusal,
    },
  }
}

const jsonSchema = (schema: GenericSchema, typeMode: 'input' | 'output') => {
  const { $schema: _, ...rest } = toJsonSchema(schema, { typeMode, errorMode: 'ignore' })
  return rest
}
