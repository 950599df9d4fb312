import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '../postgres/sql.ts'
import { type TestNest, testNest } from '../testing.ts'
import { createPasswordReset, resetPassword } from './password-reset.ts'
import { disableUser, setPassword } from './users.ts'

let nest: TestNest
let id: string
const email = 'ada@example.com'
const password = 'another horse battery'

beforeAll(async () => {
  nest = await testNest()
  id = (await nest.user({ email, password: 'correct horse battery' })).id
})
afterAll(() => nest.close())

const row = () =>
  nest.outside((tx) =>
    tx.query(
      sql`select u.password_hash, u.disabled_at, u.tokens_valid_after::text, r.token_hash from users u left join password_resets r on r.user_id = u.id where id = ${id}`,
    ),
  )
const events = () =>
  nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query<{ actor: object; data: object }>(sql`
      select actor, data from events where workspace_id = ${nest.workspaceId} and type = 'user.updated' order by xid`),
  )
const prepare = async () => {
  const token = await createPasswordReset(nest, email)
  return () => resetPassword(nest, { token, password })
}

test.each([
  ['a password of the command line', 'password', 'system', async () => () => setPassword(nest, email, password)],
  ['shutting somebody out', 'disabled', 'system', async () => () => disableUser(nest, email, true)],
  ['letting somebody in again', 'disabled', 'system', async () => () => disableUser(nest, email, false)],
  ['a password by a link', 'password', 'user', prepare],
])('%s is one event, and is not done where that cannot be written', async (_, changed, type, begin) => {
  const change = await begin()
  const [before, told] = [await row(), await events()]
  await nest.pool.query('alter table events rename to gone')
  await expect(change()).rejects.toThrow('events')
  await nest.pool.query('alter table gone rename to events')
  expect(await row()).toEqual(before)

  await change()
  expect(await row()).not.toEqual(before)
  expect((await events()).slice(told.length)).toMatchObject([
    { actor: { type }, data: { userId: id, changed: [changed] } },
  ])
})
