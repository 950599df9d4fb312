import { disableUser } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin } from '../admin/testing/open-admin.ts'

let admin: Admin
const password = 'correct horse battery'
beforeAll(async () => {
  admin = await openAdmin()
  for (const name of ['known', 'ended']) await admin.nest.user({ email: `${name}@example.com`, password })
  await disableUser(admin.nest, 'ended@example.com', true)
})
afterAll(() => admin.close())

const everybody = ['known@example.com', 'ended@example.com', 'other@example.com']
/** But for what is new each time, and what was sent. */
const bare = (text: string, email: string) =>
  text.replaceAll(email, '').replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, '')
const headersOf = (headers: Headers) =>
  [...headers].map(([name, value]) => (/^(x-request-id|date)$/.test(name) ? name : `${name}: ${value}`)).sort()

test('the API answers a wrong password of somebody known, disabled and unknown with the same bytes', async () => {
  const answers = []
  for (const email of everybody) {
    const { status, headers, text } = await admin.request('POST /v1/auth/login', {
      body: { email, password: 'wrong horse' },
    })
    answers.push({ status, headers: headersOf(headers), text: bare(text, email) })
  }
  expect(answers[0]!.status).toBe(401)
  expect(answers.slice(1)).toEqual([answers[0], answers[0]])
})

test('so does the page of the admin', async () => {
  const answers = []
  for (const email of everybody) {
    const answer = await admin.post('/admin/sign-in', { email, password: 'wrong horse' })
    answers.push({ status: answer.status, headers: headersOf(answer.headers), text: bare(await answer.text(), email) })
  }
  expect(answers[0]!.text).toContain('E-mail or password is not right.')
  expect(answers.slice(1)).toEqual([answers[0], answers[0]])
})
