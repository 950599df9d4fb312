import { captureLead, findForm } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const visitor = { actor: { type: 'visitor' as const, id: null, name: null }, source: 'form' as const, trusted: false }

test('spam is told from what waits for a person, in a word and by the reason', async () => {
  const form = await findForm(admin.nest, 'contact')
  await captureLead(admin.nest, form, { fields: { name: 'Ada', email: 'ada@example.com', message: 'Hi' } }, visitor)
  await captureLead(
    admin.nest,
    form,
    { fields: { name: 'Bot', email: 'bot@example.com', message: 'Hi' }, trap: 'buy now' },
    visitor,
  )
  const html = await (await admin.get('/admin/held', session)).text()
  const [, bot = '', ada = ''] = html.split('<li class="card">')
  expect(bot).toContain('<dd>Bot</dd>')
  expect(bot).toContain('>Spam</span>')
  expect(bot).toContain('A field that people cannot see was filled in.')
  expect(ada).toContain('<dd>Ada</dd>')
  expect(ada).toContain('>Held</span>')
  expect(ada).not.toContain('Spam')
})
