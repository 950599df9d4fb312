import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createLeadNest } from './client.ts'
import { LeadNestError } from './errors.ts'
import { type Attempt, type ClientOptions, createRequest } from './request.ts'

const url = 'https://leads.example.com'
const server = setupServer()
let requests: Request[] = []

beforeAll(() => server.listen({ onUnhandledFrame: 'error' }))
afterEach(() => {
  server.resetHandlers()
  requests = []
})
afterAll(() => server.close())

const lead = { email: 'ada@example.com' }
const created = () => HttpResponse.json({ id: '1', ...lead }, { status: 201 })
const problem = (status: number, code: string, headers = {}, rest = {}) =>
  HttpResponse.json(
    { type: 'about:blank', title: 'No', status, detail: `It is ${code}.`, code, requestId: 'req-1', ...rest },
    { status, headers: { 'content-type': 'application/problem+json', 'x-request-id': 'req-1', ...headers } },
  )

/** The server gives these answers, one a request. */
function answering(...answers: (() => Response | Promise<Response>)[]) {
  server.use(
    http.all(`${url}/*`, async ({ request }) => {
      requests.push(request.clone())
      return answers[requests.length - 1]!()
    }),
  )
}

function create(options: Partial<ClientOptions> = {}, call = {}) {
  return createRequest({ url, backoff: 1, ...options })('POST /v1/leads', { body: lead }, call).then(({ data }) => data)
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('should throw'),
    (error) => error as LeadNestError,
  )
const keys = () => requests.map((request) => request.headers.get('idempotency-key'))

test('a POST carries the key, JSON and an idempotency key', async () => {
  answering(created)
  expect(await create({ key: 'ln_sk_1', url: `${url}/` })).toMatchObject(lead)
  expect(requests[0]!.headers.get('authorization')).toBe('Bearer ln_sk_1')
  expect(requests[0]!.headers.get('content-type')).toBe('application/json')
  expect(keys()[0]).toMatch(/^[\w-]{16,64}$/)
  expect(await requests[0]!.json()).toEqual(lead)
})

test('a form comes with its token, and without a key needs no preflight: no header is added', async () => {
  answering(() => HttpResponse.json({ slug: 'contact' }, { headers: { 'LeadNest-Form-Token': 't1' } }))
  expect(await createLeadNest({ url }).forms.get('contact')).toEqual({ slug: 'contact', token: 't1' })
  const safelisted = [
    'accept',
    'accept-encoding',
    'accept-language',
    'connection',
    'host',
    'sec-fetch-mode',
    'user-agent',
  ]
  expect(safelisted).toEqual(expect.arrayContaining([...requests[0]!.headers.keys()]))
})

test.each([408, 429, 500, 502, 503])('%i is tried again with the same key', async (status) => {
  answering(
    () => problem(status, 'unavailable'),
    () => problem(status, 'unavailable'),
    created,
  )
  expect(await create()).toMatchObject(lead)
  expect(keys()).toEqual([keys()[0], keys()[0], keys()[0]])
})

test('a lost connection is tried again with the same key, the caller’s where given', async () => {
  answering(() => HttpResponse.error(), created)
  expect(await create({}, { idempotencyKey: 'mine' })).toMatchObject(lead)
  expect(keys()).toEqual(['mine', 'mine'])
})

test('a request still in flight elsewhere is asked for again', async () => {
  answering(() => problem(409, 'idempotency_in_flight', { 'retry-after': '0' }), created)
  expect(await create()).toMatchObject(lead)
})

test.each([
  [400, 'invalid_json'],
  [401, 'unauthenticated'],
  [409, 'identity_taken'],
  [422, 'idempotency_mismatch'],
])('a refusal, %i %s, is not repeated', async (status, code) => {
  answering(() => problem(status, code))
  expect(await errorOf(create())).toMatchObject({ code, status })
  expect(requests).toHaveLength(1)
})

test('an error says what, where, and which request', async () => {
  const errors = [{ path: 'email', message: 'This is no e-mail address.' }]
  answering(() => problem(422, 'invalid_input', {}, { errors }))
  const error = await errorOf(create())
  expect(error).toBeInstanceOf(LeadNestError)
  expect(error).toMatchObject({ name: 'LeadNestError', message: 'It is invalid_input.', requestId: 'req-1', errors })
})

test('it gives up after maxRetries and throws the last refusal', async () => {
  answering(
    () => problem(503, 'unavailable'),
    () => problem(503, 'unavailable'),
  )
  expect(await errorOf(create({ maxRetries: 1 }))).toMatchObject({ code: 'unavailable', status: 503 })
  expect(requests).toHaveLength(2)
})

test('it waits as long as Retry-After says', async () => {
  answering(() => problem(503, 'unavailable', { 'retry-after': '0.05' }), created)
  const started = performance.now()
  await create()
  expect(performance.now() - started).toBeGreaterThanOrEqual(45)
})

test.each(['120', new Date(Date.now() + 120_000).toUTCString()])(
  'Retry-After %s is longer than anyone waits: it throws at once, with the time',
  async (wait) => {
    answering(() => problem(429, 'rate_limited', { 'retry-after': wait }))
    const error = await errorOf(create())
    expect(error.code).toBe('rate_limited')
    expect(error.retryAfter).toBeGreaterThan(100)
    expect(requests).toHaveLength(1)
  },
)

test('a server that does not answer is a timeout, after every try', async () => {
  answering(...Array.from({ length: 3 }, () => () => new Promise<Response>(() => {})))
  expect(await errorOf(create({ timeout: 20 }))).toMatchObject({ code: 'timeout', status: 0, requestId: null })
  expect(requests).toHaveLength(3)
})

test('a body that stops half-way is a lost connection', async () => {
  let tries = 0
  // Given as `fetch`: the mocked server would end the answer properly.
  const fetch = async () => (++tries === 1 ? new Response(brokenOff()) : created())
  expect(await create({ fetch })).toMatchObject(lead)
})

const brokenOff = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'))
      setTimeout(() => controller.error(new TypeError('terminated')), 5)
    },
  })

test('the caller’s signal ends a call in flight with its own reason', async () => {
  const controller = new AbortController()
  answering(() => {
    controller.abort(new Error('the visitor left'))
    return new Promise<Response>(() => {})
  })
  await expect(create({}, { signal: controller.signal })).rejects.toThrow('the visitor left')
  expect(requests).toHaveLength(1)
})

test('the caller’s signal ends a wait between tries', async () => {
  const controller = new AbortController()
  answering(() => problem(503, 'unavailable', { 'retry-after': '5' }))
  setTimeout(() => controller.abort(new Error('the visitor left')), 30)
  await expect(create({}, { signal: controller.signal })).rejects.toThrow('the visitor left')
})

test.each([
  [200, 'network', 1],
  [404, 'network', 1],
  [502, 'unavailable', 3],
])('a page of somebody else, status %i, is %s', async (status, code, tries) => {
  const page = () => HttpResponse.html('<h1>nginx</h1>', { status })
  answering(page, page, page)
  expect(await errorOf(create())).toMatchObject({ code, status })
  expect(requests).toHaveLength(tries)
})

test('each() reads page after page and keeps the search', async () => {
  answering(
    () => HttpResponse.json({ data: [{ id: '1' }, { id: '2' }], nextCursor: 'next' }),
    () => HttpResponse.json({ data: [{ id: '3' }], nextCursor: null }),
  )
  const ids: string[] = []
  for await (const { id } of createLeadNest({ url }).leads.each({ q: 'ada & co', limit: 2 })) ids.push(id)
  expect(ids).toEqual(['1', '2', '3'])
  expect(requests.map((request) => new URL(request.url).search)).toEqual([
    '?q=ada+%26+co&limit=2',
    '?q=ada+%26+co&limit=2&cursor=next',
  ])
})

test('the hooks are told of each try, and onRequest changes what is sent', async () => {
  answering(() => problem(503, 'unavailable'), created)
  const told: unknown[] = []
  await create({
    async onRequest({ url, init, attempt }) {
      told.push([url, init.method, attempt])
      init.headers.traceparent = `trace-${attempt}`
    },
    async onResponse({ response, attempt, duration, init }) {
      told.push([response.status, attempt, duration > 0, (init.headers as Record<string, string>).traceparent])
    },
  })
  expect(told).toEqual([
    [`${url}/v1/leads`, 'POST', 1],
    [503, 1, true, 'trace-1'],
    [`${url}/v1/leads`, 'POST', 2],
    [201, 2, true, 'trace-2'],
  ])
  expect(requests.map(({ headers }) => headers.get('traceparent'))).toEqual(['trace-1', 'trace-2'])
  expect(keys()).toEqual([keys()[0], keys()[0]])
})

test('onRequest may return another init; the call still ends by its signal', async () => {
  answering(created)
  const onRequest = ({ init }: Attempt) => ({ ...init, headers: { 'x-signed': 'yes' }, signal: null })
  await create({ onRequest })
  expect([...requests[0]!.headers.keys()]).not.toContain('idempotency-key')
  expect(requests[0]!.headers.get('x-signed')).toBe('yes')
  await expect(create({ onRequest }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})

test.each(['onRequest', 'onResponse'])(
  'what %s throws ends the call as it is, and nothing is tried again',
  async (hook) => {
    answering(created, created)
    const fault = new TypeError('a fault of the hook')
    const failing = () => {
      throw fault
    }
    expect(await errorOf(create({ [hook]: failing }))).toBe(fault)
    expect(requests).toHaveLength(hook === 'onRequest' ? 0 : 1)
  },
)

test('onResponse may read a clone', async () => {
  answering(created)
  const read: unknown[] = []
  const lead = await create({ onResponse: async ({ response }) => read.push(await response.clone().json()) })
  expect(read).toEqual([lead])
})

test.each(['', '.', '..'])('%j is no id: it would name another route', async (id) => {
  await expect(createLeadNest({ url }).leads.get(id)).rejects.toThrow('is no id')
})

test('fetch is looked up at the call, so a later patch counts, and one given is used instead', async () => {
  const answeringWith = (name: string) => async () => Response.json({ user: { name } })
  const [plain, given] = [createLeadNest({ url }), createLeadNest({ url, fetch: answeringWith('given') })]
  const before = globalThis.fetch
  globalThis.fetch = answeringWith('patched later')
  try {
    expect(await plain.me()).toEqual({ user: { name: 'patched later' } })
    expect(await given.me()).toEqual({ user: { name: 'given' } })
  } finally {
    globalThis.fetch = before
  }
})

test('a stream is handed on as it comes, whatever follows its type', async () => {
  const stream = () => new Response('id: 1\n\n', { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  answering(stream)
  const { data } = await createRequest({ url })('GET /v1/events/stream', { query: {} })
  expect(await new Response(data as unknown as ReadableStream).text()).toBe('id: 1\n\n')
})

test('a file is a stream that is read as it comes, whatever its type; the page of a proxy is none', async () => {
  const file = () => createLeadNest({ url, timeout: 50, maxRetries: 0 }).exports.file('1')
  for (const type of ['text/csv; charset=utf-8', 'application/json']) {
    requests = []
    let rest = (_: string) => {}
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const put = (text: string) => controller.enqueue(new TextEncoder().encode(text))
        put('email\n')
        rest = (text) => {
          put(text)
          controller.close()
        }
      },
    })
    answering(() => new HttpResponse(body, { headers: { 'content-type': type } }))
    const reader = (await file()).pipeThrough(new TextDecoderStream()).getReader()
    expect(await reader.read()).toEqual({ done: false, value: 'email\n' })
    rest('ada@example.com\n')
    expect(await reader.read()).toEqual({ done: false, value: 'ada@example.com\n' })
  }
  requests = []
  answering(() => HttpResponse.html('<p>Sign in'))
  expect(await errorOf(file())).toMatchObject({ code: 'network', status: 200 })
})
