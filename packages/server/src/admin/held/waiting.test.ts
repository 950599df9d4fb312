import { captureLead, findForm, issueFormToken, updateForm } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, owner, signInOwner } from '../testing/open-admin.ts'

let time = Date.parse('2026-11-24T09:00:00Z')
let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin({ now: () => new Date(time) })
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }

async function send(fields: Record<string, string>) {
  const form = await findForm(admin.nest, 'contact')
  const token = issueFormToken(admin.nest, form.form.id)
  time += 5000
  return (await captureLead(admin.nest, form, { fields, token }, visitor)).result
}

test('a form is told to wait for people, who are listed, and whose link is shown once', async () => {
  const { form } = await findForm(admin.nest, 'contact')
  const page = await (await admin.get(`/admin/forms/${form.id}`, session)).text()
  expect(page).toContain(`action="/admin/forms/${form.id}/double-opt-in"`)
  const saved = await admin.post(`/admin/forms/${form.id}/double-opt-in`, { doubleOptIn: 'true' }, session)
  expect([saved.status, saved.headers.get('location')]).toEqual([303, `/admin/forms/${form.id}#double`])

  const { id } = await send({ name: 'Ada', email: 'ada@example.com' })
  const list = async () => (await admin.get('/admin/held', session)).text()
  expect(await list()).toContain('It waits until the person follows the link that is sent to them.')
  expect(await list()).toContain('No link was made yet.')
  for (const count of [1, 2]) {
    const made = await admin.post(`/admin/held/${id}/confirmation-link`, {}, session)
    expect(made.headers.get('cache-control')).toBe('no-store')
    const link = /<code id="confirmation-link">([^<]+)</.exec(await made.text())?.[1]
    expect(link).toMatch(/^http:\/\/localhost:3000\/c\//)
    const html = await list()
    expect(html).toContain(count === 1 ? 'One link was made' : '2 links were made')
    expect(html).not.toContain(link!.slice(-43))
  }
  await updateForm(admin.nest, admin.nest.workspaceId, form.id, { doubleOptIn: false }, visitor)
  const { id: other } = await send({ name: 'Bo', email: 'bo@example.com' })
  expect((await admin.post(`/admin/held/${other}/confirmation-link`, {}, session)).status).toBe(409)
})

test('who only reads makes no link', async () => {
  await admin.nest.user({ email: 'reader@nest.test', password: owner.password, role: 'viewer' })
  const signedIn = await admin.post('/admin/sign-in', { email: 'reader@nest.test', password: owner.password })
  const reader = { cookie: signedIn.headers.get('set-cookie')!.split(';')[0]! }
  expect(await (await admin.get('/admin/held', reader)).text()).not.toContain('confirmation-link')
  expect((await admin.post('/admin/held/x/confirmation-link', {}, reader)).status).toBe(403)
})
