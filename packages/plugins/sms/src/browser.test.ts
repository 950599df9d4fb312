import { createLead } from '@leadnest/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../tests/browser.ts'
import { type Admin, openAdmin, owner } from '../../../server/src/admin/testing/open-admin.ts'
import { payloads } from '../../../server/src/admin/testing/payloads.ts'
import { sms } from './index.ts'
import { routesOf } from './routes.ts'
import { simulator } from './simulator/simulated.ts'
import { twilioProvider } from './twilio/provider.ts'

let admin: Admin
let browser: Browser
let page: Page
let base: string
let pwned = 0
const refused: string[] = []
const by = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const
const theirs = '+14155550123'

/** The plugin as `npm run dev` has it. */
function simulated() {
  const { provider, pages } = simulator(twilioProvider())
  return { ...sms({ provider }), pages: pages(routesOf(provider)) } as ReturnType<typeof sms>
}

beforeAll(async () => {
  const settings = {
    accountSid: `AC${'1'.repeat(32)}`,
    authToken: 'a token',
    senders: ['+15005550006'],
    pricePerSegment: 0.0083,
  }
  admin = await openAdmin({ plugins: [simulated()], settings: { sms: settings } })
  await admin.nest.user({ ...owner, role: 'owner' })
  base = await admin.listen()
  browser = await launchBrowser()
  const context = await browser.newContext()
  context.setDefaultTimeout(6000)
  page = await context.newPage()
  await page.exposeFunction('pwn', () => pwned++)
  page.on('console', (message) => {
    if (/Content Security Policy|htmx:/.test(message.text())) refused.push(message.text())
  })
  await page.goto(`${base}/admin/leads`)
  await page.fill('#email', owner.email)
  await page.fill('#password', owner.password)
  await page.click('button[type=submit]')
  await page.waitForSelector('#live[data-state=on]')
})
afterAll(async () => {
  await browser?.close()
  await admin?.close()
})

/** Plays the other side, on a page of its own. */
async function says(text: string): Promise<void> {
  const phone = await page.context().newPage()
  await phone.goto(`${base}/admin/plugins/sms/simulator`)
  await phone.fill('#from', theirs)
  if (/^[A-Z]+$/.test(text)) await phone.click(`button[value=${text}]`)
  else {
    await phone.fill('#body', text)
    await phone.click('button.primary:has-text("Send")')
  }
  await phone.waitForSelector('text=It was taken.')
  await phone.close()
}

async function write(text: string): Promise<void> {
  await page.fill('#body', text)
  await page.click('button[value=send]')
}
const last = () => page.locator('.said').last().textContent()

test('a conversation: sent, delivered, answered, stopped, blocked, started again', async () => {
  const { result: lead } = await createLead(admin.nest, admin.nest.workspaceId, { name: 'Ada', phone: theirs }, by)
  await page.goto(`${base}/admin/leads/${lead.id}`)
  await page.click('a:has-text("Text")')
  await page.waitForURL(/conversations\/with/)
  // Counted while it is typed.
  await page.locator('#body').pressSequentially('Hello Ada')
  await page.waitForSelector('#preview:has-text("1 segment · GSM-7 · 151 left · 0.0083 USD")')
  await page.click('button[value=send]')
  await page.waitForURL(/conversations\/[0-9a-f-]{36}$/)
  const thread = page.url()
  expect(await last()).toContain('Waits to leave')
  await admin.nest.settle()
  await page.waitForSelector('.said:has-text("Delivered")', { timeout: 10_000 })

  await says('Thank you! <b>Tomorrow?</b>')
  await page.waitForSelector('.said.in:has-text("Thank you! <b>Tomorrow?</b>")', { timeout: 10_000 })

  await says('STOP')
  await page.waitForSelector('.said.in:has-text("Opted out")', { timeout: 10_000 })
  await write('One more thing')
  await page.waitForSelector('#errors')
  expect(await page.textContent('#errors')).toContain('does not want to be written to')
  expect(await page.inputValue('#body')).toBe('One more thing')

  await says('START')
  await page.goto(thread)
  await page.waitForSelector('.said.in:has-text("Opted in again")')
  await write('Welcome back')
  await page.waitForSelector('.said.out:has-text("Welcome back")')
  await admin.nest.settle()
  await page.waitForSelector('.said.out:has-text("Welcome back"):has-text("Delivered")', { timeout: 10_000 })
  expect(refused).toEqual([])
})

test('nothing that people write runs in the inbox, the thread or on the simulator', async () => {
  await says(payloads.join(' ').slice(0, 1500))
  for (const path of ['/admin/conversations', '/admin/conversations?view=unread', '/admin/plugins/sms/simulator']) {
    await page.goto(base + path)
  }
  expect(pwned).toBe(0)
})

test('it fits a phone, and can be used without a mouse', async () => {
  await page.setViewportSize({ width: 360, height: 720 })
  await page.goto(`${base}/admin/conversations`)
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  await page.click('.inbox a >> nth=0')
  await page.waitForSelector('#body')
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360)
  await page.focus('#body')
  await page.keyboard.type('By keys alone')
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab')
    if ((await page.evaluate('document.activeElement.value')) === 'send') break
  }
  await page.keyboard.press('Enter')
  await page.waitForSelector('.said.out:has-text("By keys alone")')
})
