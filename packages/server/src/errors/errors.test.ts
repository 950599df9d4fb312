import { afterAll, beforeAll, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'
import { codes } from './codes.ts'

let server: TestServer
let key: string
beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
})
afterAll(() => server.close())

test.each(Object.keys(codes))('%s has a page that says what it means and what to do', async (code) => {
  const { means, mend, status } = codes[code as keyof typeof codes]
  const page = await server.request(`GET /errors/${code}`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
  for (const text of [code, means, mend].map((text) => text.replaceAll("'", '&#39;'))) expect(page.text).toContain(text)
  expect(page.text).toContain(`Status ${status}`)
  expect((await server.request('GET /errors')).text).toContain(`href="/errors/${code}"`)
})

test('what the type of a problem names is there to be read', async () => {
  const { json } = await server.request('GET /v1/leads')
  expect(json.type).toBe(`${origin}/errors/unauthenticated`)
  expect((await server.request(`GET ${new URL(json.type).pathname}`)).status).toBe(200)
  expect((await server.request('GET /errors/constructor')).json.code).toBe('not_found')
})

test('docs/errors.md says the same; `npx vitest run errors -u` writes it', async () => {
  const rows = Object.entries(codes).map(
    ([code, { status, means, mend }]) => `| \`${code}\` | ${status} | ${means} ${mend} |`,
  )
  const page = `# Errors

What the API refuses, it answers as \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`detail\`, \`code\`, \`requestId\`, and
\`errors\`, a list of \`{ path, message }\`, where fields are at fault. Decide by \`code\`; \`type\` is its page on the server, and \`detail\` is
for people. This page is made of the same table, \`packages/server/src/errors/codes.ts\`.

| code | status | what it means, and what to do |
| --- | --- | --- |
${rows.join('\n')}
`
  await expect(page).toMatchFileSnapshot('../../../../docs/errors.md')
})

test.each([
  ['GET /v1', 404, 'not_found'],
  ['GET /v1/', 404, 'not_found'],
  ['GET /v1/leads/', 404, 'not_found'],
  ['GET //v1/leads', 404, 'not_found'],
  ['GET /V1/leads', 404, 'not_found'],
  ['GET /v1/leads/%', 404, 'not_found'],
  ['GET /v1/leads/%00', 404, 'not_found'],
  ['GET /v1/leads/%ff%fe', 404, 'not_found'],
  ['GET /v1/leads/%2e%2e%2f', 404, 'not_found'],
  ['GET /nothing', 404, 'not_found'],
  ['GET /%', 404, 'not_found'],
  ['PUT /v1/leads', 405, 'method_not_allowed', 'GET, POST'],
  ['PUT /v1/leads/%', 405, 'method_not_allowed', 'GET, PATCH, DELETE'],
  ['OPTIONS /v1/leads', 405, 'method_not_allowed', 'GET, POST'],
  ['PROPFIND /v1/tags', 405, 'method_not_allowed', 'GET'],
  ['GET /openapiXjson', 404, 'not_found'],
  ['POST /healthz', 405, 'method_not_allowed', 'GET'],
  ['DELETE /openapi.json', 405, 'method_not_allowed', 'GET'],
  ['POST /errors/internal', 405, 'method_not_allowed', 'GET'],
  ['POST /demo', 405, 'method_not_allowed', 'GET'],
] as [string, number, string, string?][])('%s is a problem: %i %s', async (route, status, code, allow) => {
  const answer = await server.request(route, { key })
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.json).toEqual({
    type: `${origin}/errors/${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    requestId: answer.headers.get('x-request-id'),
  })
  expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow ?? null])
})

test('HEAD has the headers of GET and no body', async () => {
  const head = (path: string) =>
    server.app.request(origin + path, { method: 'HEAD', headers: { authorization: `Bearer ${key}` } })
  const found = await head('/v1/leads')
  expect([found.status, found.headers.get('content-type'), await found.text()]).toEqual([200, 'application/json', ''])
  const refused = await head('/v1/nothing')
  expect([refused.status, refused.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
})

test('what nobody expected is a problem that tells nothing of the inside', async () => {
  await server.nest.pool.query('alter table leads rename to hidden')
  const broken = await server.request('GET /v1/leads', { key })
  await server.nest.pool.query('alter table hidden rename to leads')
  expect(broken.json).toMatchObject({ status: 500, code: 'internal', title: 'Internal Server Error' })
  expect(broken.text).not.toMatch(/leads|select|relation|\.ts/)
})
