import { addNote, captureLead, createLead, findForm, tagLead, updateLead } from '@leadnest/core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../tests/browser.ts'
import { type Admin, openAdmin, owner } from './testing/open-admin.ts'
import { payloads } from './testing/payloads.ts'

let admin: Admin
let browser: Browser
let page: Page
let base: string
const refused: string[] = []
let pwned = 0

beforeAll(async () => {
  admin = await openAdmin()
  await admin.nest.user({ ...owner, role: 'owner' })
  base = await admin.listen()
  browser = await launchBrowser()
  page = await browser.newPage()
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

const by = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }
const add = async (lead: Parameters<typeof createLead>[2]) =>
  (await createLead(admin.nest, admin.nest.workspaceId, lead, by)).result
const rows = () => page.locator('#leads tbody tr')

test('a lead appears in the open list without a reload, and in an open search only where it belongs', async () => {
  await page.evaluate('window.sameDocument = true')
  await add({ name: 'Ada Lovelace', email: 'ada@example.com', fields: {} })
  await page.waitForSelector('text=Ada Lovelace')
  expect(await page.locator('#leads-note').textContent()).toBe('Newest lead: Ada Lovelace')

  await page.keyboard.press('/')
  await page.keyboard.type('love')
  await page.waitForURL(/q=love$/)
  await add({ name: 'Grace Hopper', email: 'grace@example.com', fields: {} })
  await add({ name: 'Ed Lovett', email: 'ed@example.com', fields: {} })
  await page.waitForSelector('text=Ed Lovett')
  expect(await rows().count()).toBe(2)
  expect(await page.inputValue('#q')).toBe('love')
  expect(await page.evaluate('document.activeElement.id + window.sameDocument')).toBe('qtrue')

  await page.goBack()
  await expect.poll(() => rows().count(), { timeout: 5000 }).toBe(3)
  expect(await page.inputValue('#q')).toBe('')
})

test('what is ticked stays so while leads come in, and is changed by a job that tells how far it is', async () => {
  await page.goto(`${base}/admin/leads`)
  await page.waitForSelector('#live[data-state=on]')
  await page.check('[aria-label="Tick Ada Lovelace"]')
  const held = page.evaluate(`new Promise((told) => document.addEventListener('htmx:before:request', (event) =>
    event.detail.ctx.sourceElement.id === 'leads' && told(event.defaultPrevented)))`)
  await add({ name: 'Mary Jackson', email: 'jackson@example.com', fields: {} })
  expect(await held).toBe(true)
  expect(await page.isChecked('[aria-label="Tick Ada Lovelace"]')).toBe(true)
  await page.uncheck('[aria-label="Tick Ada Lovelace"]')
  await add({ name: 'Hedy Lamarr', email: 'hedy@example.com', fields: {} })
  await page.waitForSelector('text=Hedy Lamarr')
  await page.waitForSelector('text=Mary Jackson')

  await page.check('[aria-label="Tick Ada Lovelace"]')
  await page.click('text=Change ticked')
  await page.fill('#tag', 'VIP')
  await page.click('text=Add to 1 lead')
  await page.waitForSelector('text=Waiting to begin')
  await admin.nest.settle()
  await page.waitForSelector('text=Done: 1 changed')
}, 30_000)

test('40 payloads in every field: no script runs on any page, and the policy has nothing to refuse', async () => {
  const found = await findForm(admin.nest, 'contact')
  const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }
  await admin.nest.field('own')
  const leads = []
  for (const [i, text] of payloads.entries()) {
    const attribution = { utmSource: text, utmCampaign: text, referrer: text, landingPage: text }
    const own = {
      name: text,
      company: text,
      externalId: `${i}${text}`,
      fields: { own: text },
    }
    leads.push(await add({ ...own, email: `x${i}@example.com`, attribution }))
    const { id } = leads.at(-1)!
    await updateLead(admin.nest, admin.nest.workspaceId, id, { stage: 'lost', lostReason: text }, by)
    await tagLead(admin.nest, admin.nest.workspaceId, id, { add: [text.replaceAll(',', '').slice(0, 50)] }, by)
    await addNote(admin.nest, admin.nest.workspaceId, id, { body: text }, by)
    await captureLead(
      admin.nest,
      found,
      { fields: { name: text, email: 'x@example.com', message: text }, trap: text },
      visitor,
    )
  }
  const searches = payloads.slice(0, 5).map((text) => `/admin/leads?q=${encodeURIComponent(text)}`)
  const every = ['/admin/leads', '/admin/held', ...searches, ...leads.map(({ id }) => `/admin/leads/${id}`)]
  for (const path of every) {
    await page.goto(base + path, { waitUntil: 'load' })
    expect(await page.locator('main').count(), path).toBe(1)
  }
  expect(leads).toHaveLength(40)
  expect({ pwned, refused }).toEqual({ pwned: 0, refused: [] })
}, 60_000)

test('without script a lead is edited, noted on and deleted', async () => {
  const { id } = await add({ name: 'Mary Somerville', email: 'mary@example.com', fields: {} })
  const context = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  })
  const plain = await context.newPage()
  await plain.goto(`${base}/admin/leads/${id}`)
  await plain.click('text=Edit')
  expect(await plain.isVisible('#lostReason')).toBe(false)
  await plain.selectOption('#stage', 'lost')
  await plain.fill('#lostReason', 'Too dear')
  await plain.click('button:text-is("Save")')
  await plain.waitForSelector('text=Stage: New → Lost')
  expect(await plain.textContent('main')).toContain('Too dear')

  await plain.fill('#new-note', 'First line\nsecond line')
  await plain.click('text=Add note')
  await plain.waitForSelector('.note-body')
  expect(await plain.textContent('.note-body')).toBe('First line\nsecond line')
  await plain.click('.note-card summary')
  await plain.click('text=Delete note')
  await plain.waitForSelector('text=It was deleted since.')

  await plain.fill('#tag', 'VIP')
  await plain.keyboard.press('Enter')
  await plain.waitForSelector('[aria-label="Remove the tag VIP"]')
  await plain.fill('#tag', 'hot')
  await plain.keyboard.press('Enter')
  await plain.waitForSelector('[aria-label="Remove the tag hot"]')
  await plain.click('[aria-label="Remove the tag VIP"]')
  await plain.waitForSelector('text=Removed: VIP')

  await plain.click('text=Delete')
  await plain.click('text=Delete lead')
  await plain.waitForSelector('text=The lead is deleted.')
  await context.close()
})
