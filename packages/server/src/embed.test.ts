import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createUser } from '@leadnest/core'
import { type TestNest, testNest } from '@leadnest/core/testing'
import { createLeadNest } from '@leadnest/sdk'
import express from 'express'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Embedded, embed } from './index.ts'

let nest: TestNest
let embedded: Embedded
let key: string
const servers: Server[] = []
const mounts: Record<string, string> = {}
const owner = { email: 'owner@example.com', password: 'correct horse battery' }

beforeAll(async () => {
  const before = process.listenerCount('SIGTERM')
  nest = await testNest()
  key = await nest.key()
  await createUser(nest, { ...owner, workspaceId: nest.workspaceId, role: 'owner' })
  embedded = await embed({
    databaseUrl: nest.databaseUrl,
    secretKeys: ['a secret of tests, 32 characters long'],
    jwtSecrets: ['a JWT secret of tests, 32 bytes long'],
    publicBaseUrl: 'http://localhost:4000/leadnest',
    limits: { perMinute: 0, submitPerMinute: 3, importPerMinute: 0, smsPerMinute: 0 },
    trustedProxyHops: 1,
  })
  expect(process.listenerCount('SIGTERM')).toBe(before)

  const hono = new Hono().get('/', (c) => c.text('mine')).mount('/leadnest', embedded.fetch)
  const shop = express()
  shop.get('/', (_request, response) => void response.send('mine'))
  shop.use('/leadnest', getRequestListener(embedded.fetch))
  // A route handler of Next.js, as in app/leadnest/[[...path]]/route.ts: it is handed the whole address.
  const route = {
    GET: embedded.fetch,
    POST: embedded.fetch,
    PATCH: embedded.fetch,
    DELETE: embedded.fetch,
    OPTIONS: embedded.fetch,
  }
  const next = (request: Request) =>
    new URL(request.url).pathname === '/' ? new Response('mine') : route[request.method as keyof typeof route](request)
  mounts.Hono = await listen(createServer(getRequestListener(hono.fetch)))
  mounts.Express = await listen(createServer(shop))
  mounts['Next.js'] = await listen(createServer(getRequestListener(next)))
})
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await embedded.close()
  await nest.close()
})

async function listen(server: Server): Promise<string> {
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The addresses of ours in a page, in these attributes. */
const addresses = (page: string, attributes = 'href|src|action|hx-[\\w:-]+') =>
  [...page.matchAll(new RegExp(`\\s(?:${attributes})="(/[^"]*)"`, 'g'))].map(([, url]) => url!)

describe.each(['Hono', 'Express', 'Next.js'])('under a path of %s', (name) => {
  const at = (path: string, init: RequestInit = {}) => fetch(`${mounts[name]}${path}`, { redirect: 'manual', ...init })

  test('the rest of the server is as it was', async () => {
    expect(await (await at('/')).text()).toBe('mine')
  })

  test('the API works, with bodies, refusals and events', async () => {
    const leadnest = createLeadNest({ url: `${mounts[name]}/leadnest/`, key })
    const { nextCursor } = await leadnest.events.list({ after: 'now' })
    const lead = await leadnest.leads.create({ email: `${name}@example.com`.toLowerCase() })
    expect((await leadnest.leads.update(lead.id, { name })).name).toBe(name)
    await expect(leadnest.leads.get('nobody')).rejects.toMatchObject({ code: 'not_found', status: 404 })
    // A transaction of another database holds back what was before "now" as well: only this lead's events count.
    for await (const event of leadnest.events.live({ after: nextCursor })) {
      if (event.leadId !== lead.id) continue
      expect(event.type).toBe('lead.created')
      break
    }
    expect(await (await at('/leadnest/openapi.json')).json()).toMatchObject({
      servers: [{ url: 'http://localhost:4000/leadnest' }],
    })
  })

  test("a form's own page and the widget are there, and the page posts to where it is", async () => {
    const page = await (await at('/leadnest/f/contact')).text()
    expect(addresses(page).length).toBeGreaterThan(0)
    for (const address of addresses(page)) expect(address).toMatch(/^\/leadnest\//)
    expect((await at('/leadnest/widget.js')).headers.get('content-type')).toContain('javascript')
    const sent = await at('/leadnest/f/contact', {
      method: 'POST',
      headers: { origin: 'http://localhost:4000' },
      body: new URLSearchParams({ name: 'Ada', email: 'plain@example.com' }),
    })
    expect(sent.status).toBe(303)
    expect(sent.headers.get('location')).toMatch(/^\/leadnest\/f\/contact/)
    expect((await at(sent.headers.get('location')!)).status).toBe(200)
  })

  test('a page of another site may ask before it sends a form', async () => {
    const asked = await at('/leadnest/v1/forms/contact/submissions', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://www.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    })
    expect(asked.headers.get('access-control-allow-origin')).toBe('https://www.example.com')
  })

  test('the admin signs in, and every address in it leads back into it', async () => {
    const away = await at('/leadnest/admin/leads')
    expect(away.headers.get('location')).toMatch(/^\/leadnest\/admin\/sign-in/)
    const signedIn = await at('/leadnest/admin/sign-in', {
      method: 'POST',
      headers: { origin: 'http://localhost:4000' },
      body: new URLSearchParams(owner),
    })
    expect(signedIn.status).toBe(303)
    const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
    const seen = new Set<string>()
    const open = [signedIn.headers.get('location')!, '/leadnest/admin/settings', '/leadnest/admin/forms']
    for (let path = open.pop(); path && seen.size < 40; path = open.pop()) {
      if (seen.has(path)) continue
      seen.add(path)
      const answer = await at(path, { headers: { cookie } })
      expect(answer.status, path).toBeLessThan(400)
      const location = answer.headers.get('location')
      const page = answer.headers.get('content-type')?.startsWith('text/html') ? await answer.text() : ''
      for (const address of location ? [location] : addresses(page)) expect(address, path).toMatch(/^\/leadnest(\/|$)/)
      const ahead = location ? [location] : addresses(page, 'href')
      open.push(...ahead.map((address) => address.replace(/#.*/, '').replaceAll('&amp;', '&')))
    }
    expect(seen.size).toBeGreaterThan(10)
  })
})

test.each(['Hono', 'Express'])(
  'under %s, limits count each address that a proxy of ours names by itself',
  async (name) => {
    const submit = (address: string) =>
      fetch(`${mounts[name]}/leadnest/v1/forms/contact/submissions`, {
        method: 'POST',
        headers: { origin: 'http://localhost:4000', 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ fields: { email: 'ada@example.com' } }),
      })
    const net = name === 'Hono' ? '192.0.2' : '198.51.100'
    const statuses: number[] = []
    for (let i = 0; i < 4; i++) statuses.push((await submit(`${net}.1`)).status)
    expect(statuses).toEqual([201, 201, 201, 429])
    expect((await submit(`${net}.2`)).status).toBe(201)
  },
)

test('secrets that are too short are refused', async () => {
  const options = {
    databaseUrl: nest.databaseUrl,
    publicBaseUrl: 'http://localhost:4000',
    jwtSecrets: ['short'],
    secretKeys: [],
  }
  await expect(embed(options)).rejects.toMatchObject({ code: 'invalid_input' })
})

test.each(['/f', '/admin', '/v1/leadnest', '/errors'])(
  'a path that is one of our own, as %s, is refused',
  async (path) => {
    const options = {
      databaseUrl: nest.databaseUrl,
      publicBaseUrl: `http://localhost:4000${path}`,
      secretKeys: ['a secret of tests, 32 characters long'],
      jwtSecrets: ['a JWT secret of tests, 32 bytes long'],
      worker: false,
    }
    await expect(embed(options)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('own'),
    })
  },
)
