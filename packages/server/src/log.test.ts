import { Writable } from 'node:stream'
import { sql } from '@leadnest/core'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { logOptions } from './log.ts'
import { testServer } from './testing.ts'

test('an error of the database is told without the row that it is about', async () => {
  const { nest, close } = await testServer()
  await nest.user({ email: 'ada@example.com', password: 'correct horse battery' })
  const again = sql`insert into users (id, email, password_hash) select gen_random_uuid(), email, password_hash from users`
  const error = await nest.outside((tx) => tx.query(again)).catch((error: unknown) => error)
  expect(JSON.stringify(error)).toContain('ada@example.com')

  let line = ''
  const stream = new Writable({ write: (chunk, _, done) => done(void (line += chunk)) })
  const log = pino(stream).child({}, logOptions)
  log.error({ err: new Error('A job failed.', { cause: error }), user: { password: 'secret' } }, 'failed')
  expect(line).not.toMatch(/ada@|secret/)
  expect(JSON.parse(line)).toMatchObject({
    err: { type: 'Error', message: expect.stringMatching(/^A job failed\.: duplicate key .*"users_email_key"$/) },
    user: { password: '[hidden]' },
  })
  await close()
})
