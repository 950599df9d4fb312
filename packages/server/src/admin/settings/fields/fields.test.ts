import { createField, createLead, getLead, type LeadField, listFields } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Admin, cookieOf, openAdmin, origin, signInOwner } from '../../testing/open-admin.ts'

let admin: Admin
let session: { cookie: string }
const by = { actor: { type: 'key' as const, id: null, name: 'Shop' }, source: 'api' as const }

beforeAll(async () => {
  admin = await openAdmin()
  session = await signInOwner(admin)
})
afterAll(() => admin.close())

const fields = () => listFields(admin.nest, admin.nest.workspaceId)
const field = async (key: string) => (await fields()).find((field) => field.key === key)
const post = (path: string, sent: [string, string][] | Record<string, string>, as = session) =>
  admin.app.request(origin + path, { method: 'POST', body: new URLSearchParams(sent), headers: { origin, ...as } })
const page = async (path: string, as = session) => (await admin.get(path, as)).text()
const path = '/admin/settings/fields'

describe('fields', () => {
  test('are defined with a key made of the label, and options on lines', async () => {
    const answer = await post(path, {
      label: 'Größe (m²)',
      key: '',
      type: 'select',
      options: 'small\r\n\r\nlarge = Large one',
    })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${path}?saved=1`])
    expect(await field('gro_e_m2')).toMatchObject({
      label: 'Größe (m²)',
      type: 'select',
      options: [
        { value: 'small', label: 'small' },
        { value: 'large', label: 'Large one' },
      ],
    })
    expect(await page(path)).toContain('<small>small, Large one</small>')
    await post(path, { label: 'Größe (m²)', key: '', type: 'text', options: '' })
    expect(await field('gro_e_m2_2')).toBeDefined()
    await post(path, { label: 'Name', key: '', type: 'text', options: '' })
    expect(await field('name_2')).toBeDefined()
  })

  test.each([
    [{ label: '' }, 'label', 'Give it a label.'],
    [{ key: 'Big' }, 'key', 'Begin with a small letter'],
    [{ key: 'email' }, 'key', 'Every lead has'],
    [{ key: 'gro_e_m2' }, 'key', 'This key is taken.'],
    [{ type: 'colour' }, 'type', ''],
    [{ type: 'select' }, 'options', 'Give it at least one option.'],
    [{ options: 'a' }, 'options', 'Only select and multi_select'],
    [{ type: 'select', options: 'a\na' }, 'options', 'Each value stands once.'],
  ])('with %j are refused at the field, as typed', async (wrong, at, message) => {
    const before = await fields()
    const answer = await post(path, { label: 'Kept', key: 'kept', type: 'text', options: '', ...wrong })
    const html = await answer.text()
    expect([409, 422]).toContain(answer.status)
    expect(html).toContain(`<a href="#${at}">${message}`)
    expect(html).toMatch(new RegExp(`id="${at}"[^>]*aria-invalid="true"`))
    if (at !== 'label') expect(html).toContain('value="Kept"')
    expect(await fields()).toEqual(before)
  })

  test('are renamed, archived and brought back', async () => {
    await createField(
      admin.nest,
      admin.nest.workspaceId,
      { key: 'plan', label: 'Plan', type: 'multi_select', options: [{ value: 'a', label: 'A = 1' }] },
      by,
    )
    expect(await page(`${path}/plan`)).toContain('>a = A = 1</textarea>')
    await post(`${path}/plan`, { label: 'Package', options: 'a = A = 1\nb' })
    expect(await field('plan')).toMatchObject({ label: 'Package', options: [{ label: 'A = 1' }, { value: 'b' }] })
    const refused = await post(`${path}/plan`, { label: '', options: 'a' })
    expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining('<a href="#label">')])

    await post(`${path}/plan/archive`, {})
    expect((await field('plan'))!.archivedAt).not.toBeNull()
    expect(await page(path)).toContain('id="archived">Archived')
    expect(await page(`${path}/plan`)).toContain('Bring back')
    await post(`${path}/plan/restore`, {})
    expect((await field('plan'))!.archivedAt).toBeNull()
    expect((await admin.get(`${path}/nowhere`, session)).status).toBe(404)
  })

  test('are read by members, and changed by those who may', async () => {
    const user = { email: 'member@nest.test', password: 'a long phrase of theirs' }
    await admin.nest.user({ ...user, role: 'member' })
    const member = cookieOf(await admin.post('/admin/sign-in', user))
    expect(await page(path, member)).not.toMatch(/Add a field|row-link/)
    expect((await admin.get(`${path}/plan`, member)).status).toBe(403)
    for (const [to, sent] of [
      [path, { label: 'Mine', type: 'text' }],
      [`${path}/plan`, { label: 'Mine' }],
      [`${path}/plan/archive`, {}],
      [`${path}/plan/restore`, {}],
    ] as const)
      expect((await post(to, sent, member)).status).toBe(403)
  })
})

describe("a lead's own fields", () => {
  const types: [LeadField['type'], string, unknown][] = [
    ['text', 'a <b>', 'a <b>'],
    ['long_text', 'one\r\ntwo', 'one\ntwo'],
    ['number', '12.5', 12.5],
    ['date', '2026-11-25', '2026-11-25'],
    ['boolean', 'true', true],
    ['select', 'x', 'x'],
    ['email', 'A@Example.com', 'a@example.com'],
    ['phone', '+49 30 901820', '+4930901820'],
    ['url', 'https://example.com/', 'https://example.com/'],
    ['json', '{"a":[1]}', { a: [1] }],
  ]
  const options = ['x', 'y', 'z'].map((value) => ({ value, label: value.toUpperCase() }))
  let id: string
  const now = async () => (await getLead(admin.nest, admin.nest.workspaceId, id)).fields

  beforeAll(async () => {
    for (const type of [...types.map(([type]) => type), 'multi_select'] as LeadField['type'][]) {
      const own = type === 'select' || type === 'multi_select' ? options : []
      await createField(admin.nest, admin.nest.workspaceId, { key: `f_${type}`, label: type, type, options: own }, by)
    }
    id = (await createLead(admin.nest, admin.nest.workspaceId, { email: 'own@example.com' }, by)).result.id
  })

  test.each(types)('of the type %s are written by their control, shown, and cleared', async (type, typed, stored) => {
    const name = `fields.f_${type}`
    const box: [string, string][] = type === 'boolean' ? [[name, '']] : []
    expect((await post(`/admin/leads/${id}`, [...box, [name, typed]])).status).toBe(303)
    expect((await now())[`f_${type}`]).toEqual(stored)
    const html = await page(`/admin/leads/${id}`)
    expect(html).toContain(`<dt>${type}</dt>`)
    await post(`/admin/leads/${id}`, [[name, type === 'boolean' ? '' : '  ']])
    expect((await now())[`f_${type}`] ?? null).toBe(type === 'boolean' ? false : null)
  })

  test('of several choices are boxes, and shown by their labels', async () => {
    const name = 'fields.f_multi_select'
    await post(`/admin/leads/${id}`, [
      [name, ''],
      [name, 'x'],
      [name, 'z'],
    ])
    expect((await now()).f_multi_select).toEqual(['x', 'z'])
    const html = await page(`/admin/leads/${id}`)
    expect(html).toContain('<dd>X, Z</dd>')
    expect(html).toContain(`name="${name}" value="z" checked=""`)
    await post(`/admin/leads/${id}`, [[name, '']])
    expect((await now()).f_multi_select ?? null).toBeNull()
  })

  test.each([
    ['f_number', 'many', 'Send a number'],
    ['f_select', 'w', 'Choose from'],
    ['f_multi_select', 'w', 'Choose from'],
    ['f_json', '{', 'This is no JSON.'],
    ['f_url', 'javascript:alert(1)', 'Enter an address'],
  ])('%s = “%s” is refused at its control, as typed', async (key, typed, message) => {
    const answer = await post(`/admin/leads/${id}`, { company: 'Kept', [`fields.${key}`]: typed })
    const html = await answer.text()
    expect(answer.status).toBe(422)
    expect(html).toContain(`<a href="#fields.${key}">${message}`)
    expect(html).toContain(`id="fields.${key}-error"`)
    expect(html).toContain('value="Kept"')
  })

  test('are left as they are by a form that does not name them, and when they are archived', async () => {
    await post(`/admin/leads/${id}`, { 'fields.f_text': 'kept' })
    await post(`/admin/leads/${id}`, { company: 'ACME' })
    await post(`${path}/f_text/archive`, {})
    await post(`/admin/leads/${id}`, { 'fields.f_text': 'changed', company: 'Other' })
    expect(await page(`/admin/leads/${id}`)).not.toMatch(/fields\.f_text|<dd>kept/)
    await post(`${path}/f_text/restore`, {})
    expect(await now()).toMatchObject({ f_text: 'kept' })
  })
})
