import { makeProvingLink } from '@leadnest/core'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../tests/browser.ts'
import { origin, type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let browser: Browser
let base: string
let key: string
let context: BrowserContext
let page: Page
/** What the pages asked for, and with which referrer. */
const referrers: string[] = []
const complaints: string[] = []

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
  base = await server.listen()
  browser = await launchBrowser()
  context = await browser.newContext({
    javaScriptEnabled: false,
    viewport: { width: 390, height: 844 },
    locale: 'en-GB',
  })
  page = await context.newPage()
  page.on('console', (message) => /Content Security/.test(message.text()) && complaints.push(message.text()))
  page.on('request', (request) => referrers.push(request.headers().referer ?? ''))
  await server.request('POST /v1/forms', {
    key,
    body: {
      slug: 'letter',
      name: 'Letter',
      doubleOptIn: true,
      fields: [{ name: 'email', type: 'email', label: 'E-mail', required: true }],
      consents: [{ channel: 'email', purpose: 'news', text: 'Send me the news of the week, by e-mail.' }],
    },
  })
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const onPhone = async () => expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)

test('without script, on a phone, somebody confirms what they sent, and then decides what is sent to them', async () => {
  const { json: form, headers } = await server.request('GET /v1/forms/letter')
  time += 5000
  const { json: sent } = await server.request('POST /v1/forms/letter/submissions', {
    headers: { origin },
    body: {
      fields: { email: 'grace@example.com' },
      token: headers.get('leadnest-form-token'),
      consents: [{ channel: 'email', purpose: 'news', wordingId: form.consents[0].id }],
    },
  })
  const { json: made } = await server.request(`POST /v1/submissions/${sent.id}/confirmation-link`, { key, body: {} })
  await page.goto(base + new URL(made.link).pathname)
  expect(await page.getByRole('listitem').allTextContents()).toEqual(['Send me the news of the week, by e-mail.'])
  await onPhone()
  await page.getByRole('button', { name: 'Confirm' }).click()
  expect(await page.getByRole('status').textContent()).toContain('Thank you, it is confirmed.')
  await page.goBack()
  await page.reload()
  expect(await page.getByRole('heading').textContent()).toContain('This was confirmed already.')

  const { leadId } = (await server.request(`GET /v1/submissions/${sent.id}`, { key })).json
  const { nest } = server
  const own = await makeProvingLink(nest, nest.workspaceId, leadId, { publicBaseUrl: base })
  await page.goto(base + new URL(own.link).pathname)
  const news = page.getByLabel('Send me the news of the week')
  expect(await news.isChecked()).toBe(true)
  await onPhone()
  await news.uncheck()
  await page.getByRole('button', { name: 'Save' }).click()
  expect(await page.getByRole('status').textContent()).toContain('Your choice is saved.')
  expect(await news.isChecked()).toBe(false)
  await news.check()
  await page.getByRole('button', { name: 'Save' }).click()
  expect(await news.isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Stop everything' }).click()
  expect(await page.getByRole('status').textContent()).toContain('You are unsubscribed from everything.')
  expect(await news.isChecked()).toBe(false)

  await page.getByRole('button', { name: 'Ask for a copy' }).click()
  expect(await page.getByRole('status').textContent()).toContain('We have your request.')
  const [request] = (await server.request('GET /v1/privacy-requests', { key })).json.data
  await server.request(`POST /v1/privacy-requests/${request.id}/confirm`, { key })
  await page.goto(base + new URL(own.link).pathname)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Fetch my data' }).click()
  expect((await download).suggestedFilename()).toBe('my-data.json')

  await page.getByRole('link', { name: 'Erase everything about me' }).click()
  await page.getByRole('link', { name: 'No, go back' }).click()
  await page.getByRole('link', { name: 'Erase everything about me' }).click()
  await onPhone()
  await page.getByRole('button', { name: 'Yes, erase everything' }).click()
  expect(await page.getByRole('status').textContent()).toContain('We have your request.')
  const [erasure] = (await server.request('GET /v1/privacy-requests?status=open', { key })).json.data
  await server.request(`POST /v1/privacy-requests/${erasure.id}/confirm`, { key })
  await page.reload()
  expect(await page.getByRole('heading').textContent()).toBe('There is nothing here')

  expect(complaints).toEqual([])
  expect([...new Set(referrers)]).toEqual([''])
})
