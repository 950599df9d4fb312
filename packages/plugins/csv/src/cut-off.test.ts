import { once } from 'node:events'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
let lines: { path?: string; status?: number; msg: string }[] = []
beforeAll(async () => {
  const stream = new Writable({ write: (chunk, _, done) => done(void lines.push(JSON.parse(String(chunk)))) })
  server = await testServer({ plugins: [csv()], log: pino(stream) })
})
afterAll(() => server.close())

test.each([
  ['a file', 'text/csv', ''],
  ['a file that may be sent again', 'text/csv', 'idempotency-key: cut\r\n'],
  ['rows', 'application/json', ''],
  ['a form', 'multipart/form-data; boundary=x', ''],
])('whoever goes away in the middle of %s is no fault of ours, and leaves nothing behind', async (_, type, more) => {
  const key = await server.nest.key()
  const { hostname, port } = new URL(await server.listen())
  lines = []
  for (let i = 0; i < 2; i++) {
    const socket = connect(Number(port), hostname)
    socket.write(
      `POST /v1/imports HTTP/1.1\r\nhost: localhost:3000\r\nauthorization: Bearer ${key}\r\ncontent-type: ${type}\r\n${more}content-length: 9000000\r\n\r\nemail\na@example.com\n`,
    )
    socket.write('b@example.com\n'.repeat(30_000))
    await once(socket, 'drain')
    socket.destroy()
    await expect.poll(() => lines.filter(({ path }) => path === '/v1/imports').length).toBe(i + 1)
  }
  expect(lines.filter(({ msg }) => msg !== 'request')).toEqual([])
  for (const { status } of lines) expect(status).toBeLessThan(500)
  expect((await server.nest.pool.query('select id from files')).rows).toEqual([])
})
