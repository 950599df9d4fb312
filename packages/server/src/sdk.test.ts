import { listSubmissions } from '@leadnest/core'
import { createLeadNest, LeadNestError } from '@leadnest/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

let server: TestServer
let leadnest: ReturnType<typeof createLeadNest>
let url: string

beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
  leadnest = createLeadNest({ url, key: await server.nest.key() })
})
afterAll(() => server.close())

test('a lead is created, read, listed and walked through over HTTP', async () => {
  await server.nest.field('plan')
  const created = await leadnest.leads.create({ email: 'sdk@example.com', name: 'Sdk', fields: { plan: 'pro' } })
  expect(await leadnest.leads.get(created.id)).toEqual(created)

  for (let i = 0; i < 5; i++) await leadnest.leads.create({ email: `sdk${i}@example.com` })
  const { data, nextCursor } = await leadnest.leads.list({ limit: 2 })
  expect(data.map(({ email }) => email)).toEqual(['sdk4@example.com', 'sdk3@example.com'])
  expect(nextCursor).toEqual(expect.any(String))

  const seen: (string | null)[] = []
  for await (const lead of leadnest.leads.each({ limit: 2, q: 'sdk' })) seen.push(lead.email)
  expect(seen).toEqual([4, 3, 2, 1, 0].map((i) => `sdk${i}@example.com`).concat('sdk@example.com'))
})

test('a form is read and submitted by a server, and the same key is one submission', async () => {
  const form = await leadnest.forms.get('contact')
  expect(form).toMatchObject({ slug: 'contact', token: expect.any(String) })
  const send = () =>
    leadnest.forms.submit('contact', { fields: { email: 'form@example.com' } }, { idempotencyKey: 'the same' })
  const [first, second] = await Promise.all([send(), send()])
  expect(first.status).toBe('accepted')
  expect(second).toEqual(first)
  const [lead] = (await leadnest.leads.list({ email: 'form@example.com' })).data
  expect((await listSubmissions(server.nest, server.nest.workspaceId, { leadId: lead!.id })).data).toHaveLength(1)
  expect((await leadnest.leads.timeline(lead!.id)).data.map(({ type }) => type)).toEqual(['lead.captured'])
})

test('a refusal is an error with its code, its fields and the request id', async () => {
  const refused = await leadnest.leads.create({ email: 'not an address' }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(LeadNestError)
  expect(refused).toMatchObject({
    code: 'invalid_input',
    status: 422,
    errors: [{ path: 'email', message: expect.stringContaining('name@example.com') }],
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  await expect(leadnest.leads.get('nobody')).rejects.toMatchObject({ code: 'not_found', status: 404 })
  await expect(createLeadNest({ url, key: 'ln_sk_nothing' }).me()).rejects.toMatchObject({
    code: 'unauthenticated',
    status: 401,
  })
})

test('a second workspace is made by its owner and says so', async () => {
  await server.nest.user({ email: 'owner@example.com', password: 'correct horse battery' })
  const { accessToken } = (
    await server.request('POST /v1/auth/login', {
      body: { email: 'owner@example.com', password: 'correct horse battery' },
    })
  ).json
  const owner = createLeadNest({ url, key: accessToken })
  const workspace = await owner.workspaces.create({ name: 'Second' })
  expect((await owner.me()).workspaces.map(({ id }) => id)).toContain(workspace.id)
})
