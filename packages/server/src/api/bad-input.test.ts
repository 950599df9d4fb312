import { listLeads, listSubmissions } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
})
afterAll(() => server.close())

const submit = 'POST /v1/forms/contact/submissions'
const create = 'POST /v1/leads'
const json = (text: string | Uint8Array<ArrayBuffer>) => ({ raw: text })

/** What was sent, and what must come back: status, code, and the path of the field at fault. */
const cases: [
  name: string,
  route: string,
  init: Parameters<TestServer['request']>[1],
  status: number,
  code: string,
  path?: string,
][] = [
  ['malformed JSON', submit, json('{"fields":'), 400, 'invalid_json'],
  ['an empty body', submit, json(''), 400, 'invalid_json'],
  ['null', submit, json('null'), 422, 'invalid_input', ''],
  ['an array', submit, json('[{"fields":{}}]'), 422, 'invalid_input'],
  ['a list where every key is optional', 'PATCH /v1/leads/x', { raw: '[]' }, 422, 'invalid_input', ''],
  ['a number', submit, json('42'), 422, 'invalid_input', ''],
  [
    'U+0000 in a text',
    submit,
    json('{"fields":{"email":"a\\u0000@example.com"}}'),
    422,
    'invalid_input',
    'fields.email',
  ],
  ['U+0000 in a key', submit, json('{"fields":{"a\\u0000":"b"}}'), 422, 'invalid_input', 'fields'],
  [
    'a lone surrogate',
    submit,
    json('{"fields":{"name":"\\ud800","email":"a@example.com"}}'),
    422,
    'invalid_input',
    'fields.name',
  ],
  ['a lone surrogate for a lead', create, json('{"name":"\\udfff"}'), 422, 'invalid_input', 'name'],
  ['bytes that are no UTF-8', submit, json(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d])), 400, 'invalid_utf8'],
  ['70 KB', submit, json(JSON.stringify({ fields: { message: 'x'.repeat(70_000) } })), 413, 'body_too_large'],
  [
    'text/plain',
    submit,
    { raw: 'email=a@example.com', headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
  ],
  ['XML', create, { raw: '<lead/>', headers: { 'content-type': 'application/xml' } }, 415, 'unsupported_media_type'],
  ['20,000 levels', submit, json(`{"fields":${'['.repeat(20_000)}${']'.repeat(20_000)}}`), 422, 'invalid_input'],
  [
    'an unknown key',
    submit,
    { body: { fields: { email: 'a@example.com' }, status: 'accepted' } },
    422,
    'invalid_input',
    'status',
  ],
  [
    'a key that only we set',
    create,
    { body: { email: 'a@example.com', workspaceId: 'x' } },
    422,
    'invalid_input',
    'workspaceId',
  ],
  ['a score', create, { body: { email: 'a@example.com', score: 99 } }, 422, 'invalid_input', 'score'],
  ['no fields', submit, { body: {} }, 422, 'invalid_input', 'fields'],
  [
    '101 fields',
    submit,
    { body: { fields: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`f${i}`, 'x'])) } },
    422,
    'invalid_input',
    'fields',
  ],
  [
    '9 KB in one field',
    submit,
    { body: { fields: { email: 'a@example.com', message: 'x'.repeat(9000) } } },
    422,
    'invalid_input',
    'fields.message',
  ],
  ['an object in a field', submit, { body: { fields: { email: { $ne: '' } } } }, 422, 'invalid_input', 'fields.email'],
  ['__proto__', submit, json('{"fields":{"email":"a@example.com","__proto__":{"x":1}}}'), 422, 'invalid_input'],
  ['a missing required field', submit, { body: { fields: { name: 'Ada' } } }, 422, 'invalid_input', 'fields.email'],
  ['a lead of nobody', create, { body: { company: 'ACME' } }, 422, 'invalid_input', 'email'],
  ['an address with a path', create, { body: { email: 'ada@example.com/x' } }, 422, 'invalid_input', 'email'],
  ['an address with a line end', create, { body: { email: 'ada@exam\nple.com' } }, 422, 'invalid_input', 'email'],
  [
    'an empty idempotency key',
    submit,
    { body: { fields: { email: 'a@example.com' } }, headers: { 'idempotency-key': '""' } },
    400,
    'invalid_idempotency_key',
  ],
  [
    'a key of 256 characters',
    submit,
    { body: { fields: { email: 'a@example.com' } }, headers: { 'idempotency-key': 'k'.repeat(256) } },
    400,
    'invalid_idempotency_key',
  ],
  ['a bad UUID', 'GET /v1/leads/not-a-uuid', {}, 404, 'not_found'],
  ['a path that decodes to nothing', 'GET /v1/leads/%E0%A4%A', {}, 404, 'not_found'],
  ['a path with U+0000', 'GET /v1/leads/%00', {}, 404, 'not_found'],
  ['a form that decodes to nothing', 'GET /v1/forms/%E0%A4%A', {}, 404, 'not_found'],
  ['a form with U+0000', 'GET /v1/forms/%00', {}, 404, 'not_found'],
  ['a field with U+0000', 'PATCH /v1/fields/%00', { body: { label: 'X' } }, 404, 'not_found'],
  [
    'a report of before time began',
    'GET /v1/reports/speed-to-lead?from=1960-01-01&to=1960-01-31',
    {},
    422,
    'invalid_input',
    'from',
  ],
  [
    'a report of after it ends',
    'GET /v1/reports/speed-to-lead?from=9999-12-31&to=9999-12-31',
    {},
    422,
    'invalid_input',
    'from',
  ],
  [
    'a filter by a time that a zone moves out of the calendar',
    `GET /v1/leads?filter=${encodeURIComponent('createdAt > 9999-12-31T23:59:59-14:00')}`,
    {},
    422,
    'invalid_input',
    'filter',
  ],
  [
    'the same in a next action',
    'PATCH /v1/leads/x',
    { body: { nextAction: { text: 'Call', dueAt: '9999-12-31T23:59:59-14:00' } } },
    422,
    'invalid_input',
    'nextAction.dueAt',
  ],
  ['?limit=abc', 'GET /v1/leads?limit=abc', {}, 422, 'invalid_input', 'limit'],
  ['?limit=-1', 'GET /v1/leads?limit=-1', {}, 422, 'invalid_input', 'limit'],
  ['?limit=0', 'GET /v1/leads?limit=0', {}, 422, 'invalid_input', 'limit'],
  ['?limit=201', 'GET /v1/leads?limit=201', {}, 422, 'invalid_input', 'limit'],
  ['?sort of a column that is not offered', 'GET /v1/leads?sort=password', {}, 422, 'invalid_input', 'sort'],
  ['an unknown parameter', 'GET /v1/leads?limt=5', {}, 422, 'invalid_input', 'limt'],
  ['a cursor that is not ours', 'GET /v1/leads?cursor=eyJhIjoxfQ.x', {}, 422, 'invalid_cursor', 'cursor'],
  ['?q with U+0000', 'GET /v1/leads?q=%00', {}, 422, 'invalid_input', 'q'],
  ['?q that decodes to nothing', 'GET /v1/leads?q=%E0%A4%A', {}, 200, ''],
  ['no such route', 'GET /v1/nothing', {}, 404, 'not_found'],
  ['another method', 'DELETE /v1/leads', {}, 405, 'method_not_allowed'],
]

describe('bad input gets its own problem, and stores nothing:', () => {
  test.each(cases)('%s', async (_name, route, init, status, code, path) => {
    const answer = await server.request(route, { ...init, key, headers: { origin, ...init?.headers } })

    expect(answer.status, answer.text).toBe(status)
    if (status === 200) return
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
      requestId: answer.headers.get('x-request-id'),
    })
    expect(answer.text).not.toMatch(/at \w+ \(|\.ts:\d|select |insert |node_modules/)
    if (path !== undefined) expect(answer.json.errors.map((issue: { path: string }) => issue.path)).toContain(path)
    const { workspaceId } = server.nest
    expect((await listSubmissions(server.nest, workspaceId)).data).toEqual([])
    expect((await listLeads(server.nest, workspaceId, { limit: 50, sort: '-createdAt' })).data).toEqual([])
  })
})

test('another method is told which are allowed', async () => {
  const answer = await server.request('DELETE /v1/leads', { key })
  expect(answer.headers.get('allow')).toBe('GET, POST')
})
