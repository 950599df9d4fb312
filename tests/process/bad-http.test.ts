import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { newNest } from './spawned.ts'

/** Sends bytes and reads all that comes back until the server ends the connection. */
function exchange(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((done, fail) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let answer = ''
    socket.setEncoding('utf8').on('data', (text) => (answer += text))
    socket.on('error', fail).on('close', () => done(answer))
  })
}

test('what is no HTTP is answered as a problem too', async () => {
  const { url } = await newNest().start()
  const close = 'connection: close\r\n\r\n'
  const cases: [bytes: string, status: number, code: string][] = [
    ['FOO BAR BAZ\r\n\r\n', 400, 'invalid_request'],
    [`FROB /v1/leads HTTP/1.1\r\nhost: x\r\n${close}`, 400, 'invalid_request'],
    [`GET /v1/leads HTTP/1.1\r\nhost: a b\r\n${close}`, 400, 'invalid_request'],
    [`GET /v1/leads HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n${close}`, 431, 'headers_too_large'],
    [`GET http:// HTTP/1.1\r\nhost: x\r\n${close}`, 400, 'invalid_request'],
    [
      `POST /v1/leads HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n${close}`,
      400,
      'invalid_request',
    ],
  ]
  for (const [bytes, status, code] of cases) {
    const answer = await exchange(url, bytes)
    const [head, body] = answer.split('\r\n\r\n') as [string, string]
    expect([bytes.slice(0, 40), head]).toEqual([
      bytes.slice(0, 40),
      expect.stringMatching(new RegExp(`^HTTP/1.1 ${status} [\\s\\S]*content-type: application/problem\\+json`, 'i')),
    ])
    expect(head).toContain('access-control-allow-origin: *')
    expect(JSON.parse(body)).toMatchObject({ status, code, requestId: expect.any(String) })
  }
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})
