import { sql } from '@leadnest/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../tests/browser.ts'
import { type TestServer, testServer } from '../testing.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let browser: Browser
let base: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  base = await server.listen()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

const verdicts = async (email: string) =>
  (
    await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      tx.query<{ verdict: string; reasons: string[] }>(sql`
        select verdict, reasons from submissions
        where workspace_id = ${server.nest.workspaceId} and fields ->> 'email' = ${email} order by id`),
    )
  ).map(({ verdict, reasons }) => [verdict, ...reasons])

async function open(page: Page) {
  await page.goto(`${base}/f/contact`)
  return page
}

const send = async (page: Page) => {
  await page.click('button[type=submit]')
  await page.waitForURL('**/thanks')
}

test('a Chromium that fills in at once what is visible is held, and one that fills in all there is is spam', async () => {
  for (let i = 0; i < 5; i++) {
    const page = await open(await browser.newPage())
    const visible = page.locator('.field :is(input, textarea)')
    for (const field of await visible.all()) {
      const type = await field.getAttribute('type')
      await field.fill(type === 'email' ? `robot${i}@example.com` : type === 'tel' ? '+44 20 7946 0958' : 'Buy this')
    }
    await send(page)
    expect(await verdicts(`robot${i}@example.com`)).toEqual([['held', 'too_fast', 'same_in_fields']])
    await page.close()
  }
  const page = await open(await browser.newPage())
  await page.evaluate(`for (const field of document.querySelectorAll('input:not([type=hidden]), textarea'))
    field.value = field.type === 'email' ? 'all@example.com' : '+442079460958'`)
  time += 5000
  await send(page)
  expect((await verdicts('all@example.com'))[0]?.slice(0, 2)).toEqual(['spam', 'trap_filled'])
  await page.close()
})

test('a Chromium without a screen that says so is held', async () => {
  const context = await browser.newContext({ userAgent: 'Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0.0.0' })
  const page = await open(await context.newPage())
  await page.fill('[name=email]', 'headless@example.com')
  time += 9000
  await send(page)
  expect(await verdicts('headless@example.com')).toEqual([['held', 'bot_agent']])
  await context.close()
})

test('somebody with a keyboard alone, who pastes, goes back and sends again, and has two tabs, is accepted each time', async () => {
  const context = await browser.newContext()
  const page = await open(await context.newPage())
  await page.focus('[name=name]')
  for (const text of ['Ada Lovelace', 'ada@example.com', '020 7946 0958']) {
    await page.keyboard.type(text)
    await page.keyboard.press('Tab')
  }
  await page.keyboard.insertText('What I wrote elsewhere and paste here.')
  time += 12_000
  await page.keyboard.press('Tab')
  await Promise.all([page.waitForURL('**/thanks'), page.keyboard.press('Enter')])

  await page.goBack()
  await page.fill('[name=name]', 'Ada Lovelace')
  await page.fill('[name=email]', 'ada@example.com')
  await page.fill('[name=message]', 'I forgot to say when.')
  time += 12_000
  await send(page)

  const tabs = [await open(await context.newPage()), await open(await context.newPage())]
  time += 12_000
  for (const tab of tabs) {
    await tab.fill('[name=email]', 'ada@example.com')
    await tab.fill('[name=message]', 'Hello')
    await send(tab)
  }
  expect(await verdicts('ada@example.com')).toEqual([['accepted'], ['accepted'], ['accepted'], ['accepted']])
  await context.close()
})
