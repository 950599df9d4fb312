import { createLead, getForm, isSuppressed, listConsents, listForms, listSuppressions } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, signInOwner } from '../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
let leadId: string
let formId: string
const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  leadId = (await createLead(admin.nest, admin.nest.workspaceId, { email: 'ada@example.com' }, by)).result.id
  formId = (await listForms(admin.nest, admin.nest.workspaceId))[0]!.id
})
afterAll(() => admin.close())

const page = async (path: string) => (await admin.get(path, session)).text()
const say = (fields: Record<string, string>, as = session) =>
  admin.post(
    `/admin/leads/${leadId}/consents`,
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [`consent-${name}`, value])),
    as,
  )

test('what somebody said is written down with its words, and the page says how things stand', async () => {
  expect(await page(`/admin/leads/${leadId}`)).toContain('Nothing was agreed to or taken back.')
  const granted = await say({
    action: 'grant',
    channel: 'email',
    purpose: 'news',
    text: 'May we <write>?',
    reason: 'Phone',
  })
  expect([granted.status, granted.headers.get('location')]).toEqual([303, `/admin/leads/${leadId}#consents`])
  const html = await page(`/admin/leads/${leadId}`)
  expect(html).toMatch(/email: news <span class="stage won">Agreed<\/span>/)
  expect(html).toContain('<blockquote lang="en">May we &lt;write&gt;?</blockquote>')
  expect(html).toContain('Consent given')
  await say({ action: 'revoke', channel: 'email', purpose: '' })
  await say({ action: 'grant', channel: 'email', purpose: 'news', text: 'May we?' })
  const after = await page(`/admin/leads/${leadId}`)
  expect(after).toMatch(/email: news <span class="stage lost">Do not write<\/span>/)
  expect(after).toContain('Agreed again, but an opt-out stands')
  expect(await isSuppressed(admin.nest, admin.nest.workspaceId, { channel: 'email', address: 'ada@example.com' })).toBe(
    true,
  )
})

test('what proves nothing is refused at its field, as it was typed', async () => {
  const count = async () => (await listConsents(admin.nest, admin.nest.workspaceId, leadId)).data.length
  const before = await count()
  const answer = await say({ action: 'grant', channel: 'E mail', purpose: 'news', text: '', reason: 'Keep me' })
  const html = await answer.text()
  expect(answer.status).toBe(422)
  expect(html).toContain('<a href="#consent-channel">')
  expect(html).toMatch(/name="consent-reason"[^>]*value="Keep me"/)
  const wordless = await (await say({ action: 'grant', channel: 'email', purpose: 'news' })).text()
  expect(wordless).toContain('<a href="#consent-text">')
  expect(await count()).toBe(before)
})

test('the boxes of a form are edited on its page; other words are another consent', async () => {
  const save = (boxes: Record<string, string>[], as = session) =>
    admin.post(
      `/admin/forms/${formId}/consents`,
      Object.fromEntries(
        boxes.flatMap((box, i) => Object.entries(box).map(([name, value]) => [`consents.${i}.${name}`, value])),
      ),
      as,
    )
  const news = { text: 'Send me news.', channel: 'email', purpose: 'news', language: 'en', required: '' }
  const terms = { text: 'I agree.', channel: 'email', purpose: 'terms', language: '', required: 'true' }
  const saved = await save([news, { text: ' ', channel: 'email' }, terms])
  expect([saved.status, saved.headers.get('location')]).toEqual([303, `/admin/forms/${formId}#consents`])
  const boxes = async () => (await getForm(admin.nest, admin.nest.workspaceId, formId)).consents
  const [first, second] = await boxes()
  expect(await page(`/admin/forms/${formId}`)).toContain(
    `&lt;input name=&quot;_consent&quot; value=&quot;${second!.id}&quot; required`,
  )
  expect([first, second]).toMatchObject([
    { text: 'Send me news.', required: false },
    { text: 'I agree.', required: true, language: 'en' },
  ])
  const wrong = await save([
    { ...news, text: 'Mine' },
    { ...terms, purpose: 'With spaces' },
  ])
  const html = await wrong.text()
  expect(wrong.status).toBe(422)
  expect(html).toContain('<a href="#consents.1.purpose">')
  expect(html).toMatch(/name="consents\.1\.purpose"[^>]*value="With spaces"/)
  expect(html).toContain('>Mine</textarea>')
  expect((await boxes()).map(({ id }) => id)).toEqual([first!.id, second!.id])
  await save([{ ...news, text: 'Send me all the news.' }])
  const [changed, ...more] = await boxes()
  expect([changed!.id === first!.id, more]).toEqual([false, []])

  const viewer = { email: 'viewer@nest.test', password: 'a long phrase of theirs' }
  await admin.nest.user({ ...viewer, role: 'viewer' })
  const theirs = cookieOf(await admin.post('/admin/sign-in', viewer))
  expect((await save([], theirs)).status).toBe(403)
  expect((await say({ action: 'revoke', channel: 'email' }, theirs)).status).toBe(403)
  const read = await (await admin.get(`/admin/forms/${formId}`, theirs)).text()
  expect(read).toContain('<dd>Send me all the news.</dd>')
  expect(read).not.toContain('Save consents')
})

test('suppressions are listed, looked for, added and taken back, but for opt-outs', async () => {
  const path = '/admin/settings/suppressions'
  const list = async () => (await listSuppressions(admin.nest, admin.nest.workspaceId, { limit: 50 })).data
  const [optOut] = await list()
  expect(await page(path)).toMatch(/ada@example\.com<\/td>[\s\S]*Opted out/)
  expect(await page(path)).not.toContain(`${path}/${optOut!.id}/delete`)
  const refused = await admin.post(`${path}/${optOut!.id}/delete`, {}, session)
  expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining('The person opted out.')])

  const wrong = await admin.post(path, { channel: 'sms', address: 'nonsense', purpose: '', reason: 'Rude' }, session)
  expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('<a href="#address">')])
  const added = await admin.post(
    path,
    { channel: 'sms', address: '+44 20 7946 0958', purpose: '', reason: 'Rude' },
    session,
  )
  expect([added.status, added.headers.get('location')]).toEqual([303, `${path}?saved=1`])
  const looked = await page(`${path}?address=${encodeURIComponent('+44 20 79460958')}`)
  expect(looked).toContain('+442079460958')
  expect(looked).not.toContain('ada@example.com')
  expect(await page(`${path}?address=nobody@example.com`)).toContain('Nothing is suppressed for this address.')
  expect((await admin.get(`${path}?address=%2B`, session)).status).toBe(422)
  const [own] = await list()
  await admin.post(`${path}/${own!.id}/delete`, {}, session)
  expect((await list()).map(({ id }) => id)).toEqual([optOut!.id])
})
