import { expect, test } from 'vitest'
import { alert, button, contact, email, focused, fulfill, shop, stored, thanks, visit } from './testing/shop.ts'

const terms = {
  id: '0190c1a0-0000-7000-8000-00000000000a',
  channel: 'email',
  purpose: 'contact',
  text: 'I agree that Engines Ltd. stores what I wrote and answers me.',
  required: true,
  language: 'en',
}
const news = {
  id: '0190c1a0-0000-7000-8000-00000000000b',
  channel: 'email',
  purpose: 'newsletter',
  text: 'Ja, ich möchte den Rundbrief.',
  required: false,
  language: 'de',
}
const form = { ...contact, consents: [terms, news] }
const box = ({ text }: { text: string }) => shop.page.getByRole('checkbox', { name: text })

test('each consent is a box below the fields, in its exact words and language, and never ticked before', async () => {
  shop.form = form
  await visit({ attributes: `form="contact" prefill-${terms.id}="true" prefill-news="true"` })
  expect(await shop.page.getByRole('checkbox').count()).toBe(3)
  expect([await box(terms).isChecked(), await box(news).isChecked()]).toEqual([false, false])
  expect(await shop.page.getByText(terms.text).textContent()).toBe(`${terms.text} *`)
  expect(await shop.page.getByText(news.text).textContent()).toBe(news.text)
  expect(await shop.page.getByText(news.text).getAttribute('lang')).toBe('de')
  const names = await shop.page
    .locator('leadnest-form')
    .evaluate(({ shadowRoot }) =>
      [...shadowRoot!.querySelectorAll<HTMLInputElement>('.field [name]')].map(({ name }) => name),
    )
  expect(names.slice(-2)).toEqual([terms.id, news.id])
})

test('one that is required has to be ticked; those that are ticked are sent, by the id of their words', async () => {
  shop.form = form
  await visit()
  await shop.page.evaluate(() =>
    document.addEventListener('leadnest:invalid', (event) =>
      Object.assign(window, { told: (event as CustomEvent).detail }),
    ),
  )
  await email().fill('ada@example.com')
  await button().click()
  expect(await focused()).toBe(terms.id)
  expect(await alert().textContent()).toBe('Please check the marked fields.')
  expect(await box(terms).getAttribute('aria-invalid')).toBe('true')
  expect(await shop.page.evaluate('told')).toEqual({ errors: [{ path: 'consents', message: 'This is required.' }] })
  expect(shop.submissions).toEqual([])

  await box(terms).check()
  expect(await box(terms).getAttribute('aria-invalid')).toBe('false')
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body.consents).toEqual([{ channel: 'email', purpose: 'contact', wordingId: terms.id }])
  expect(shop.submissions[0]!.body.fields).toEqual({ email: 'ada@example.com', news: false })
})

test('whoever ticks another box after a lost answer fills in anew', async () => {
  shop.form = form
  shop.answer = (route) => route.abort('connectionreset')
  await visit()
  await email().fill('ada@example.com')
  await box(terms).check()
  await button().click()
  await shop.page.getByText('Please try again').waitFor()
  const lost = shop.submissions.splice(0)
  shop.answer = (route) => fulfill(route, stored)
  await box(news).check()
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.key).not.toBe(lost[0]!.key)
  expect(shop.submissions[0]!.body.consents).toHaveLength(2)
})

test('a form without consents sends none', async () => {
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body).not.toHaveProperty('consents')
})
