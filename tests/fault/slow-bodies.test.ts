import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { clientOf, newNest } from '../process/spawned.ts'

test('a body of JSON has 30 s to arrive; a file has as long as bytes come, and nothing is left of one that stops', async () => {
  const nest = newNest()
  const plugin = fileURLToPath(new URL('../../packages/plugins/csv/dist/index.js', import.meta.url))
  writeFileSync(
    join(nest.folder, 'leadnest.config.mjs'),
    `import { csv } from ${JSON.stringify(plugin)}\nexport default { plugins: [csv()] }`,
  )
  const server = await nest.start()
  const { key } = await clientOf(nest, server)

  /** Sends a piece every second, for so many seconds, and then waits for what is answered. */
  const send = (path: string, type: string, pieces: string[], length = pieces.join('').length) =>
    new Promise<{ status: number; seconds: number }>((done) => {
      const begin = performance.now()
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      let text = ''
      let timer: ReturnType<typeof setInterval>
      socket.on('data', (data) => {
        text += data
        socket.end()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        clearInterval(timer)
        done({ status: Number(text.split(' ')[1]), seconds: (performance.now() - begin) / 1000 })
      })
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${key}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n`,
      )
      timer = setInterval(() => {
        const piece = pieces.shift()
        if (piece !== undefined && socket.writable) socket.write(piece)
      }, 1000)
    })

  const rows = ['email\n', ...Array.from({ length: 45 }, (_, i) => `p${i}@example.com\n`)]
  const [json, whole, cut] = await Promise.all([
    send(
      '/v1/leads',
      'application/json',
      Array.from({ length: 60 }, () => ' '),
    ),
    send('/v1/imports', 'text/csv', [...rows]),
    send('/v1/imports', 'text/csv', ['email\n', 'a@example.com\n'], 1_000_000),
  ])
  expect(json.status).toBe(408)
  expect(json.seconds).toBeGreaterThan(25)
  expect(json.seconds).toBeLessThan(45)
  expect(whole.status).toBe(200)
  expect(cut.status).toBe(408)
  const answer = await fetch(`${server.url}/v1/imports`, { headers: { authorization: `Bearer ${key}` } })
  const { data } = (await answer.json()) as { data: { created: number }[] }
  expect(data.map(({ created }) => created)).toEqual([45])
}, 180_000)
