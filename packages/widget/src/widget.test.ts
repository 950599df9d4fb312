import { expect, test } from 'vitest'
import {
  alert,
  button,
  contact,
  email,
  focused,
  fulfill,
  isFormRequest,
  leads,
  refusal,
  shop,
  site,
  stored,
  thanks,
  visit,
} from './testing/shop.ts'

test('what was filled in arrives, with the token and nothing in the trap', async () => {
  await visit()
  await shop.page.getByLabel('Name').fill('Ada')
  await email().fill('ada@example.com')
  await shop.page.getByLabel('Team').selectOption('small')
  await shop.page.getByLabel('Send me news').check()
  await button().click()
  await thanks().waitFor()
  expect(await thanks().textContent()).toBe('Thank you. We will be in touch.')
  expect(await thanks().evaluate((element) => element.matches(':focus'))).toBe(true)
  expect(shop.submissions).toHaveLength(1)
  expect(shop.submissions[0]!.body).toEqual({
    fields: { name: 'Ada', email: 'ada@example.com', size: 'small', news: true },
    token: 'tok-1',
    attribution: { landingPage: `${site}/` },
  })
})

test('a held submission thanks in the same words', async () => {
  shop.answer = (route) => fulfill(route, { ...stored, json: { ...stored.json, status: 'held' } })
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  expect(await thanks().textContent()).toBe('Thank you. We will be in touch.')
})

test('a double click is one submission', async () => {
  shop.answer = async (route) => {
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
  expect(shop.submissions).toHaveLength(1)
})

test('after a network error what was typed stays, and the next try carries the same key', async () => {
  shop.answer = (route) => route.abort('connectionreset')
  await visit({ path: '/?utm_source=spring' })
  await email().fill('ada@example.com')
  await button().click()
  await shop.page.getByText('Please try again: what you wrote is still here.').waitFor()
  expect(await button().textContent()).toBe('Try again')
  expect(await email().inputValue()).toBe('ada@example.com')

  // A single-page app may have changed its address meanwhile; the content under the key must not change with it.
  await shop.page.evaluate(() => history.replaceState(null, '', '/elsewhere'))
  shop.answer = (route) => fulfill(route, stored)
  await button().click()
  await thanks().waitFor()
  expect(new Set(shop.submissions.map(({ key }) => key)).size).toBe(1)
  expect(shop.submissions.at(-1)!.body).toEqual(shop.submissions[0]!.body)
})

test('a refused field says so beside it and takes the focus; the next try is a new one', async () => {
  shop.answer = (route) =>
    fulfill(
      route,
      refusal(422, 'invalid_input', 'No.', [{ path: 'fields.email', message: 'That domain takes no mail.' }]),
    )
  await visit()
  await email().fill('ada@example.invalid')
  await button().click()
  await shop.page.getByText('That domain takes no mail.').waitFor()
  expect(await focused()).toBe('email')
  expect(await email().getAttribute('aria-invalid')).toBe('true')
  expect(await email().getAttribute('aria-describedby')).toBe('email-help email-problem')
  expect(await alert().textContent()).toBe('Please check the marked fields.')

  shop.answer = (route) => fulfill(route, stored)
  await email().fill('ada@example.com')
  expect(await shop.page.getByText('That domain takes no mail.').count()).toBe(0)
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[1]!.key).not.toBe(shop.submissions[0]!.key)
})

test('a refusal of nothing on the form is told in words', async () => {
  shop.answer = (route) => fulfill(route, refusal(413, 'body_too_large', 'This is longer than 64 KiB.'))
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await shop.page.getByText('This could not be sent. This is longer than 64 KiB.').waitFor()
})

test('what is missing is told at the first try, then while typing, and never on leaving a field', async () => {
  await visit()
  await email().focus()
  await shop.page.getByLabel('Message').focus()
  expect(await email().getAttribute('aria-invalid')).toBe('false')
  await button().click()
  expect(await focused()).toBe('email')
  expect(await shop.page.getByText('This is required.').count()).toBe(1)
  await email().pressSequentially('ada')
  expect(await shop.page.getByText('name@example.com').count()).toBe(1)
  await email().pressSequentially('@example.com')
  expect(await email().getAttribute('aria-invalid')).toBe('false')
  expect(await alert().textContent()).toBe('')
  expect(shop.submissions).toEqual([])
})

test('attribution is read when sending, cut to length, and nothing is kept in the browser', async () => {
  await visit({ path: `/?utm_source=spring&utm_campaign=${'x'.repeat(600)}&gclid=g1&other=1#top` })
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  const { landingPage, ...rest } = shop.submissions[0]!.body.attribution
  expect(rest).toEqual({ utmSource: 'spring', utmCampaign: 'x'.repeat(500), gclid: 'g1' })
  expect(landingPage).not.toContain('#')
  expect(await shop.context.storageState({ indexedDB: true })).toEqual({ cookies: [], origins: [] })
  expect(await shop.page.evaluate(() => sessionStorage.length + document.cookie.length)).toBe(0)
})

test('no inline style, no style element: a strict policy has nothing to refuse', async () => {
  await visit()
  await button().click()
  const found = await shop.page.locator('leadnest-form').evaluate(({ shadowRoot }) => ({
    inline: shadowRoot!.querySelectorAll('[style], style').length,
    sheets: shadowRoot!.adoptedStyleSheets.length,
    height: shadowRoot!.querySelector('button')!.offsetHeight,
  }))
  expect(found).toEqual({ inline: 0, sheets: 1, height: expect.toSatisfy((height: number) => height >= 44) })
})

test('every control has a label, is big enough, and the trap is out of reach', async () => {
  await visit()
  for (const { label } of contact.fields) expect(await shop.page.getByLabel(label).count(), label).toBe(1)
  const order: (string | undefined)[] = []
  for (let tab = 0; tab < 7; tab++) {
    await shop.page.keyboard.press('Tab')
    order.push(await focused())
  }
  expect(order).toEqual(['name', 'email', 'size', 'message', 'news', 'campaignId', ''])
  const trap = shop.page.locator('leadnest-form .trap')
  expect(await trap.getAttribute('aria-hidden')).toBe('true')
  const box = (await trap.boundingBox())!
  expect(box.width * box.height).toBeLessThanOrEqual(1)
})

test('a trapped program is sent on with what it wrote', async () => {
  await visit()
  await email().fill('bot@example.com')
  await shop.page.locator('leadnest-form .trap input').evaluate((input: HTMLInputElement) => (input.value = 'buy now'))
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body.trap).toBe('buy now')
})

test('prefill-* fills in, hidden-* sends unseen, in any case', async () => {
  await visit({
    attributes: 'form="contact" prefill-email="ada@example.com" hidden-campaignid="c7" hidden-unknown="x"',
  })
  expect(await shop.page.getByLabel('Campaign').count()).toBe(0)
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body.fields).toEqual({ email: 'ada@example.com', campaignId: 'c7', news: false })
})

test('the page hears what happens, and may stop a submission', async () => {
  await shop.page.addInitScript(() => {
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
  await shop.page.waitForFunction(() => Reflect.get(window, 'heard').includes('view'))
  await button().click()
  await email().fill('ada@example.com')
  await button().click()
  expect(shop.submissions).toEqual([])
  await shop.page.evaluate(() => Reflect.set(window, 'mayPass', true))
  await button().click()
  await thanks().waitFor()
  const heard = await shop.page.evaluate(() => Reflect.get(window, 'heard'))
  expect(heard).toEqual(['ready', 'view', 'invalid', 'start', 'change', 'submit', 'submit', 'success'])
})

test('a form that is not there says so in its place', async () => {
  await visit({ attributes: 'form="contcat" lang="de"' })
  expect(await alert().textContent()).toContain('Dieses Formular konnte nicht geladen werden.')
  expect(await alert().textContent()).toContain(`There is no form "contcat" at ${leads}.`)
})

test('an unknown origin is named, so that it can be added', async () => {
  await shop.context.route(`${leads}/v1/forms/contact`, (route) => fulfill(route, refusal(403, 'origin_not_allowed')))
  await visit()
  expect(await alert().textContent()).toContain(`add ${site} to its origins`)
})

test('a token older than an hour is replaced when the visitor comes back', async () => {
  await shop.page.clock.install()
  await visit()
  await shop.page.clock.fastForward('02:00:00')
  await shop.context.route(`${leads}/v1/forms/contact`, (route) =>
    fulfill(route, { json: contact, headers: { 'leadnest-form-token': 'tok-2' } }),
  )
  const renewed = shop.page.waitForResponse((response) => isFormRequest(response.request()))
  await email().focus()
  await renewed
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body.token).toBe('tok-2')
})

test('moving the element keeps what was typed', async () => {
  await visit()
  await email().fill('ada@example.com')
  await shop.page.evaluate(() =>
    document.body.prepend(document.createElement('p'), document.querySelector('leadnest-form')!),
  )
  expect(await email().inputValue()).toBe('ada@example.com')
})

test('an attribute set to the value it has keeps what was typed; another value draws anew', async () => {
  await visit({ attributes: 'form="contact" lang="en"' })
  await email().fill('ada@example.com')
  await shop.page.evaluate(() => document.querySelector('leadnest-form')!.setAttribute('lang', 'en'))
  expect(await email().inputValue()).toBe('ada@example.com')
  await shop.page.evaluate(() => document.querySelector('leadnest-form')!.setAttribute('lang', 'de'))
  await shop.page.getByText('* erforderlich').waitFor()
  expect(await email().inputValue()).toBe('')
})
