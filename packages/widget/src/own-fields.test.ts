import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { alert, contact, email, leads, shop, thanks, visit } from './testing/shop.ts'

/** What a plugin brings: stars to click, in a shadow root of their own. */
const rating = `customElements.define('acme-rating', class extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: 'open', delegatesFocus: true })
    for (let i = 1; i <= (this.options.stars ?? 5); i++) {
      const star = document.createElement('button')
      star.type = 'button'
      star.textContent = this.label + ': ' + i
      star.onclick = () => {
        this.value = String(i)
        this.dispatchEvent(new Event('input', { bubbles: true }))
        this.dispatchEvent(new Event('change', { bubbles: true }))
      }
      root.append(star)
    }
  }
})`
const script = '/plugins/acme/fields/rating.1a2b3c.js'
const integrity = `sha384-${createHash('sha384').update(rating).digest('base64')}`
const field = {
  name: 'score',
  type: 'plugin:acme/rating' as const,
  label: 'Score',
  required: true,
  settings: { stars: 3 },
}
const drawn = { ...field, element: 'acme-rating', script, integrity }
const star = (i: number) => shop.page.getByRole('button', { name: `Score: ${i}` })
const send = () => shop.page.getByRole('button', { name: 'Send' })
const fallback = () => shop.page.getByRole('textbox', { name: 'Score' })

async function open(own: object = drawn, body: string | null = rating, attributes = 'form="contact"') {
  shop.form = { ...contact, fields: [...contact.fields, own as never] }
  let asked = 0
  await shop.context.route(`${leads}${script}`, (route) => {
    asked++
    if (body === null) return route.abort()
    return route.fulfill({ contentType: 'text/javascript', headers: { 'access-control-allow-origin': '*' }, body })
  })
  await visit({ attributes })
  return () => asked
}

test("a plugin's element is drawn in the form, is told what it has to know, and its value is sent", async () => {
  const asked = await open()
  expect([await star(3).count(), await star(4).count(), await fallback().count()]).toEqual([1, 0, 0])
  await email().fill('ada@example.com')
  await send().click()
  expect(await alert().textContent()).not.toBe('')
  expect(await shop.page.locator('acme-rating').getAttribute('aria-invalid')).toBe('true')
  expect(await shop.page.evaluate(() => document.activeElement!.shadowRoot!.activeElement!.localName)).toBe(
    'acme-rating',
  )
  await star(2).click()
  expect(await shop.page.locator('acme-rating').getAttribute('aria-invalid')).toBe('false')
  await shop.page.getByLabel('Name').fill('Ada')
  await send().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body.fields).toMatchObject({ email: 'ada@example.com', name: 'Ada', score: '2' })
  expect(asked()).toBe(1)
})

test.each([
  ['does not come', drawn, null],
  ['is not what was promised', drawn, 'window.pwned = true'],
  ['breaks', { ...drawn, integrity: '' }, 'throw new Error()'],
  ['is not told, for the plugin is off', field, rating],
])('where its script %s there is a plain field', async (_, own, body) => {
  shop.page.removeAllListeners('pageerror')
  await open(own, body, 'form="contact" prefill-score="1"')
  expect(await fallback().inputValue()).toBe('1')
  await fallback().fill('3')
  await email().fill('ada@example.com')
  await send().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body.fields.score).toBe('3')
  expect(await shop.page.evaluate('window.pwned')).toBe(undefined)
})
