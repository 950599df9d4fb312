import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../tests/browser.ts'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let browser: Browser
let url: string
beforeAll(async () => {
  ;[server, browser] = await Promise.all([testServer(), launchBrowser()])
  url = await server.listen()
}, 60_000)
afterAll(() => Promise.all([browser?.close(), server?.close()]))

test('the reference shows the document, from our own origin alone, and its policy lets it', {
  timeout: 60_000,
}, async () => {
  const page = await browser.newPage()
  const asked: string[] = []
  const refused: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => message.type() === 'error' && refused.push(message.text()))
  page.on('pageerror', (error) => refused.push(error.message))
  await page.goto(`${url}/reference`)
  await page.getByText('/v1/auth/login').first().waitFor({ timeout: 50_000 })

  expect(asked.filter((address) => !/^(data|blob):/.test(address) && !address.startsWith(url))).toEqual([])
  expect(asked).toContain(`${url}/openapi.json`)
  expect(refused).toEqual([])
})

test('its program may be kept for ever under its address, and the page runs no other script', async () => {
  const page = await server.request('GET /reference')
  const [, program] = /src="([^"]*program\.js[^"]*)"/.exec(page.text)!
  const answer = await server.app.request(`http://localhost:3000${program}`)
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
  const policy = page.headers.get('content-security-policy')
  expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'/)
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
})
