import { readFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../../../../../tests/browser.ts'
import { type Admin, openAdmin, owner } from '../../../../server/src/admin/testing/open-admin.ts'
import { csv } from '../index.ts'

let admin: Admin
let browser: Browser
let page: Page
let base: string
const wrong: string[] = []

beforeAll(async () => {
  admin = await openAdmin({ plugins: [csv()] })
  await admin.nest.user({ ...owner, role: 'owner' })
  base = await admin.listen()
  browser = await launchBrowser()
  page = await browser.newPage()
  page.on('console', (message) => {
    if (/Content Security Policy|htmx:/.test(message.text())) wrong.push(message.text())
  })
  await page.goto(`${base}/admin/leads`)
  await page.fill('#email', owner.email)
  await page.fill('#password', owner.password)
  await page.click('button[type=submit]')
  await page.click('text=Import and export')
})
afterAll(async () => {
  await browser?.close()
  await admin?.close()
})

test('20,000 rows go through the wizard while progress moves, and what was refused is downloaded', async () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, i) => `${i % 1000 === 7 ? 'nobody' : `p${i}@example.com`};Person ${i};${i}`,
  )
  const buffer = Buffer.from(`E-Mail;Wer;Nummer\n${rows.join('\n')}\n`)
  await page.setInputFiles('#file', { name: 'twenty thousand.csv', mimeType: 'text/csv', buffer })
  await page.click('text=Look at it')
  await page.waitForSelector('h1:has-text("twenty thousand.csv")')
  expect(await page.inputValue('[name=to0]')).toBe('email')
  await page.selectOption('[name=to1]', 'name')
  await page.selectOption('[name=to2]', '+')
  await page.click('button:has-text("Save this mapping")')
  await page.waitForSelector('#preview >> text=Person 49')
  expect(await page.locator('#preview >> text=Refused').count()).toBe(1)

  await page.click('button:has-text("Import")')
  await page.waitForSelector('#import >> text=Waiting')
  await page.evaluate(`window.seen = new Set(); new MutationObserver(() => {
    const bar = document.querySelector('progress'); if (bar) window.seen.add(bar.value)
  }).observe(document.body, { subtree: true, childList: true, attributes: true })`)
  await page.waitForSelector('#live[data-state=on]')
  await admin.nest.settle()
  await page.waitForSelector('#import >> text=Done')
  expect(await page.locator('#import .tiles').textContent()).toMatch(
    /New\s*19,980\s*Changed\s*0\s*Left as they are\s*0\s*Refused\s*20/,
  )
  // The same document all the while: the part was read again, not the page.
  const seen = (await page.evaluate('[...window.seen]')) as number[]
  expect(seen.length).toBeGreaterThan(2)
  expect(seen).toEqual([...seen].sort((one, other) => one - other))

  const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Refused rows as CSV')])
  const refused = (await readFile((await download.path())!, 'utf8')).trim().split('\r\n')
  expect(refused).toHaveLength(21)
  expect(refused[1]).toBe('nobody;Person 7;7;8;9;E-Mail;invalid_email;Enter an e-mail address, like name@example.com.')

  // Mended as in a spreadsheet, the file is sent again: its columns go where they went, and what was told of the rows goes nowhere.
  const mended = refused.map((line, i) => line.replace(/^nobody;/, `mended${i}@example.com;`)).join('\r\n')
  await page.click('nav >> text=Import and export')
  await page.setInputFiles('#file', { name: 'mended.csv', mimeType: 'text/csv', buffer: Buffer.from(mended) })
  await page.click('text=Look at it')
  await page.waitForSelector('#preview >> text=Person 19007')
  expect(await page.locator('#preview >> text=Refused').count()).toBe(0)
  const chosen = await page.evaluate(`[...document.querySelectorAll('select[name^=to]')].map((one) => one.value)`)
  expect(chosen).toEqual(['email', 'name', 'fields.nummer', '', '', '', '', ''])
  await page.click('button:has-text("Import")')
  await page.waitForSelector('#import >> text=Done')
  expect(await page.locator('#import .tiles').textContent()).toMatch(
    /New\s*20\s*Changed\s*0\s*Left as they are\s*0\s*Refused\s*0/,
  )
  expect(await page.locator('#import >> text=import_code').count()).toBe(0)
  await page.goto(`${base}/admin/leads?q=mended`)
  await page.waitForSelector('text=Person 19007')
  expect(wrong).toEqual([])
}, 90_000)

test('a column shows what its place asks for, at once, and no more', async () => {
  await page.goto(`${base}/admin/plugins/csv`)
  await page.fill('#text', 'email\tTelefon\tjoined\nrules@example.com\t030 901820\tyes\n')
  await page.click('text=Look at it')
  await page.waitForSelector('#country1')
  const shownAt = (i: number) =>
    page.evaluate(
      `[...document.querySelectorAll('[id]:is(select, input)')].filter((one) => one.id.endsWith(${i}) && one.checkVisibility()).map((one) => one.id)`,
    )
  const isOffered = (i: number) => page.isVisible(`tr:has(#to${i}) summary`)
  expect(await shownAt(1)).toEqual(['to1', 'country1'])
  await page.selectOption('#to2', 'consent')
  expect(await shownAt(2)).toEqual(['to2', 'channel2', 'purpose2', 'wording2'])
  await page.selectOption('#to2', '+')
  expect(await shownAt(2)).toEqual(['to2', 'type2'])
  await page.click('tr:has(#to2) summary')
  const withRules = async (type: string) => {
    await page.selectOption('#type2', type)
    return ((await shownAt(2)) as string[]).slice(2)
  }
  expect(await page.inputValue('#type2')).toBe('boolean')
  expect(await withRules('boolean')).toEqual(['default2'])
  expect(await withRules('text')).toEqual(['default2', 'lower2', 'prefix2'])
  expect(await withRules('number')).toEqual(['default2', 'decimal2'])
  expect(await withRules('date')).toEqual(['default2', 'date2'])
  await page.selectOption('#to2', 'phone')
  expect(await shownAt(2)).toEqual(['to2', 'default2'])
  await page.selectOption('#to2', '')
  expect([await shownAt(2), await isOffered(2), await isOffered(1)]).toEqual([['to2'], false, true])
})

test('the button says what it does: an export now, or one that is planned', async () => {
  await page.goto(`${base}/admin/plugins/csv/exports`)
  const isShown = (name: string) => page.getByRole('button', { name, exact: true }).isVisible()
  expect([await isShown('Export'), await isShown('Plan the export')]).toEqual([true, false])
  await page.selectOption('#when', 'week')
  expect([await isShown('Export'), await isShown('Plan the export')]).toEqual([false, true])
})

test('by keyboard alone, on a phone: pasted rows are imported and taken back', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page
    .click('nav >> text=Import and export')
    .catch(async () => page.goto(page.url().replace(/\/imports\/.*/, '')))
  await page.focus('#text')
  await page.keyboard.insertText('email\tname\nkim@example.com\tKim\n')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#preview >> text=Kim')
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
  // Each choice has the width of the page.
  expect((await page.locator('#to0').boundingBox())!.width).toBeGreaterThan(300)
  await page.focus('button[value=run]')
  await page.keyboard.press('Enter')
  await page.waitForSelector('#import >> text=Done')
  await page.focus('a:has-text("Take it back")')
  await page.keyboard.press('Enter')
  await page.focus('button:has-text("Take 1 lead back")')
  await page.keyboard.press('Enter')
  await page.waitForSelector('text=It is being taken back')
  await admin.nest.settle()
  await page.waitForSelector('text=Taken back: 1')
}, 60_000)

test('all columns of an export are unticked without what was typed beside them', async () => {
  await page.goto(`${base}/admin/plugins/csv/exports`)
  await page.fill('#filter', 'stage = new')
  await page.click('text=Tick none')
  await expect.poll(() => page.locator('#columns :checked').count()).toBe(0)
  await page.click('text=Tick all')
  await expect.poll(() => page.locator('#columns [type=checkbox]:not(:checked)').count()).toBe(0)
  expect([await page.inputValue('#filter'), page.url(), wrong]).toEqual([
    'stage = new',
    `${base}/admin/plugins/csv/exports`,
    [],
  ])
})
