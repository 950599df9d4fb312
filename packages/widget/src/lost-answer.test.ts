import type { Request, Route } from 'playwright-core'
import { expect, test } from 'vitest'
import {
  button,
  contact,
  email,
  fulfill,
  isFormRequest,
  leads,
  refusal,
  shop,
  stored,
  thanks,
  visit,
} from './testing/shop.ts'

/** The next token comes when `until` does. */
async function renewing(until?: Promise<void>) {
  await shop.context.route(`${leads}/v1/forms/contact`, async (route) => {
    await until
    await fulfill(route, { json: contact, headers: { 'leadnest-form-token': 'tok-2' } })
  })
}

async function loseAnAnswer(lose = (route: Route) => route.abort('connectionreset')) {
  shop.answer = lose
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await shop.page.getByText('Please try again').waitFor()
  shop.answer = (route) => fulfill(route, stored)
}

test('whoever edits after a lost answer fills in anew: another key, and a token fetched at the first edit', async () => {
  await loseAnAnswer()
  const lost = shop.submissions.splice(0)
  await renewing()
  const renewals: Request[] = []
  shop.page.on('request', (request) => isFormRequest(request) && renewals.push(request))

  const renewed = shop.page.waitForResponse((response) => isFormRequest(response.request()))
  await email().fill('ada@lovelace.example')
  await renewed
  await shop.page.getByLabel('Name').fill('Ada')
  await button().click()
  await thanks().waitFor()
  expect(renewals).toHaveLength(1)
  expect(shop.submissions).toHaveLength(1)
  expect(shop.submissions[0]!.key).not.toBe(lost[0]!.key)
  expect(shop.submissions[0]!.body).toMatchObject({
    fields: { name: 'Ada', email: 'ada@lovelace.example' },
    token: 'tok-2',
  })
})

test('an edit while the answer is on its way, then lost, counts as one after it', async () => {
  await loseAnAnswer(async (route) => {
    if (shop.submissions.length === 1) {
      await renewing()
      await email().fill('ada@lovelace.example')
    }
    await route.abort('connectionreset')
  })
  await button().click()
  await thanks().waitFor()
  const [lost, last] = [shop.submissions[0]!, shop.submissions.at(-1)!]
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
  expect(shop.submissions.at(-1)!.body.token).toBe('tok-2')
})

test('a form that was refused is edited and sent with the token that it has', async () => {
  shop.answer = (route) => fulfill(route, refusal(413, 'body_too_large', 'This is longer than 64 KiB.'))
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await shop.page.getByText('This could not be sent.').waitFor()
  shop.answer = (route) => fulfill(route, stored)
  await renewing()
  await email().fill('ada@lovelace.example')
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[1]!.body.token).toBe('tok-1')
})
