import { createWorkspace, newId } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  await server.nest.field('plan')
  await server.nest.field('size', 'number')
})
afterAll(() => server.close())

const create = (body: object, as = key) => server.request('POST /v1/leads', { body, key: as })

test('a lead is created once and updated afterwards, with what is sent overwriting and null clearing', async () => {
  const first = await create({
    email: ' ADA@Example.COM',
    firstName: 'Ada',
    lastName: 'Lovelace',
    company: 'Analytical',
    fields: { plan: 'pro' },
  })
  expect([first.status, first.json.email, first.json.name]).toEqual([201, 'ada@example.com', 'Ada Lovelace'])

  const second = await create({ email: 'ada@example.com', company: null, fields: { plan: 'free', size: 3 } })
  expect([second.status, second.json.id]).toEqual([200, first.json.id])
  expect(second.json).toMatchObject({ company: null, firstName: 'Ada', fields: { plan: 'free', size: 3 } })

  const timeline = await server.request(`GET /v1/leads/${first.json.id}/timeline`, { key })
  expect(timeline.json.data.map((event: { type: string }) => event.type)).toEqual(['lead.updated', 'lead.created'])
  expect(timeline.json.data[0]).toMatchObject({ actor: { type: 'key' }, source: 'api' })
})

test('an externalId is who somebody is, before the e-mail', async () => {
  const first = await create({ externalId: 'crm-1', email: 'one@example.com' })
  const taken = await create({ email: 'two@example.com' })
  const again = await create({ externalId: 'crm-1', email: 'two@example.com', name: 'One' })
  expect(again.json).toMatchObject({ id: first.json.id, email: 'one@example.com', name: 'One' })
  expect((await server.request(`GET /v1/leads/${taken.json.id}`, { key })).json.name).toBeNull()
})

test('a second externalId for somebody known by e-mail is not written', async () => {
  const first = await create({ externalId: 'crm-2', email: 'kept@example.com' })
  const again = await create({ externalId: 'crm-3', email: 'kept@example.com', name: 'Kept' })
  expect(again.json).toMatchObject({ id: first.json.id, externalId: 'crm-2', name: 'Kept' })
})

test('a lead without an identity is made once by the same Idempotency-Key, and another body is refused', async () => {
  const send = (name: string) =>
    server.request('POST /v1/leads', { body: { name }, key, headers: { 'idempotency-key': 'once' } })
  const answers = [await send('Nameless'), await send('Nameless'), await send('Nameless')]
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(2)
  expect((await send('Other')).json.code).toBe('idempotency_mismatch')
  expect((await server.request('GET /v1/leads?q=nameless', { key })).json.data).toHaveLength(1)
})

test('fifty equal requests at once make one lead', async () => {
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => create({ email: 'fifty@example.com', externalId: 'fifty' })),
  )
  expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1)
  expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(49)
})

describe('the list', () => {
  let other: string
  const list = (query: string, as = other) => server.request(`GET /v1/leads?${query}`, { key: as })
  const emails = (answer: { json: { data: { email: string }[] } }) => answer.json.data.map(({ email }) => email)

  beforeAll(async () => {
    const { id } = await createWorkspace(server.nest, { name: 'Listed' })
    other = await server.nest.key({ workspaceId: id })
    for (let i = 0; i < 7; i++)
      await create({ email: `l${i}@example.com`, name: i === 3 ? '100% Müller_x' : `Person ${i}` }, other)
  })

  test('is newest first, in pages that meet', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const page = await list(`limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
      seen.push(...emails(page))
      cursor = page.json.nextCursor
    } while (cursor)
    expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((i) => `l${i}@example.com`))
  })

  test('can be the other way round', async () => {
    expect(emails(await list('sort=createdAt&limit=2'))).toEqual(['l0@example.com', 'l1@example.com'])
  })

  test('finds a part of a name or an address, and takes % and _ as they are', async () => {
    expect(emails(await list('q=MÜLLER'))).toEqual(['l3@example.com'])
    expect(emails(await list(`q=${encodeURIComponent('100%')}`))).toEqual(['l3@example.com'])
    expect(emails(await list(`q=${encodeURIComponent('r_x')}`))).toEqual(['l3@example.com'])
    expect(emails(await list(`q=${encodeURIComponent('%')}`))).toEqual(['l3@example.com'])
    expect(emails(await list('q=l5@exam'))).toEqual(['l5@example.com'])
    expect(emails(await list('email=L2@example.com'))).toEqual(['l2@example.com'])
  })

  test("refuses the cursor of another list or of another workspace's", async () => {
    const { nextCursor } = (await list('limit=1')).json
    expect((await list(`sort=createdAt&limit=1&cursor=${nextCursor}`)).json.code).toBe('invalid_cursor')
    expect((await list(`limit=1&cursor=${nextCursor}`, key)).json.code).toBe('invalid_cursor')
  })
})

describe('workspaces are apart:', () => {
  test("another workspace's lead is answered as a random id is", async () => {
    const { id } = await createWorkspace(server.nest, { name: 'Apart' })
    const theirs = (await create({ email: 'theirs@example.com' }, await server.nest.key({ workspaceId: id }))).json.id
    const without = ({ text, json }: { text: string; json: { requestId: string } }) =>
      text.replaceAll(json.requestId, '')
    for (const path of ['', '/timeline']) {
      const foreign = await server.request(`GET /v1/leads/${theirs}${path}`, { key })
      const random = await server.request(`GET /v1/leads/${newId()}${path}`, { key })
      expect(foreign.status).toBe(404)
      expect(without(foreign)).toBe(without(random))
    }
    expect((await server.request('GET /v1/leads?q=theirs', { key })).json.data).toEqual([])
  })

  test('the same address is another lead in each', async () => {
    const { id } = await createWorkspace(server.nest, { name: 'Twin' })
    const theirs = await create({ email: 'twin@example.com' }, await server.nest.key({ workspaceId: id }))
    const ours = await create({ email: 'twin@example.com' })
    expect([theirs.status, ours.status]).toEqual([201, 201])
    expect(theirs.json.id).not.toBe(ours.json.id)
  })
})

test('a key does what its scopes say, and nothing once it is revoked', async () => {
  const reader = await server.nest.key({ scopes: ['leads:read'] })
  expect((await create({ email: 'no@example.com' }, reader)).json).toMatchObject({
    status: 403,
    code: 'forbidden',
    detail: expect.stringContaining('leads:write'),
  })
  expect((await server.request('GET /v1/leads', { key: reader })).status).toBe(200)

  const { listApiKeys, revokeApiKey } = await import('@leadnest/core')
  const { id } = (await listApiKeys(server.nest, server.nest.workspaceId)).find(({ hint }) => reader.endsWith(hint))!
  await revokeApiKey(server.nest, server.nest.workspaceId, id, {
    actor: { type: 'system', id: null, name: null },
    source: 'system',
  })
  expect((await server.request('GET /v1/leads', { key: reader })).json.code).toBe('unauthenticated')
})
