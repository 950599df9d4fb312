import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { button, contact, email, fulfill, leads, shop, stored, thanks, visit } from './testing/shop.ts'

const zeros = (token: string, proof: string) =>
  Math.clz32(createHash('sha256').update(`${token}.${proof}`).digest().readUInt32BE(0))

test('a form that asks for work is sent with it', async () => {
  shop.form = { ...contact, proof: 12 }
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  const { token, proof } = shop.submissions[0]!.body
  expect(proof).toMatch(/^\d{1,15}$/)
  expect(zeros(token!, proof!)).toBeGreaterThanOrEqual(12)
})

test('the page draws and takes what is typed while it is worked for', async () => {
  // Minutes of work.
  shop.form = { ...contact, proof: 30 }
  await visit()
  await email().focus()
  await shop.page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let frames = 0
        const draw = () => (++frames < 20 ? requestAnimationFrame(draw) : resolve())
        requestAnimationFrame(draw)
      }),
  )
  await email().fill('ada@example.com')
  expect(await email().inputValue()).toBe('ada@example.com')
})

test('it begins with the first touch, not before', async () => {
  shop.form = { ...contact, proof: 4 }
  await visit()
  await shop.page.evaluate(() => {
    const { digest } = SubtleCrypto.prototype
    const counted = { hashes: 0 }
    Object.assign(window, { counted })
    SubtleCrypto.prototype.digest = function count(...args) {
      counted.hashes++
      return digest.apply(this, args)
    }
  })
  expect(await shop.page.evaluate('counted.hashes')).toBe(0)
  await email().focus()
  await shop.page.waitForFunction('counted.hashes > 0')
  const hashes = await shop.page.evaluate('counted.hashes')
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  expect(await shop.page.evaluate('counted.hashes')).toBe(hashes)
})

test('a fresh token is worked for anew', async () => {
  shop.form = { ...contact, proof: 8 }
  shop.answer = (route) => route.abort('connectionreset')
  await visit()
  await email().fill('ada@example.com')
  await button().click()
  await shop.page.getByText('Please try again').waitFor()
  shop.answer = (route) => fulfill(route, stored)
  await shop.context.route(`${leads}/v1/forms/contact`, (route) =>
    fulfill(route, { json: { ...contact, proof: 10 }, headers: { 'leadnest-form-token': 'tok-2' } }),
  )
  await email().fill('ada@lovelace.example')
  await button().click()
  await thanks().waitFor()
  const { token, proof } = shop.submissions.at(-1)!.body
  expect(token).toBe('tok-2')
  expect(zeros('tok-2', proof!)).toBeGreaterThanOrEqual(10)
})

test('what is edited while it is worked for goes out as it was, and then anew', async () => {
  shop.form = { ...contact, proof: 4 }
  shop.answer = (route) => route.abort('connectionreset')
  await visit()
  await shop.page.evaluate(() => {
    const { digest } = SubtleCrypto.prototype
    const goOn = new Promise((resolve) => Object.assign(window, { goOn: resolve }))
    SubtleCrypto.prototype.digest = async function wait(...args) {
      await goOn
      return digest.apply(this, args)
    }
  })
  await email().fill('ada@example.com')
  await button().click()
  expect(await button().textContent()).toBe('Sending…')
  await email().fill('ada@lovelace.example')
  await shop.context.route(`${leads}/v1/forms/contact`, (route) =>
    fulfill(route, { json: contact, headers: { 'leadnest-form-token': 'tok-2' } }),
  )
  await shop.page.evaluate('goOn()')
  await shop.page.getByText('Please try again').waitFor()
  const [lost] = shop.submissions.splice(0)
  shop.answer = (route) => fulfill(route, stored)
  await button().click()
  await thanks().waitFor()
  const [last] = shop.submissions
  expect([lost!.body.fields.email, lost!.body.token]).toEqual(['ada@example.com', 'tok-1'])
  expect([last!.body.fields.email, last!.body.token]).toEqual(['ada@lovelace.example', 'tok-2'])
  expect(last!.key).not.toBe(lost!.key)
})

test('where a page cannot hash, it is sent without', async () => {
  shop.form = { ...contact, proof: 8 }
  await visit()
  await shop.page.evaluate(() => Object.defineProperty(crypto, 'subtle', { value: undefined }))
  await email().fill('ada@example.com')
  await button().click()
  await thanks().waitFor()
  expect(shop.submissions[0]!.body).not.toHaveProperty('proof')
})
