import { acceptInvite, findInvite, findSession, signIn, sql } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
const password = 'correct horse battery'
const tokens: Record<string, string> = {}

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  for (const role of ['owner', 'admin', 'member'] as const) {
    const email = `${role}@example.com`
    await server.nest.user({ email, password, role })
    tokens[role] = (await server.request('POST /v1/auth/login', { body: { email, password } })).json.accessToken
  }
})
afterAll(() => server.close())

const invite = (email: string, role = 'member', key = tokens.owner!) =>
  server.request('POST /v1/invites', { key, body: { email, role } })
const list = async () => (await server.request('GET /v1/invites', { key: tokens.owner! })).json.data
const tokenOf = (link: string) => new URL(link).searchParams.get('token')!

test('an invite is shown once; somebody new joins by it, once', async () => {
  const { status, json } = await invite(' New@Example.com ')
  expect([status, json]).toEqual([
    201,
    {
      id: expect.any(String),
      email: 'new@example.com',
      role: 'member',
      invitedBy: 'owner@example.com',
      createdAt: new Date(time).toISOString(),
      expiresAt: new Date(time + 3_600_000).toISOString(),
      link: expect.stringMatching(/\/admin\/invite\?token=[0-9a-f]{32}_[\w-]{43}$/),
    },
  ])
  expect(json.link.startsWith(`${origin}/`)).toBe(true)
  const { link, ...shown } = json
  expect(await list()).toEqual([shown])
  const token = tokenOf(link)
  const stored = await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query(sql`select i::text from invites i`),
  )
  expect(JSON.stringify(stored)).not.toContain(token.split('_').slice(1).join('_'))

  await expect(acceptInvite(server.nest, { token, password: 'short' })).rejects.toMatchObject({ code: 'invalid_input' })
  const accepts = await Promise.allSettled(
    [1, 2, 3].map(() => acceptInvite(server.nest, { token, password, name: 'Newcomer' })),
  )
  const joined = accepts.filter((one) => one.status === 'fulfilled')
  expect(joined).toHaveLength(1)
  expect(await findSession(server.nest, joined[0]!.value.token)).toMatchObject({
    role: 'member',
    user: { email: 'new@example.com', name: 'Newcomer' },
  })
  expect(await list()).toEqual([])
  await expect(acceptInvite(server.nest, { token, password })).rejects.toMatchObject({ code: 'forbidden' })
  const events = await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ type: string }>(sql`
      select type from events where workspace_id = ${server.nest.workspaceId} and data->>'email' = 'new@example.com' order by xid`),
  )
  expect(events.map(({ type }) => type)).toEqual(['invite.created', 'member.added'])
})

test('somebody known joins with their own password, also after they had left', async () => {
  const { user } = (await server.request('GET /v1/me', { key: tokens.member! })).json
  await server.request(`DELETE /v1/members/${user.id}`, { key: tokens.owner! })
  time += 10
  const token = tokenOf((await invite(user.email, 'viewer')).json.link)
  expect(await findInvite(server.nest, token)).toMatchObject({ known: true, hasTotp: false, email: user.email })
  await expect(acceptInvite(server.nest, { token, password: 'wrong horse battery' })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  await acceptInvite(server.nest, { token, password })
  expect(
    await findSession(server.nest, (await signIn(server.nest, { email: user.email, password })).token),
  ).toMatchObject({
    role: 'viewer',
  })
})

test('an invite ends after an hour, when it is taken back, and with the next one', async () => {
  const [late, taken, first] = [
    (await invite('late@example.com')).json,
    (await invite('taken@example.com')).json,
    (await invite('twice@example.com')).json,
  ]
  const second = (await invite('twice@example.com', 'viewer')).json
  expect((await server.request(`DELETE /v1/invites/${taken.id}`, { key: tokens.owner! })).status).toBe(204)
  expect((await server.request(`DELETE /v1/invites/${taken.id}`, { key: tokens.owner! })).status).toBe(404)
  const open = async () =>
    Promise.all(
      [late, taken, first, second].map(async ({ link }) => Boolean(await findInvite(server.nest, tokenOf(link)))),
    )
  expect(await open()).toEqual([true, false, false, true])
  time += 3_600_000
  for (const role of ['owner', 'admin'] as const)
    tokens[role] = (
      await server.request('POST /v1/auth/login', { body: { email: `${role}@example.com`, password } })
    ).json.accessToken
  expect(await open()).toEqual([false, false, false, false])
  expect(await list()).toEqual([])
  await expect(acceptInvite(server.nest, { token: tokenOf(late.link), password })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('nobody invites to more than they may themselves', async () => {
  expect((await invite('x@example.com', 'owner', tokens.admin!)).json.code).toBe('forbidden')
  expect((await invite('x@example.com', 'admin', tokens.admin!)).status).toBe(201)
  expect(
    (await invite('y@example.com', 'admin', await server.nest.key({ scopes: ['members:write'] }))).json,
  ).toMatchObject({
    code: 'forbidden',
    detail: expect.stringContaining('leads:read'),
  })
})

test('members are not invited, and addresses are checked', async () => {
  expect((await invite('admin@example.com')).json).toMatchObject({
    code: 'identity_taken',
    errors: [{ path: 'email' }],
  })
  expect((await invite('nobody')).json).toMatchObject({ code: 'invalid_input', errors: [{ path: 'email' }] })
  expect((await invite('z@example.com', 'boss')).json).toMatchObject({
    code: 'invalid_input',
    errors: [{ path: 'role' }],
  })
})
