import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser } from '../browser.ts'

const owner = { email: 'owner@example.com', password: 'correct horse battery' }
/** Where the pictures of the README go; unset, none are taken. */
const pictures = process.env.LEADNEST_SCREENSHOTS

const dataDir = mkdtempSync(join(tmpdir(), 'leadnest-first-light-'))
const child = spawn(process.execPath, ['packages/server/bin/leadnest.mjs', 'start'], {
  env: {
    ...process.env,
    PORT: '0',
    LEADNEST_DATA_DIR: dataDir,
    LEADNEST_ADMIN_EMAIL: owner.email,
    LEADNEST_ADMIN_PASSWORD: owner.password,
    LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
})
let url = ''

beforeAll(async () => {
  for await (const line of createInterface({ input: child.stdout })) {
    const demo = /Demo\s+(\S+)\/demo/.exec(line)
    if (!demo) continue
    url = demo[1]!
    return seed()
  }
  throw new Error('The server ended before it was ready.')
})
afterAll(async () => {
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
  rmSync(dataDir, { recursive: true, force: true })
})

/** Some leads that are there already, so that the new one has to be found among others. */
async function seed(): Promise<void> {
  const post = (path: string, body: object, headers = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    })
  const { accessToken } = (await (await post('/v1/auth/login', owner)).json()) as { accessToken: string }
  const people = [
    'Mary Jackson, Langley & Co, newsletter',
    'Karen Spärck Jones, Cambridge Search, google',
    'Hedy Lamarr, , spring-fair',
    'Radia Perlman, Spanning Ltd, google',
  ]
  for (const [name, company, utmSource] of people.map((line) => line.split(', '))) {
    const email = `${name!.split(' ')[0]!.toLowerCase()}@example.com`
    const response = await post(
      '/v1/leads',
      { name, email, company, attribution: { utmSource } },
      { authorization: `Bearer ${accessToken}` },
    )
    expect(response.status).toBe(201)
  }
}

describe.each([
  { name: 'the Chromium of this machine, or else the one from npm', bundled: false },
  { name: 'the Chromium from npm', bundled: true },
])('in $name', ({ bundled }) => {
  let browser: Browser
  const visitor = bundled
    ? { name: 'Grace Hopper', email: 'grace@example.com' }
    : { name: 'Ada Lovelace', email: 'ada@example.com' }

  beforeAll(async () => {
    browser = await launchBrowser({ bundled })
  })
  afterAll(() => browser.close())

  /** A page that fails the test when anything on it does. */
  async function openPage(path: string, problems: string[]): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
    page.on('pageerror', (error) => void problems.push(error.message))
    page.on('console', (message) => void (message.type() === 'error' && problems.push(message.text())))
    await page.goto(`${url}${path}`)
    return page
  }
  const picture = (page: Page, name: string) =>
    pictures && !bundled ? page.screenshot({ path: join(pictures, `${name}.png`) }) : undefined

  test('a visitor fills in the form of the landing page, and the lead appears in an open admin list without reload', async () => {
    const problems: string[] = []
    const admin = await openPage('/admin', problems)
    await admin.getByLabel(/e-?mail/i).fill(owner.email)
    await admin.getByLabel(/password/i).fill(owner.password)
    await admin.getByRole('button', { name: /sign in/i }).click()
    await admin.waitForURL('**/admin/leads')
    await admin.evaluate(() => Object.assign(window, { sameDocument: true }))

    const demo = await openPage('/demo', problems)
    await demo.getByLabel(/^name/i).fill(visitor.name)
    await demo.getByLabel(/e-?mail/i).fill(visitor.email)
    await demo.getByLabel(/message/i).fill('Our old kitchen is 4 m by 3 m. Could you visit in May?')
    await picture(demo, 'demo')
    // A person takes longer than the form's minFillSeconds; the server measures from the token on, so this must be waited out.
    await demo.waitForFunction(
      (since) => performance.now() - since > 2100,
      await demo.evaluate(() => performance.now()),
    )
    await demo.getByRole('button', { name: 'Send' }).dblclick()
    await demo.getByText('Thank you. We will be in touch.').waitFor()
    await picture(demo, 'thank-you')

    const row = admin.getByRole('row', { name: visitor.name })
    await row.waitFor()
    expect(await row.count()).toBe(1)
    expect(await admin.evaluate(() => 'sameDocument' in window)).toBe(true)
    await picture(admin, 'lead-list')

    await row.getByRole('link', { name: visitor.name }).click()
    await admin.getByText('Could you visit in May?').filter({ visible: true }).first().waitFor()
    expect(await admin.getByText(visitor.email).count()).toBeGreaterThan(0)
    const timeline = admin.locator('#timeline, [aria-labelledby="timeline"], .timeline').first()
    expect(await timeline.getByRole('listitem').count()).toBe(1)
    expect(await timeline.textContent()).toMatch(/Contact/)
    await picture(admin, 'lead')

    expect(problems).toEqual([])
  })

  test('without JavaScript the admin is signed in to, searched and paged', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false })
    const page = await context.newPage()
    await page.goto(`${url}/admin/leads?q=nobody`)
    await page.getByLabel(/e-?mail/i).fill(owner.email)
    await page.getByLabel(/password/i).fill(owner.password)
    await page.getByRole('button', { name: /sign in/i }).click()
    expect(new URL(page.url()).search).toBe('?q=nobody')
    expect(await page.getByRole('row').count()).toBe(0)

    const search = page.getByRole('searchbox')
    await search.fill(visitor.email)
    await search.press('Enter')
    await page.getByRole('link', { name: visitor.name }).click()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain(visitor.name)
    await context.close()
  })
})
