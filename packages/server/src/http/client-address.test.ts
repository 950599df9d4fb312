import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'
import type { Env } from './env.ts'

const ask = async (hops: number, socket: string | undefined, forwarded?: string) => {
  const app = new Hono<Env>().get('/', (c) => c.text(clientAddress(c, hops) ?? 'nobody knows'))
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  return (await app.request('/', { headers }, { incoming: { socket: { remoteAddress: socket } } })).text()
}

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['fe80::1%eth0', 'fe80::/64'],
  [undefined, 'nobody knows'],
])('a connection from %s counts as %s', async (socket, address) => {
  expect(await ask(0, socket)).toBe(address)
})

test.each([
  [0, '203.0.113.9', '192.0.2.1'],
  [1, '203.0.113.9', '203.0.113.9'],
  [1, '198.51.100.7, 203.0.113.9', '203.0.113.9'],
  [2, '198.51.100.7, 203.0.113.9, 192.0.2.8', '203.0.113.9'],
  [2, '203.0.113.9', '203.0.113.9'],
  [1, '203.0.113.9:4711', '203.0.113.9'],
  [1, '[2001:db8::1]:4711', '2001:db8::/64'],
  [1, 'unknown', '192.0.2.1'],
  [1, '1', '192.0.2.1'],
  [1, '', '192.0.2.1'],
  [1, undefined, '192.0.2.1'],
])('behind %i proxies, X-Forwarded-For: %s is %s', async (hops, forwarded, address) => {
  expect(await ask(hops, '192.0.2.1', forwarded)).toBe(address)
})
