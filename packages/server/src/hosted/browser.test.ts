import { listLeads } from '@leadnest/core'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../tests/browser.ts'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let browser: Browser
let base: string

beforeAll(async () => {
  let time = Date.now()
  // Every look at the clock is two seconds later: nobody waits until a person could have typed.
  server = await testServer({ now: () => new Date((time += 2000)) })
  base = await server.listen()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

test('without script, on a phone, a visitor fills in the form of an address and becomes a lead', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => /Content Security/.test(message.text()) && complaints.push(message.text()))
  await page.goto(`${base}/f/contact?utm_source=poster`)
  await page.getByLabel('Name').fill('Grace Hopper')
  // Browsers take it, and LeadNest does not.
  await page.getByLabel('E-mail').fill('grace@localhost')
  await page.getByLabel('Message').fill('One\ntwo')
  await page.getByRole('button', { name: 'Send' }).click()

  await page.getByRole('alert').getByRole('link').click()
  expect(await page.locator(':focus').getAttribute('name')).toBe('email')
  expect(await page.getByLabel('Name').inputValue()).toBe('Grace Hopper')
  expect(await page.getByLabel('Message').inputValue()).toBe('One\ntwo')
  await page.getByLabel('E-mail').fill('grace@example.com')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${base}/f/contact/thanks`)
  expect(await page.getByRole('status').textContent()).toContain('We will be in touch.')
  await page.reload()

  const { data } = await listLeads(server.nest, server.nest.workspaceId, { limit: 50, sort: '-createdAt' })
  expect(data).toMatchObject([
    { name: 'Grace Hopper', email: 'grace@example.com', attribution: { first: { utmSource: 'poster' } } },
  ])
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
  expect(complaints).toEqual([])
  await context.close()
})
