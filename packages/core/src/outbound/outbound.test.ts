import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutbound } from './outbound.ts'

let server: Server
let port: number
let connections = 0
const asked: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (request.url === '/away') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    else response.end('hello')
  })
  server.on('connection', () => void connections++)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

test.each([
  'http://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0.0.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://017700000001:PORT/',
  'http://0:PORT/',
  'http://0.0.0.0:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://127.255.255.254:PORT/',
  'http://１２７.０.０.１:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127。0。0。1:PORT/',
  'http://localhost:PORT/',
  'http://LOCALHOST:PORT/',
  'http://localhost.:PORT/',
  'http://app.localhost:PORT/',
  'http://[::1]:PORT/',
  'http://[::]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[fe80::1]:PORT/',
  'http://[fc00::1]:PORT/',
  'http://[fd12:3456::1]:PORT/',
  'http://[ff02::1]:PORT/',
  'http://[fec0::1]:PORT/',
  'http://[2001:db8::1]:PORT/',
  'http://10.0.0.1/',
  'http://172.16.0.1/',
  'http://172.31.255.255/',
  'http://192.168.1.1/',
  'http://169.254.169.254/latest/meta-data',
  'http://[::ffff:169.254.169.254]/',
  'http://[::ffff:a9fe:a9fe]/',
  'http://100.64.0.1/',
  'http://192.0.0.1/',
  'http://198.18.0.1/',
  'http://224.0.0.1/',
  'http://240.0.0.1/',
  'http://255.255.255.255/',
  'http://user:pass@example.com/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://127.0.0.1:PORT/',
  'javascript:alert(1)',
  'data:text/plain,hello',
  'not an address',
  '//example.com/',
])('%s is refused before anything is connected to', async (text) => {
  const before = connections
  await expect(createOutbound()(text.replace('PORT', String(port)))).rejects.toMatchObject({ code: 'address_refused' })
  expect(connections).toBe(before)
})

test.each([['127.0.0.1'], ['::1'], ['10.1.2.3'], ['::ffff:127.0.0.1'], ['fe80::1%lo']])(
  'a name that is %s is refused, also beside a public address',
  async (address) => {
    const before = connections
    const family = address.includes(':') ? 6 : 4
    for (const addresses of [
      [{ address, family }],
      [
        { address: '93.184.216.34', family: 4 },
        { address, family },
      ],
    ]) {
      const outbound = createOutbound({ lookup: (_host, answer) => answer(null, addresses) })
      await expect(outbound(`http://harmless.example:${port}/`)).rejects.toMatchObject({ code: 'address_refused' })
    }
    expect(connections).toBe(before)
  },
)

test('a name that answers otherwise the second time is checked each time it is connected to', async () => {
  let times = 0
  const outbound = createOutbound({
    allow: ['127.0.0.1/32'],
    lookup: (_host, answer) => answer(null, [{ address: times++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }]),
  })
  const first = await outbound(`http://rebinding.example:${port}/first`)
  expect(await first.text()).toBe('hello')
  server.closeAllConnections()
  await expect(outbound(`http://rebinding.example:${port}/second`)).rejects.toMatchObject({ code: 'address_refused' })
  expect(asked).not.toContain('GET /second')
})

test('what is allowed is reached, and a redirect is an answer, not a way', async () => {
  const outbound = createOutbound({ allow: ['127.0.0.0/8'] })
  const answer = await outbound(`http://127.0.0.1:${port}/away`, { method: 'POST', body: '{}' })
  expect([answer.status, answer.headers.get('location')]).toEqual([302, 'http://169.254.169.254/latest/meta-data'])
  expect(asked).toContain('POST /away')
})

test('an address that is about to be kept is checked without a connection, and again when something is sent', async () => {
  const before = connections
  let address = '93.184.216.34'
  const outbound = createOutbound({ lookup: (_host, answer) => answer(null, [{ address, family: 4 }]) })
  await expect(outbound.check!(`http://moves.example:${port}/`)).resolves.toBe(undefined)
  address = '127.0.0.1'
  for (const send of [outbound.check!, outbound])
    await expect(send(`http://moves.example:${port}/`)).rejects.toMatchObject({ code: 'address_refused' })
  await expect(outbound.check!('http://[::1]/')).rejects.toMatchObject({ code: 'address_refused' })
  const unknown = createOutbound({ lookup: (_host, answer) => answer(new Error('ENOTFOUND'), []) })
  await expect(unknown.check!('https://not-yet.example/')).resolves.toBe(undefined)
  expect(connections).toBe(before)
})

test('in production plain http is refused, when it is kept and when it is sent', async () => {
  const outbound = createOutbound({ httpsOnly: true, lookup: (_host, answer) => answer(new Error('ENOTFOUND'), []) })
  for (const send of [outbound.check!, outbound]) await expect(send('http://example.com/')).rejects.toThrow('https://')
  await expect(outbound.check!('https://example.com/')).resolves.toBe(undefined)
})

test('what is not reached is named, with why', async () => {
  const gone = Object.assign(new Error('getaddrinfo ENOTFOUND nobody.example'), { code: 'ENOTFOUND' })
  const outbound = createOutbound({ lookup: (_host, answer) => answer(gone, []) })
  await expect(outbound('https://nobody.example/x')).rejects.toThrow('nobody.example was not reached: ENOTFOUND.')
})
