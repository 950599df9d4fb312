import { listForms } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let formId: string
const origins = async () => (await listForms(admin.nest, admin.nest.workspaceId))[0]!.origins

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  formId = (await listForms(admin.nest, admin.nest.workspaceId))[0]!.id
})
afterAll(() => admin.close())

const save = (text: string, as = session) => admin.post(`/admin/forms/${formId}/origins`, { origins: text }, as)

test('sites are saved as origins, each once, also when a whole address was pasted', async () => {
  const answer = await save(
    ' https://www.example.com/contact?a=b \r\n\r\nhttp://localhost:5173\nhttps://www.example.com',
  )
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/admin/forms/${formId}#sites`])
  expect(await origins()).toEqual(['https://www.example.com', 'http://localhost:5173'])
  expect(await (await admin.get(`/admin/forms/${formId}`, session)).text()).toContain(
    'https://www.example.com\nhttp://localhost:5173',
  )
})

test('what is no site is refused with what was typed, and nothing is saved', async () => {
  const before = await origins()
  for (const wrong of ['example.com', 'javascript:alert(1)', '*', 'http://*.example.com', 'https://']) {
    const answer = await save(`https://fine.example\n${wrong}`)
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toContain(`https://fine.example\n${wrong}`)
    expect(page).toContain('is no origin')
  }
  expect(await origins()).toEqual(before)
})

test('a member reads the sites and may not change them', async () => {
  const member = { email: 'member@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...member, role: 'member' })
  const theirs = cookieOf(await admin.post('/admin/sign-in', member))
  const before = await origins()
  expect((await save('https://evil.example', theirs)).status).toBe(403)
  expect(await origins()).toEqual(before)
  expect(await (await admin.get(`/admin/forms/${formId}`, theirs)).text()).not.toContain('Save sites')
})

test('words are saved, and what is wrong is refused beside its field with what was typed', async () => {
  const words = { name: 'Say hello', submitLabel: 'Go', successMessage: 'Thanks!', language: 'de', minFillSeconds: '3' }
  const saved = await admin.post(`/admin/forms/${formId}/words`, words, session)
  expect([saved.status, saved.headers.get('location')]).toEqual([303, `/admin/forms/${formId}#words`])
  const [form] = await listForms(admin.nest, admin.nest.workspaceId)
  expect(form).toMatchObject({ ...words, minFillSeconds: 3, version: 2 })

  const wrong = { ...words, name: '', language: 'Klingon!', minFillSeconds: 'three' }
  const refused = await admin.post(`/admin/forms/${formId}/words`, wrong, session)
  const page = await refused.text()
  expect(refused.status).toBe(422)
  for (const seen of ['href="#name"', 'Use a language tag', 'Use whole seconds.', 'value="three"'])
    expect(page).toContain(seen)
  expect((await listForms(admin.nest, admin.nest.workspaceId))[0]).toEqual(form)
})
