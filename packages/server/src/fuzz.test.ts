import { contract } from '@leadnest/core/contract'
import { pigeon, pigeonPost } from '@leadnest/core/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openapi } from './openapi/document.ts'
import type { JsonSchema } from './openapi/examples.ts'
import { origin, type TestServer, testServer } from './testing.ts'

/** `npm run fuzz` sends 10,000; `npm test` a tenth. */
const requests = Number(process.env.LEADNEST_FUZZ_REQUESTS ?? 1000)
const seed = Number(process.env.LEADNEST_FUZZ_SEED ?? 20_261_125)

interface Operation {
  route: string
  parameters: { in: string; name: string; schema: JsonSchema }[]
  body: { schema: JsonSchema; example: unknown } | undefined
}

const { paths } = openapi({ publicBaseUrl: origin })
const operations: Operation[] = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item as Record<string, OperationObject>).map(([method, { parameters, requestBody }]) => ({
    route: `${method.toUpperCase()} ${path}`,
    parameters: parameters.filter(({ name }) => name),
    body: requestBody?.content['application/json'],
  })),
)
interface OperationObject {
  parameters: Operation['parameters']
  requestBody?: { content: Record<string, { schema: JsonSchema; example: unknown }> }
}

let server: TestServer
let key: string
let accessToken: string
/** Ids, keys and cursors that answers had, by the noun of their path. */
const seen = new Map<string, string[]>()

beforeAll(async () => {
  server = await testServer({ plugins: [pigeon()], outbound: pigeonPost().outbound })
  await renewCredentials()
})
afterAll(() => server.close())

let owners = 0
/** A request may delete the key, or the user, that sends it. */
async function renewCredentials(): Promise<void> {
  key = await server.nest.key()
  const owner = { email: `owner${++owners}@example.com`, password: 'correct horse battery' }
  await server.nest.user(owner)
  accessToken = (await server.request('POST /v1/auth/login', { body: owner })).json.accessToken
}

const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '\0',
    '\u0007',
    '\ud800',
    '\u202e',
    '%',
    '%00',
    "' or 1=1 --",
    '../..',
    '💥'.repeat(300),
    'x'.repeat(9000),
    'null',
    '-1',
    '1e400',
    '9'.repeat(40),
    '__proto__',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
)
const odd: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom(null, true, false, 0, -1, 1.5, 2 ** 31, 2 ** 63, -(2 ** 53), 1e308, [], {}, [[]], [null]),
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(50, 500).map(nested),
)

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let i = 0; i < depth; i++) value = [value]
  return value
}

/** Values that a schema takes, and now and then one that it does not. */
function someValue(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 19, arbitrary: rightValue(schema, name) }, { weight: 1, arbitrary: odd })
}

function rightValue(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  const choices = schema.anyOf ?? schema.oneOf
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (choices) return fc.oneof(...choices.map((one) => rightValue(one, name)))
  if (schema.allOf) return rightValue(schema.allOf[0]!, name)
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, part]) => [key, someValue(part, key)])),
        { requiredKeys: schema.required ?? [] },
      )
    case 'array':
      return fc.array(someValue(schema.items ?? {}, name), { minLength: schema.minItems ?? 0, maxLength: 3 })
    case 'integer':
    case 'number':
      return fc.integer({ min: Math.ceil(schema.minimum ?? 0), max: 1000 })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      return textOf(schema, name)
  }
}

function textOf(schema: JsonSchema, name: string): fc.Arbitrary<unknown> {
  // Which ids there are is known only when the request is sent.
  if (schema.format === 'uuid') return fc.nat().map((n) => `#${nouns[name] ?? ''}:${n}#`)
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern))
  if (name === 'email') return fc.nat({ max: 99 }).map((n) => `fuzz${n}@example.com`)
  if (name === 'phone') return fc.nat({ max: 99 }).map((n) => `+4420794609${String(n).padStart(2, '0')}`)
  if (/(At|Until|From|^at)$/.test(name)) return fc.constant('2026-11-24T09:00:00Z')
  if (/^(from|to)$/.test(name)) return fc.constantFrom('2026-11-01', '2026-11-24')
  const plain = fc.constantFrom('Ada', 'new', 'Café 💥', 'email is not empty')
  return fc.oneof(plain, fc.string({ unit: 'grapheme', maxLength: 60 }))
}

/** Whose ids a field takes; others take any. */
const nouns: Record<string, string> = { leadIds: 'leads', ids: 'leads', memberIds: 'members', ownerId: 'members' }

const withIds = (text: string) => text.replace(/#(\w*):(\d+)#/g, (_, noun, n) => anyId(Number(n), seen.get(noun)))

function anyId(n: number, known = [...seen.values()].flat()): string {
  return known[n % (known.length || 1)] ?? '019a7c3e-5b2a-7c41-9d0f-3a6b8e2f4c10'
}

/** What stands in a path: mostly something that is there. A number picks it when the request is sent. */
const inPath = fc.oneof(
  { weight: 9, arbitrary: fc.nat() },
  { weight: 1, arbitrary: oddText.filter((text) => text.length < 1000 && !/^\.{0,2}$/.test(text)) },
)

function namedInPath({ route }: Operation, name: string, picked: number | string): string {
  if (typeof picked === 'string') return picked
  return name === 'slug' ? 'contact' : anyId(picked, seen.get(route.split('/')[2]!))
}

type Credential = 'key' | 'user' | 'none' | 'wrong'

const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 29, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })

const requestTo = (operation: Operation) =>
  fc.record({
    operation: fc.constant(operation),
    path: fc.tuple(
      ...operation.parameters
        .filter(({ in: where }) => where === 'path')
        .map(({ name }) => fc.tuple(fc.constant(name), inPath)),
    ),
    query: fc.record(
      Object.fromEntries(
        operation.parameters
          .filter(({ in: where, name }) => where === 'query' && name !== 'wait')
          .map(({ name, schema }) => [name, someValue(schema, name)]),
      ),
      { requiredKeys: [] },
    ),
    asked: fc.integer({ min: 0, max: 3 }),
    body: operation.body
      ? fc.oneof(
          { weight: 3, arbitrary: fc.constant(operation.body.example) },
          { weight: 6, arbitrary: someValue(operation.body.schema, 'body') },
          { weight: 1, arbitrary: odd },
        )
      : fc.constant(undefined),
    raw: seldom(fc.string({ unit: 'binary', maxLength: 50 })),
    idempotencyKey: seldom(fc.constantFrom('k', '"k"', '', 'x'.repeat(300))),
    credential: fc.constantFrom(
      ...Array<Credential>(12).fill('key'),
      ...Array<Credential>(12).fill('user'),
      'none',
      'wrong',
    ),
  })

test(`${requests} requests made from the document: every route is reached, no answer is 5xx, every refusal is a problem`, {
  timeout: 1_200_000,
}, async () => {
  // A log-out, or a deletion of all that is there, would leave little to ask for; each route has its turn.
  const rounds = Math.ceil(requests / operations.length)
  const reached = new Set<string>()
  const succeeded = new Set<string>()
  let sent = 0
  let done = 0
  const broken: string[] = []
  const made = operations.map((operation, i) => fc.sample(requestTo(operation), { seed: seed + i, numRuns: rounds }))
  for (let round = 0; round < rounds; round++) {
    await plant(round)
    for (const samples of made) {
      const { operation, path, query, asked, body, raw, idempotencyKey, credential } = samples[round]!
      const named = path.map(([name, picked]) => namedInPath(operation, name, picked))
      const filled = path.reduce(
        (route, [name], i) => route.replace(`{${name}}`, () => encode(named[i]!)),
        operation.route,
      )
      const search = Object.entries(query)
        .slice(0, asked)
        .map(([name, value]) => `${name}=${encode(withIds(String(value)))}`)
        .join('&')
      const route = `${filled}${search && `?${search}`}`
      // A stream that is granted never ends.
      const endless = operation.route === 'GET /v1/events/stream'
      const answer = await server
        .request(route, {
          ...(credential === 'key' && !endless && { key }),
          ...(credential === 'user' && !endless && { key: accessToken }),
          ...(credential === 'wrong' && { key: 'ln_sk_wrong' }),
          ...(operation.body && { raw: raw ?? withIds(JSON.stringify(body ?? null)) }),
          headers: { origin, ...(idempotencyKey !== null && { 'idempotency-key': idempotencyKey }) },
        })
        .catch((error: Error) => void broken.push(`${route}\n${error.message}`))
      sent++
      reached.add(operation.route.replace(/\{(\w+)\}/g, ':$1'))
      if (!answer) continue
      if (answer.status < 300) {
        done++
        succeeded.add(operation.route)
        remember(operation, named[0], answer.json)
      }
      if (answer.status === 401 && (credential === 'key' || credential === 'user') && !endless) await renewCredentials()
      if (answer.status >= 500) broken.push(`${route}\n${JSON.stringify(body)?.slice(0, 500)}\n${answer.text}`)
    }
  }
  expect(broken).toEqual([])
  expect([...reached].sort()).toEqual(Object.keys(contract).sort())
  expect(succeeded.size / operations.length).toBeGreaterThanOrEqual(0.75)
  expect(done / sent).toBeGreaterThanOrEqual(0.3)
})

/** A lone surrogate has no UTF-8. */
function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80'
}

const pigeons = { enabled: true, settings: { account: 'A1', token: 'secret', number: '+15550001000' } }

/** So that there is something to ask for, whatever was deleted before. */
async function plant(round: number): Promise<void> {
  const phone = `+4420794${String(60_000 + round)}`
  const add = async (noun: string, route: string, body: object) => {
    const { json } = await server.request(route, { key, body })
    if (json?.id) seen.set(noun, [...(seen.get(noun) ?? []).slice(-20), json.id])
    return json?.id as string
  }
  const lead = await add('leads', 'POST /v1/leads', { email: `round${round}@example.com`, name: 'Ada' })
  await add('leads', 'POST /v1/leads', { phone })
  await add('leads', 'POST /v1/leads', { email: `round${round}@example.com`, phone })
  await server.request('PATCH /v1/plugins/pigeon', { key, body: pigeons })
  const writer = await add('leads', 'POST /v1/leads', { externalId: `${round}`, phone: `+4479460${10_000 + round}` })
  const later = { channel: 'sms', body: 'Hello', sendAt: new Date(Date.now() + 86_400_000).toISOString() }
  const { json: message } = await server.request(`POST /v1/leads/${writer}/messages`, { key, body: later })
  remember({ route: 'GET /v1/messages' }, undefined, message)
  remember({ route: 'GET /v1/conversations' }, undefined, { data: [{ id: message.conversationId }] })
  await add('notes', `POST /v1/leads/${lead}/notes`, { body: 'Call back' })
  await add('score-rules', 'POST /v1/score-rules', { name: `Round ${round}`, points: 1, filter: 'email is not empty' })
  await server
    .request('GET /v1/members', { key })
    .then(({ json }) => remember({ route: 'GET /v1/members' }, undefined, json))
}

/** The noun of what an operation answers. */
const answers: Record<string, string> = { bulk: 'jobs', merge: 'merges' }

function remember(
  { route }: Pick<Operation, 'route'>,
  id: string | undefined,
  json: { data?: unknown } | undefined,
): void {
  const last = route.split('/').findLast((part) => !part.startsWith('{'))!
  const noun = answers[last] ?? last
  const known = seen.get(noun) ?? []
  if (route.startsWith('DELETE'))
    return void seen.set(
      noun,
      known.filter((one) => one !== id),
    )
  const rows = Array.isArray(json?.data) ? json.data : [json]
  for (const row of rows as { id?: string; key?: string }[]) {
    const name = noun === 'fields' ? row?.key : row?.id
    if (typeof name === 'string' && !known.includes(name)) known.push(name)
  }
  seen.set(noun, known.slice(-20))
}
