import { addNote, captureLead, createLead, findForm, tagLead, updateField, updateLead } from '@leadnest/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Admin, openAdmin, signInOwner } from './testing/open-admin.ts'
import { payloads } from './testing/payloads.ts'

let admin: Admin
let session: { cookie: string }
beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
  await admin.nest.field('own')
})
afterAll(() => admin.close())

const system = { actor: { type: 'system' as const, id: null, name: null }, source: 'system' as const }
const known = new Set(
  'html head meta title link script body a header nav svg use details summary span small div form p ul ol li button main h1 h2 h3 section search label input table thead tbody tr th td time pre code dl dt dd aside article strong textarea select optgroup option datalist'.split(
    ' ',
  ),
)

/** Every tag of a page with its attributes, as a parser sees them: text has no `<` where all is escaped. */
function tagsOf(html: string) {
  const tags = [
    ...html.replace('<!doctype html>', '').matchAll(/<(\/?)([^\s>/]+)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*\/?>|</g),
  ]
  return tags.map(([whole, , name, rest = '']) => ({
    whole,
    name,
    attributes: [...rest.matchAll(/([^\s=]+)(?:="([^"]*)")?/g)].map(([, key, value]) => [key, value] as const),
  }))
}

function expectHarmless(html: string) {
  for (const { whole, name, attributes } of tagsOf(html)) {
    expect(known, whole).toContain(name)
    for (const [key, value = ''] of attributes) {
      expect(key, whole).not.toMatch(/^(on|style$|hx-on|srcdoc)/i)
      if (key === 'href' || key === 'action' || key === 'formaction' || key === 'src') {
        expect(value, whole).toMatch(/^(\/(?!\/)|#|https?:|mailto:|tel:)/)
      }
    }
  }
  // Ours are files; none has a body.
  expect(html.match(/<script[^>]*>[^<]/g)).toBeNull()
}

test.each(payloads)('%j in every field of a lead, a submission and the address stays text', async (payload) => {
  const { workspaceId } = admin.nest
  await updateField(admin.nest, workspaceId, 'own', { label: payload }, system)
  const mail = `x${Math.random().toString(36).slice(2)}@example.com`
  const text = { name: payload, firstName: payload, lastName: payload, company: payload }
  const attribution = {
    utmSource: payload,
    utmMedium: payload,
    utmCampaign: payload,
    referrer: payload,
    landingPage: payload,
  }
  const { result: lead } = await createLead(
    admin.nest,
    workspaceId,
    { ...text, email: mail, externalId: payload, fields: { own: payload }, attribution },
    { actor: { type: 'key', id: null, name: payload }, source: 'api' },
  )
  const found = await findForm(admin.nest, 'contact')
  const input = { fields: { name: payload, email: mail, message: payload }, attribution }
  const visitor = { actor: { type: 'visitor' as const, id: null, name: payload }, source: 'form' as const }
  await captureLead(admin.nest, found, input, { ...visitor, trusted: true })
  await captureLead(admin.nest, found, { ...input, trap: payload }, { ...visitor, trusted: false })

  const by = { actor: { type: 'user' as const, id: null, name: payload }, source: 'admin' as const }
  const patch = { stage: 'lost', lostReason: payload, company: `${payload}!`, fields: { own: `${payload}!` } }
  await updateLead(admin.nest, workspaceId, lead.id, patch, by)
  await tagLead(admin.nest, workspaceId, lead.id, { add: [payload.replaceAll(',', '').slice(0, 50).trim()] }, by)
  await addNote(admin.nest, workspaceId, lead.id, { body: payload }, by)

  const inAddress = encodeURIComponent(payload)
  for (const path of [
    '/admin/leads',
    `/admin/leads?q=${inAddress}&sort=${inAddress}`,
    `/admin/leads?q=${inAddress}&trail=${inAddress}`,
    `/admin/leads/${lead.id}`,
    `/admin/leads/${lead.id}/delete`,
    `/admin/leads/${lead.id}/erase`,
    `/admin/leads/${lead.id}/merge?q=${inAddress}`,
    `/admin/leads?filter=${inAddress}`,
    `/admin/leads/bulk?ids=${lead.id}&q=${inAddress}`,
    `/admin/leads/bulk?which=matching&filter=${inAddress}`,
    `/admin/leads/${inAddress}`,
    '/admin/held',
    `/admin/${inAddress}`,
  ]) {
    expectHarmless(await (await admin.get(path, session)).text())
  }
  const refused: [path: string, fields: Record<string, string>][] = [
    ['', { name: payload, email: payload, stage: payload, lostReason: payload, ownerId: payload }],
    ['/tags', { add: `${payload},` }],
    ['/notes', { body: payload.padEnd(20_010, '!') }],
  ]
  for (const [path, fields] of refused) {
    const answer = await admin.post(`/admin/leads/${lead.id}${path}`, fields, session)
    expect([path, answer.status]).toEqual([path, 422])
    expectHarmless(await answer.text())
  }
  expectHarmless(await (await admin.get(`/admin/sign-in?next=${inAddress}`)).text())
  expectHarmless(
    await (await admin.post('/admin/sign-in', { email: payload, password: payload, next: payload })).text(),
  )
})
