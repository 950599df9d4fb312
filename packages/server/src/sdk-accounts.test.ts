import { createLeadNest } from '@leadnest/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

let server: TestServer
let url: string
const owner = { email: 'owner@example.com', password: 'correct horse battery' }

beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
  await server.nest.user(owner)
})
afterAll(() => server.close())

test('an app signs in, stays signed in, and signs out', async () => {
  const { auth } = createLeadNest({ url })
  const first = await auth.login(owner)
  const { accessToken, refreshToken } = await auth.refresh({ refreshToken: first.refreshToken })
  const me = createLeadNest({ url, key: accessToken }).me
  expect((await me()).user).toMatchObject({ email: owner.email })
  await auth.logout({ refreshToken })
  await expect(me()).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('keys are made, changed and revoked by a program', async () => {
  const { accessToken } = await createLeadNest({ url }).auth.login(owner)
  const { apiKeys } = createLeadNest({ url, key: accessToken })
  const { id, key } = await apiKeys.create({ name: 'CRM', scopes: ['leads:read'] })
  expect(await apiKeys.update(id, { name: 'Our CRM' })).toMatchObject({ id, name: 'Our CRM' })
  const leads = createLeadNest({ url, key }).leads
  expect((await leads.list()).data).toEqual([])
  await apiKeys.revoke(id)
  await expect(leads.list()).rejects.toMatchObject({ code: 'unauthenticated' })
  expect((await apiKeys.list()).find((one) => one.id === id)?.revokedAt).toEqual(expect.any(String))
})
