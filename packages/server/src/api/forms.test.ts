import { contactForm, createWorkspace, insertForm, listLeads, listSubmissions, listTimeline } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
})
afterAll(() => server.close())

const own = { origin }
const submit = 'POST /v1/forms/contact/submissions'

async function freshToken(): Promise<string> {
  const { headers } = await server.request('GET /v1/forms/contact')
  time += 3000
  return headers.get('leadnest-form-token')!
}

const leadOf = async (email: string) =>
  (await listLeads(server.nest, server.nest.workspaceId, { limit: 50, sort: '-createdAt', email })).data[0]

test('a proxy that made our version weak still gets a 304', async () => {
  const { headers } = await server.request('GET /v1/forms/contact')
  const again = await server.request('GET /v1/forms/contact', {
    headers: { 'if-none-match': `"x", W/${headers.get('etag')}` },
  })
  expect([again.status, again.headers.get('leadnest-form-token')]).toEqual([304, expect.any(String)])
})

test('a form is read with a fresh token each time, and a 304 has one too', async () => {
  const first = await server.request('GET /v1/forms/contact')
  expect(first.json).toMatchObject({
    slug: 'contact',
    fields: [{ name: 'name' }, { name: 'email', required: true }, { name: 'phone' }, { name: 'message' }],
  })
  expect(first.json).not.toHaveProperty('origins')

  const second = await server.request('GET /v1/forms/contact', {
    headers: { 'if-none-match': first.headers.get('etag')! },
  })
  expect([second.status, second.text]).toEqual([304, ''])
  const tokens = [first, second].map(({ headers }) => headers.get('leadnest-form-token'))
  expect(new Set(tokens).size).toBe(2)
  expect(tokens).not.toContain(null)
})

test('a visitor on our own page makes a lead with its timeline', async () => {
  const { status, json } = await server.request(submit, {
    headers: own,
    body: {
      fields: { name: 'Ada', email: 'Ada@example.com' },
      token: await freshToken(),
      trap: '',
      attribution: {
        utmSource: 'news',
        utmId: '7',
        gbraid: 'g',
        ttclid: 't',
        referrer: 'https://example.com/',
        landingPage: 'https://example.com/a',
      },
    },
  })

  expect([status, json]).toEqual([201, { id: expect.any(String), status: 'accepted', receipt: expect.any(String) }])
  const lead = (await leadOf('ada@example.com'))!
  expect(lead.attribution.first).toMatchObject({ utmSource: 'news', ttclid: 't' })
  const { data } = await listTimeline(server.nest, server.nest.workspaceId, lead.id)
  expect(data).toMatchObject([
    {
      type: 'lead.captured',
      actor: { type: 'visitor' },
      source: 'form',
      data: { submissionId: json.id, formName: 'Contact' },
    },
  ])
})

describe('who may submit:', () => {
  const body = { fields: { email: 'who@example.com' } }

  test('a page that nobody listed may not, is told its own name, and may read that', async () => {
    const { status, json, headers } = await server.request(submit, {
      body,
      headers: { origin: 'https://shop.example' },
    })
    expect([status, json.code]).toEqual([403, 'origin_not_allowed'])
    expect(json.detail).toContain('https://shop.example')
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(headers.get('vary')).toContain('Origin')
    expect(headers.get('access-control-allow-credentials')).toBeNull()
  })

  test.each([undefined, 'null', 'http://localhost:3000.evil.example', 'http://localhost:30000'])(
    'not one with the origin %s',
    async (from) => {
      const headers: Record<string, string> = from === undefined ? {} : { origin: from }
      const answer = await server.request(submit, { body, headers })
      expect([answer.status, answer.json.code]).toEqual([403, 'origin_not_allowed'])
    },
  )

  test('a listed page may, and a look-alike of it may not', async () => {
    const { workspaceId } = server.nest
    const form = await server.nest.inWorkspace(workspaceId, (tx) =>
      insertForm(tx, workspaceId, { ...contactForm, slug: 'listed', origins: ['https://shop.example'] }),
    )
    const listed = `POST /v1/forms/${form}/submissions`
    expect((await server.request(listed, { body, headers: { origin: 'https://shop.example' } })).status).toBe(201)
    expect(
      (await server.request(listed, { body, headers: { origin: 'https://shop.example.evil.example' } })).json.code,
    ).toBe('origin_not_allowed')
  })

  test('a publishable key may from anywhere, and nothing else with it', async () => {
    const key = await server.nest.key({ kind: 'publishable' })
    const { status, json } = await server.request(submit, {
      body: { ...body, token: await freshToken() },
      key,
      headers: { origin: 'https://anywhere.example' },
    })
    expect([status, json.status]).toEqual([201, 'accepted'])
    expect((await server.request('GET /v1/leads', { key })).json).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await server.request('GET /v1/me', { key })).json).toMatchObject({ status: 403, code: 'forbidden' })
  })

  test('a trusted server is not judged as a bot', async () => {
    const { json } = await server.request(submit, {
      body: { fields: { email: 'trusted@example.com' } },
      key: await server.nest.key(),
    })
    expect(json.status).toBe('accepted')
    const lead = (await leadOf('trusted@example.com'))!
    expect((await listTimeline(server.nest, server.nest.workspaceId, lead.id)).data[0]).toMatchObject({
      actor: { type: 'key' },
      source: 'api',
    })
  })

  test('a credential that may not write leads may not write them through a form either', async () => {
    await server.nest.user({ email: 'viewer@example.com', password: 'correct horse battery', role: 'viewer' })
    const { accessToken } = (
      await server.request('POST /v1/auth/login', {
        body: { email: 'viewer@example.com', password: 'correct horse battery' },
      })
    ).json
    for (const key of [accessToken, await server.nest.key({ scopes: ['leads:read'] })]) {
      expect((await server.request(submit, { body, key })).json).toMatchObject({ status: 403, code: 'forbidden' })
    }
  })

  test('a wrong key is told so, even where none is needed', async () => {
    const answer = await server.request(submit, { body, key: 'ln_sk_wrong', headers: own })
    expect([answer.status, answer.json.code, answer.headers.get('www-authenticate')]).toEqual([
      401,
      'unauthenticated',
      'Bearer realm="LeadNest"',
    ])
  })

  test("another workspace's key finds its own form of that name", async () => {
    const other = await createWorkspace(server.nest, { name: 'Other' })
    const key = await server.nest.key({ workspaceId: other.id })
    await server.request(submit, { body: { fields: { email: 'elsewhere@example.com' } }, key })
    expect(await leadOf('elsewhere@example.com')).toBeUndefined()
    expect(
      (await listLeads(server.nest, other.id, { limit: 50, sort: '-createdAt', email: 'elsewhere@example.com' })).data,
    ).toHaveLength(1)
  })

  test('in production the Host of a request is no reason', async () => {
    const production = await testServer({ production: true })
    const headers = { origin: 'http://leads.internal', host: 'leads.internal' }
    expect((await production.request(submit, { body, headers })).json.code).toBe('origin_not_allowed')
    expect((await server.request(submit, { body, headers })).status).toBe(201)
    await production.close()
  })
})

test('every page gets the preflight of a form, and only listed ones that of the rest', async () => {
  const preflight = (path: string, from: string) =>
    server.request(`OPTIONS ${path}`, { headers: { origin: from, 'access-control-request-method': 'POST' } })
  const granted = await preflight('/v1/forms/contact/submissions', 'https://any.example')
  expect([granted.status, granted.headers.get('access-control-allow-origin')]).toEqual([204, 'https://any.example'])
  expect(granted.headers.get('access-control-allow-headers')).toContain('idempotency-key')
  expect((await preflight('/v1/leads', 'https://any.example')).headers.get('access-control-allow-origin')).toBeNull()
  expect((await preflight('/v1/leads', 'https://app.example.com')).headers.get('access-control-allow-origin')).toBe(
    'https://app.example.com',
  )
})

describe('an Idempotency-Key', () => {
  const send = (key: string, body: object, path = submit) =>
    server.request(path, { body, headers: { ...own, 'idempotency-key': key } })

  test('sent a thousand times at once makes one submission, and is answered with the same bytes later', async () => {
    const body = { fields: { email: 'thousand@example.com' }, token: await freshToken() }
    const answers = await Promise.all(Array.from({ length: 1000 }, () => send('"many"', body)))
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]!.status).toBe(201)

    const later = await send('many', body)
    expect([later.status, later.text, later.headers.get('idempotency-replayed')]).toEqual([
      201,
      answers[0]!.text,
      'true',
    ])
    const lead = (await leadOf('thousand@example.com'))!
    expect((await listSubmissions(server.nest, server.nest.workspaceId, { leadId: lead.id })).data).toHaveLength(1)
  })

  test('with another body, query or form is refused', async () => {
    const body = { fields: { email: 'mismatch@example.com' } }
    await send('one', body)
    expect((await send('one', { fields: { email: 'other@example.com' } })).json).toMatchObject({
      status: 422,
      code: 'idempotency_mismatch',
    })
    const { id } = (await server.request('GET /v1/forms/contact')).json
    expect((await send('one', body, `POST /v1/forms/${id}/submissions`)).json.code).toBe('idempotency_mismatch')
  })

  test('of a refused submission may be used again', async () => {
    expect((await send('mended', { fields: { email: 'wrong' } })).status).toBe(422)
    expect((await send('mended', { fields: { email: 'right@example.com' } })).status).toBe(201)
  })
})
