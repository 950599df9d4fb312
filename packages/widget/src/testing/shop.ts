import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page, Request, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { launchBrowser } from '../../../../tests/browser.ts'
import type { PublishedForm } from '../../../sdk/src/index.ts'

export const site = 'https://shop.example.com'
export const leads = 'https://leads.example.com'
const script = readFileSync(new URL('../../dist/widget.js', import.meta.url), 'utf8')

export const contact: PublishedForm = {
  id: '0190c1a0-0000-7000-8000-000000000001',
  slug: 'contact',
  name: 'Contact',
  version: 1,
  language: 'en',
  consents: [],
  submitLabel: 'Send',
  successMessage: 'Thank you. We will be in touch.',
  fields: [
    { name: 'name', type: 'text', label: 'Name', required: false, autocomplete: 'name' },
    { name: 'email', type: 'email', label: 'E-mail', required: true, help: 'We write to nobody else.' },
    { name: 'size', type: 'select', label: 'Team', required: false, options: [{ value: 'small', label: 'Up to 10' }] },
    { name: 'message', type: 'textarea', label: 'Message', required: false },
    { name: 'news', type: 'checkbox', label: 'Send me news', required: false },
    { name: 'campaignId', type: 'text', label: 'Campaign', required: false },
  ],
}
export const stored = { status: 201, json: { id: 'sub-1', status: 'accepted', receipt: 'a.signed.receipt' } }

export interface Submission {
  key: string
  body: {
    fields: Record<string, unknown>
    consents?: object[]
    token?: string
    proof?: string
    trap?: string
    attribution: Record<string, string>
  }
}

let browser: Browser
let complaints: string[]

/** What a test sees and steers: the visitor's page, what was submitted, and what LeadNest does with a submission. */
export const shop = {} as {
  context: BrowserContext
  page: Page
  /** What LeadNest says that the form asks. */
  form: PublishedForm
  submissions: Submission[]
  answer(route: Route): Promise<unknown>
}

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

beforeEach(async () => {
  shop.form = contact
  shop.submissions = []
  complaints = []
  shop.answer = (route) => fulfill(route, stored)
  shop.context = await browser.newContext({ viewport: { width: 800, height: 900 } })
  shop.page = await shop.context.newPage()
  shop.page.on('pageerror', (error) => complaints.push(String(error)))
  shop.page.on(
    'console',
    (message) => message.text().includes('Content Security Policy') && complaints.push(message.text()),
  )
  await shop.context.route(`${leads}/**`, serve)
})
afterEach(async () => {
  expect(complaints).toEqual([])
  await shop.context.close()
})

async function serve(route: Route) {
  const request = route.request()
  if (request.url() === `${leads}/widget.js`) return route.fulfill({ contentType: 'text/javascript', body: script })
  if (request.method() === 'GET') {
    if (request.url().endsWith('/contact'))
      return fulfill(route, { json: shop.form, headers: { 'leadnest-form-token': 'tok-1' } })
    return fulfill(route, refusal(404, 'not_found', 'There is no such form.'))
  }
  shop.submissions.push({ key: (await request.headerValue('idempotency-key'))!, body: request.postDataJSON() })
  return shop.answer(route)
}

export function fulfill(
  route: Route,
  { headers = {}, ...response }: { status?: number; json: unknown; headers?: Record<string, string> },
) {
  const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' }
  return route.fulfill({ ...response, headers: { ...cors, ...headers } })
}

export const refusal = (status: number, code: string, detail = 'No.', errors: object[] = []) => ({
  status,
  json: { type: 'about:blank', title: 'No', status, detail, code, requestId: 'req-1', errors },
})

/** Opens a page of the business, under the strictest policy that still lets the script come from LeadNest. */
export async function visit({ attributes = 'form="contact"', path = '/' } = {}) {
  const policy = `default-src 'none'; script-src ${leads}; connect-src ${leads}; require-trusted-types-for 'script'`
  const body = `<!doctype html><html lang="en"><title>Shop</title><script src="${leads}/widget.js" async></script>
    <leadnest-form ${attributes}></leadnest-form>`
  await shop.page.route(`${site}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': policy }, body }),
  )
  await shop.page.goto(site + path)
  await shop.page.locator('leadnest-form').locator('form, .failure').first().waitFor()
}

export const email = () => shop.page.getByLabel('E-mail')
export const button = () => shop.page.locator('leadnest-form button')
export const alert = () => shop.page.locator('leadnest-form [role=alert]')
export const thanks = () => shop.page.getByRole('status')
export const focused = () => shop.page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id)
export const isFormRequest = (request: Request) => request.url() === `${leads}/v1/forms/contact`
