import { Argon2id } from 'oslo/password'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sql } from '../postgres/sql.ts'
import { type TestNest, testNest } from '../testing.ts'
import { authenticate } from './sign-in.ts'
import { disableUser } from './users.ts'

let nest: TestNest
const password = 'correct horse battery'
beforeAll(async () => {
  nest = await testNest()
  for (const name of ['known', 'disabled', 'invited']) await nest.user({ email: `${name}@example.com`, password })
  await disableUser(nest, 'disabled@example.com', true)
  await nest.outside((tx) => tx.query(sql`update users set password_hash = null where email = 'invited@example.com'`))
})
afterAll(() => nest.close())

test.each(['known@example.com', 'unknown@example.com', 'disabled@example.com', 'invited@example.com', 'no address'])(
  'a wrong try at %s costs one password hash of the same strength, and says the same',
  async (email) => {
    const verify = vi.spyOn(Argon2id.prototype, 'verify')
    const refused = await authenticate(nest, { email, password: 'wrong horse battery' }).catch((error: Error) => error)
    expect(refused).toMatchObject({ code: 'unauthenticated', message: 'E-mail or password is not right.', issues: [] })
    expect(verify.mock.calls.map(([hash]) => hash.split('$').slice(0, 4).join('$'))).toEqual([
      '$argon2id$v=19$m=19456,t=2,p=1',
    ])
    verify.mockRestore()
  },
)
