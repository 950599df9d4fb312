import { readFileSync } from 'node:fs'
import type { Browser, BrowserContext, Page, Request, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser } from '../../../tests/browser.ts'
import type { PublishedForm } from '../../sdk/src/index.ts'

const site = 'https://shop.example.com'
const leads = 'https://leads.example.com'
const script = readFileSync(new URL('../dist/widget.js', import.meta.url), 'utf8')

const contact: PublishedForm = {
  id: '0190c1a0-0000-7000-8000-000000000001',
  slug: 'contact',
  name: 'Contact',
  version: 1,
  language: 'en',
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
const stored = { status: 201, json: { id: 'sub-1', status: 'accepted', receipt: null } }

interface Submission {
  key: string
  body: { fields: Record<string, unknown>; token?: string; trap?: string; attribution: Record<string, string> }
}

let browser: Browser
let context: BrowserContext
let page: Page
let submissions: Submission[]
let complaints: string[]
/** What the LeadNest server does with a submission; tests replace it. */
let answer: (route: Route) => Promise<unknown>

beforeAll(async () => {
  browser = await launchBrowser()
})
afterAll(() => browser?.close())

beforeEach(async () => {
  submissions = []
  complaints = []
  answer = (route) => fulfill(route, stored)
  context = await browser.newContext({ viewport: { width: 800, height: 900 } })
  page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => message.text().includes('Content Security Policy') && complaints.push(message.text()))
  await context.route(`${leads}/**`, serve)
})
afterEach(async () => {
  expect(complaints).toEqual([])
  await context.close()
})

async function serve(route: Route) {
  const request = route.request()
  if (request.url() === `${leads}/widget.js`) return route.fulfill({ contentType: 'text/javascript', body: script })
  if (request.method() === 'GET') {
    if (request.url().endsWith('/contact'))
      return fulfill(route, { json: contact, headers: { 'leadnest-form-token': 'tok-1' } })
    return fulfill(route, refusal(404, 'not_found', 'There is no such form.'))
  }
  submissions.push({ key: (await request.headerValue('idempotency-key'))!, body: request.postDataJSON() })
  return answer(route)
}

function fulfill(
  route: Route,
  { headers = {}, ...response }: { status?: number; json: unknown; headers?: Record<string, string> },
) {
  const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': '*' }
  return route.fulfill({ ...response, headers: { ...cors, ...headers } })
}

const refusal = (status: number, code: string, detail = 'No.', errors: object[] = []) => ({
  status,
  json: { type: 'about:blank', title: 'No', status, detail, code, requestId: 'req-1', errors },
})

/** Opens a page of the business, under the strictest policy that still lets the script come from LeadNest. */
async function visit({ attributes = 'form="contact"', path = '/' } = {}) {
  const policy = `default-src 'none'; script-src ${leads}; connect-src ${leads}; require-trusted-types-for 'script'`
  const body = `<!doctype html><html lang="en"><title>Shop</title><script src="${leads}/widget.js" async></script>
    <leadnest-form ${attributes}></leadnest-form>`
  await page.route(`${site}/**`, (route) =>
    route.fulfill({ contentType: 'text/html', headers: { 'content-security-policy': policy }, body }),
  )
  await page.goto(site + path)
  await page.locator('leadnest-form').locator('form, .failure').first().waitFor()
}

const email = () => page.getByLabel('E-mail')
const button = () => page.locator('leadnest-form button')
const alert = () => page.locator('leadnest-form [role=alert]')
const thanks = () => page.getByRole('status')
const focused = () => page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.id)

test('what was filled in arrives, with the token and nothing in the trap', async () => {
  await visit()
  await page.getByLabel('Name').fill('Ada')
  await email().fill('ada@example.com')
  await page.getByLabel('Team').selectOption('small')
  await page.getByLabel('Send me news').check()
  await button().click()
  await thanks().waitFor()
  expect(await thanks().textContent()).toBe('Thank you. We will be in touch.')
  expect(await thanks().evaluate((element) => element.matches(':focus'))).toBe(true)
  expect(submissions).toHaveLength(1)
  expect(submissions[0]!.body).toEqual({
    fields: { name: 'Ada', email: 'ada@example.com', size: 'small', news: true },
    token: 'tok-1',
    attribution: { landingPage: `${site}/` },
  })
})

test('a held submission thanks in the same words', async () => {
  answer = (route) => fulfill(route, { ...stored, json: { ...stored.json, status: 'held' } })
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  expect(await thanks().textContent()).toBe('Thank you. We will be in touch.')
})

test('a double click is one submission', async () => {
  answer = async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 150))
    await fulfill(route, stored)
  }
  await visit()
  await email().fill('ada@example.com')
  await button().dblclick()
  expect(await button().textContent()).toBe('Sending…')
  expect(await button().getAttribute('aria-disabled')).toBe('true')
  await email().press('Enter')
  await thanks().waitFor()
  expect(submissions).toHaveLength(1)
})

test('after a network error what was typed stays, and the next try carries the same key', async () => {
  answer = (route) => route.abort('connectionreset')
  await visit({ path: '/?utm_source=spring' })
  await email().fill('ada@example.com')
  await button().click()
  await page.getByText('Please try again: what you wrote is still here.').waitFor()
  expect(await button().textContent()).toBe('Try again')
  expect(await email().inputValue()).toBe('ada@example.com')

  // A single-page app may have changed its address meanwhile; the content under the key must not change with it.
  await page.evaluate(() => history.replaceState(null, '', '/elsewhere'))
  answer = (route) => fulfill(route, stored)
  await button().click()
  await thanks().waitFor()
  expect(new Set(submissions.map(({ key }) => key)).size).toBe(1)
  expect(submissions.at(-1)!.body).toEqual(submissions[0]!.body)
})

/** The next token comes when `until` does. */
async function renewing(until?: Promise<void>) {
  await context.route(`${leads}/v1/forms/contact`, async (route) => {
    await until
    await fulfill(route, { json: contact, headers: { 'leadnest-form-token': 'tok-2' } })
  })
}

async function loseAnAnswer(lose = (route: Route) => route.abort('connectionreset')) {
  answer = lose
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await page.getByText('Please try again').waitFor()
  answer = (route) => fulfill(route, stored)
}

test('whoever edits after a lost answer fills in anew: another key, and a token fetched at the first edit', async () => {
  await loseAnAnswer()
  const lost = submissions.splice(0)
  await renewing()
  const renewals: Request[] = []
  page.on('request', (request) => isFormRequest(request) && renewals.push(request))

  const renewed = page.waitForResponse((response) => isFormRequest(response.request()))
  await email().fill('ada@lovelace.example')
  await renewed
  await page.getByLabel('Name').fill('Ada')
  await button().click()
  await thanks().waitFor()
  expect(renewals).toHaveLength(1)
  expect(submissions).toHaveLength(1)
  expect(submissions[0]!.key).not.toBe(lost[0]!.key)
  expect(submissions[0]!.body).toMatchObject({
    fields: { name: 'Ada', email: 'ada@lovelace.example' },
    token: 'tok-2',
  })
})

test('an edit while the answer is on its way, then lost, counts as one after it', async () => {
  await loseAnAnswer(async (route) => {
    if (submissions.length === 1) {
      await renewing()
      await email().fill('ada@lovelace.example')
    }
    await route.abort('connectionreset')
  })
  await button().click()
  await thanks().waitFor()
  const [lost, last] = [submissions[0]!, submissions.at(-1)!]
  expect(last.key).not.toBe(lost.key)
  expect(last.body.token).toBe('tok-2')
})

test('whoever sends before the fresh token is there waits for it', async () => {
  await loseAnAnswer()
  let arrive = () => {}
  await renewing(new Promise((resolve) => (arrive = resolve)))
  await email().fill('ada@lovelace.example')
  await button().click()
  expect(await button().textContent()).toBe('Sending…')
  arrive()
  await thanks().waitFor()
  expect(submissions.at(-1)!.body.token).toBe('tok-2')
})

test('a form that was refused is edited and sent with the token that it has', async () => {
  answer = (route) => fulfill(route, refusal(413, 'body_too_large', 'This is longer than 64 KiB.'))
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await page.getByText('This could not be sent.').waitFor()
  answer = (route) => fulfill(route, stored)
  await renewing()
  await email().fill('ada@lovelace.example')
  await button().click()
  await thanks().waitFor()
  expect(submissions[1]!.body.token).toBe('tok-1')
})

test('a refused field says so beside it and takes the focus; the next try is a new one', async () => {
  answer = (route) =>
    fulfill(
      route,
      refusal(422, 'invalid_input', 'No.', [{ path: 'fields.email', message: 'That domain takes no mail.' }]),
    )
  await visit()
  await email().fill('ada@example.invalid')
  await button().click()
  await page.getByText('That domain takes no mail.').waitFor()
  expect(await focused()).toBe('email')
  expect(await email().getAttribute('aria-invalid')).toBe('true')
  expect(await email().getAttribute('aria-describedby')).toBe('email-help email-problem')
  expect(await alert().textContent()).toBe('Please check the marked fields.')

  answer = (route) => fulfill(route, stored)
  await email().fill('ada@example.com')
  expect(await page.getByText('That domain takes no mail.').count()).toBe(0)
  await button().click()
  await thanks().waitFor()
  expect(submissions[1]!.key).not.toBe(submissions[0]!.key)
})

test('a refusal of nothing on the form is told in words', async () => {
  answer = (route) => fulfill(route, refusal(413, 'body_too_large', 'This is longer than 64 KiB.'))
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await page.getByText('This could not be sent. This is longer than 64 KiB.').waitFor()
})

test('what is missing is told at the first try, then while typing, and never on leaving a field', async () => {
  await visit()
  await email().focus()
  await page.getByLabel('Message').focus()
  expect(await email().getAttribute('aria-invalid')).toBe('false')
  await button().click()
  expect(await focused()).toBe('email')
  expect(await page.getByText('This is required.').count()).toBe(1)
  await email().pressSequentially('ada')
  expect(await page.getByText('name@example.com').count()).toBe(1)
  await email().pressSequentially('@example.com')
  expect(await email().getAttribute('aria-invalid')).toBe('false')
  expect(await alert().textContent()).toBe('')
  expect(submissions).toEqual([])
})

test('attribution is read when sending, cut to length, and nothing is kept in the browser', async () => {
  await visit({ path: `/?utm_source=spring&utm_campaign=${'x'.repeat(600)}&gclid=g1&other=1#top` })
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  const { landingPage, ...rest } = submissions[0]!.body.attribution
  expect(rest).toEqual({ utmSource: 'spring', utmCampaign: 'x'.repeat(500), gclid: 'g1' })
  expect(landingPage).not.toContain('#')
  expect(await context.storageState({ indexedDB: true })).toEqual({ cookies: [], origins: [] })
  expect(await page.evaluate(() => sessionStorage.length + document.cookie.length)).toBe(0)
})

test('no inline style, no style element: a strict policy has nothing to refuse', async () => {
  await visit()
  await button().click()
  const found = await page.locator('leadnest-form').evaluate(({ shadowRoot }) => ({
    inline: shadowRoot!.querySelectorAll('[style], style').length,
    sheets: shadowRoot!.adoptedStyleSheets.length,
    height: shadowRoot!.querySelector('button')!.offsetHeight,
  }))
  expect(found).toEqual({ inline: 0, sheets: 1, height: expect.toSatisfy((height: number) => height >= 44) })
})

test('every control has a label, is big enough, and the trap is out of reach', async () => {
  await visit()
  for (const { label } of contact.fields) expect(await page.getByLabel(label).count(), label).toBe(1)
  const order: (string | undefined)[] = []
  for (let tab = 0; tab < 7; tab++) {
    await page.keyboard.press('Tab')
    order.push(await focused())
  }
  expect(order).toEqual(['name', 'email', 'size', 'message', 'news', 'campaignId', ''])
  const trap = page.locator('leadnest-form .trap')
  expect(await trap.getAttribute('aria-hidden')).toBe('true')
  const box = (await trap.boundingBox())!
  expect(box.width * box.height).toBeLessThanOrEqual(1)
})

test('a trapped program is sent on with what it wrote', async () => {
  await visit()
  await email().fill('bot@example.com')
  await page.locator('leadnest-form .trap input').evaluate((input: HTMLInputElement) => (input.value = 'buy now'))
  await button().click()
  await thanks().waitFor()
  expect(submissions[0]!.body.trap).toBe('buy now')
})

test('prefill-* fills in, hidden-* sends unseen, in any case', async () => {
  await visit({
    attributes: 'form="contact" prefill-email="ada@example.com" hidden-campaignid="c7" hidden-unknown="x"',
  })
  expect(await page.getByLabel('Campaign').count()).toBe(0)
  await button().click()
  await thanks().waitFor()
  expect(submissions[0]!.body.fields).toEqual({ email: 'ada@example.com', campaignId: 'c7', news: false })
})

test('the page hears what happens, and may stop a submission', async () => {
  await page.addInitScript(() => {
    const heard: string[] = []
    Object.assign(window, { heard, mayPass: false })
    for (const name of ['ready', 'view', 'start', 'change', 'invalid', 'submit', 'success', 'error']) {
      document.addEventListener(`leadnest:${name}`, (event) => {
        heard.push(name)
        if (name === 'submit' && !Reflect.get(window, 'mayPass')) event.preventDefault()
      })
    }
  })
  await visit()
  await page.waitForFunction(() => Reflect.get(window, 'heard').includes('view'))
  await button().click()
  await email().fill('ada@example.com')
  await button().click()
  expect(submissions).toEqual([])
  await page.evaluate(() => Reflect.set(window, 'mayPass', true))
  await button().click()
  await thanks().waitFor()
  const heard = await page.evaluate(() => Reflect.get(window, 'heard'))
  expect(heard).toEqual(['ready', 'view', 'invalid', 'start', 'change', 'submit', 'submit', 'success'])
})

test('a form that is not there says so in its place', async () => {
  await visit({ attributes: 'form="contcat" lang="de"' })
  expect(await alert().textContent()).toContain('Dieses Formular konnte nicht geladen werden.')
  expect(await alert().textContent()).toContain(`There is no form "contcat" at ${leads}.`)
})

test('an unknown origin is named, so that it can be added', async () => {
  await context.route(`${leads}/v1/forms/contact`, (route) => fulfill(route, refusal(403, 'origin_not_allowed')))
  await visit()
  expect(await alert().textContent()).toContain(`add ${site} to its origins`)
})

test('a token older than an hour is replaced when the visitor comes back', async () => {
  await page.clock.install()
  await visit()
  await page.clock.fastForward('02:00:00')
  await context.route(`${leads}/v1/forms/contact`, (route) =>
    fulfill(route, { json: contact, headers: { 'leadnest-form-token': 'tok-2' } }),
  )
  const renewed = page.waitForResponse((response) => isFormRequest(response.request()))
  await email().focus()
  await renewed
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  expect(submissions[0]!.body.token).toBe('tok-2')
})

test('moving the element keeps what was typed', async () => {
  await visit()
  await email().fill('ada@example.com')
  await page.evaluate(() =>
    document.body.prepend(document.createElement('p'), document.querySelector('leadnest-form')!),
  )
  expect(await email().inputValue()).toBe('ada@example.com')
})

test('an attribute set to the value it has keeps what was typed; another value draws anew', async () => {
  await visit({ attributes: 'form="contact" lang="en"' })
  await email().fill('ada@example.com')
  await page.evaluate(() => document.querySelector('leadnest-form')!.setAttribute('lang', 'en'))
  expect(await email().inputValue()).toBe('ada@example.com')
  await page.evaluate(() => document.querySelector('leadnest-form')!.setAttribute('lang', 'de'))
  await page.getByText('* erforderlich').waitFor()
  expect(await email().inputValue()).toBe('')
})

const isFormRequest = (request: Request) => request.url() === `${leads}/v1/forms/contact`
