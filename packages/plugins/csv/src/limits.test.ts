import { createWorkspace } from '@leadnest/core'
import { afterEach, expect, test } from 'vitest'
import { noLimits, usualLimits } from '../../../server/src/http/rate-limits.ts'
import { origin, type TestServer, testServer } from '../../../server/src/testing.ts'
import { csv } from './index.ts'

let server: TestServer
afterEach(() => server.close())

test('ten calls a minute import or export in a workspace, by whichever route and key; what is refused counts', async () => {
  const { importPerMinute } = usualLimits
  server = await testServer({ plugins: [csv()], limits: { ...noLimits, importPerMinute } })
  const key = await server.nest.key()
  const bulk = (type: string) => ({ all: true, action: { type, ...(type === 'tag' && { add: ['vip'] }) } })
  const calls: [string, object][] = [
    ['POST /v1/imports', { text: 'email\nada@example.com' }],
    ['POST /v1/imports', { text: 7 }],
    ['POST /v1/imports/preview', { text: 'email\nada@example.com' }],
    ['POST /v1/exports', { all: true }],
    ['POST /v1/leads/bulk', bulk('export')],
  ]
  const ask = async (credential: string, [route, body]: [string, object]) => {
    const { status, headers } = await server.request(route, { key: credential, body })
    return [status, headers.get('ratelimit')?.replace(/;t=\d+/, '')]
  }
  const statuses = [200, 422, 200, 200, 202]
  let left = importPerMinute
  for (const credential of [key, await server.nest.key()])
    for (const [i, call] of calls.entries())
      expect([call[0], ...(await ask(credential, call))]).toEqual([call[0], statuses[i], `"import";r=${--left}`])
  for (const call of calls) expect([call[0], ...(await ask(key, call))]).toEqual([call[0], 429, '"import";r=0'])

  // Others, and what is no import, go on.
  expect(await ask(key, ['POST /v1/leads/bulk', bulk('tag')])).toEqual([202, undefined])
  const { id } = await createWorkspace(server.nest, { name: 'Other' })
  expect(await ask(await server.nest.key({ workspaceId: id }), calls[4]!)).toEqual([202, '"import";r=9'])
})

test('a file of more than 1 GiB, and more than 1 MiB that is pasted, are too large, and leave nothing behind', async () => {
  server = await testServer({ plugins: [csv()] })
  const key = await server.nest.key()
  const send = (type: string, body: BodyInit) =>
    server.app.request(`${origin}/v1/imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': type },
      body,
      duplex: 'half',
    } as RequestInit)
  // Memory that nobody writes to costs nothing.
  const huge = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(Buffer.from('email\n'))
      controller.enqueue(new Uint8Array(1024 ** 3))
      controller.close()
    },
  })
  const file = await send('text/csv', huge)
  expect([file.status, await file.json()]).toMatchObject([
    413,
    { code: 'body_too_large', detail: 'The file is larger than 1024 MiB.' },
  ])
  const text = 'email\n'.repeat(200_000)
  const form = new FormData()
  form.set('text', text)
  const json = await send('application/json', JSON.stringify({ text }))
  const detail = 'At most 1 MiB can be pasted. Send more as a file.'
  expect([json.status, await json.json()]).toMatchObject([413, { code: 'body_too_large', detail }])
  // At its control, where there is one.
  const typed = await server.app.request(`${origin}/v1/imports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  })
  expect([typed.status, await typed.json()]).toMatchObject([422, { errors: [{ path: 'text', message: detail }] }])
  expect((await server.nest.pool.query('select id from files')).rows).toEqual([])
  expect((await server.request('GET /v1/imports', { key })).json.data).toEqual([])
})
