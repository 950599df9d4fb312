import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  await ask('PATCH /v1/workspace', { country: 'GB' })
  const options = [
    { value: 'pro', label: 'Professional' },
    { value: 'team', label: 'Team' },
  ]
  for (const [name, type] of Object.entries(types))
    await ask('POST /v1/fields', { key: name, label: name, type, ...(/select/.test(type) && { options }) })
})
afterAll(() => server.close())

const types = {
  motto: 'text',
  story: 'long_text',
  seats: 'number',
  renewal: 'date',
  partner: 'boolean',
  plan: 'select',
  products: 'multi_select',
  billing: 'email',
  desk: 'phone',
  site: 'url',
  raw: 'json',
}

const ask = async (route: string, body?: object, as = key) =>
  (await server.request(route, { key: as, ...(body && { body }) })).json
const newLead = async (fields: object = {}) =>
  ask('POST /v1/leads', { email: `${crypto.randomUUID()}@example.com`, fields })

describe('a field of leads', () => {
  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])('is not called %s', async (name) => {
    const { code, errors } = await ask('POST /v1/fields', { key: name, label: 'X', type: 'text' })
    expect({ code, errors }).toEqual({
      code: 'invalid_input',
      errors: [{ path: 'key', message: `“${name}” is a word of JavaScript. Choose another key.` }],
    })
  })

  test('begins with what the first form asks for', async () => {
    const { data } = await ask('GET /v1/fields')
    expect(data[0]).toMatchObject({ key: 'message', label: 'Message', type: 'long_text', archivedAt: null })
  })

  test.each([
    ['motto', '  Slow and steady ', 'Slow and steady'],
    ['motto', 12, '12'],
    ['seats', '12.5', 12.5],
    ['seats', -3, -3],
    ['renewal', '2028-02-29', '2028-02-29'],
    ['partner', 'true', true],
    ['partner', false, false],
    ['plan', 'team', 'team'],
    ['products', ['team', 'pro', 'team'], ['team', 'pro']],
    ['products', 'pro', ['pro']],
    ['billing', ' Bills@Example.com', 'bills@example.com'],
    ['desk', '020 7946 0958', '+442079460958'],
    ['site', 'https://example.com/a?b', 'https://example.com/a?b'],
    ['raw', { deep: [1, null, { x: '𝄞' }] }, { deep: [1, null, { x: '𝄞' }] }],
  ])('%s takes %j', async (name, said, stored) => {
    const lead = await newLead({ [name]: said })
    expect(lead.fields).toEqual({ [name]: stored })
    expect((await ask(`PATCH /v1/leads/${lead.id}`, { fields: { [name]: null } })).fields).toEqual({})
  })

  test.each([
    ['motto', 'x'.repeat(501)],
    ['motto', { no: 'text' }],
    ['story', 'ü'.repeat(4097)],
    ['seats', 'many'],
    ['seats', '1e400'],
    ['renewal', '2026-02-30'],
    ['renewal', 'tomorrow'],
    ['partner', 'maybe'],
    ['plan', 'gold'],
    ['products', ['pro', 'gold']],
    ['products', [['pro']]],
    ['billing', 'bills at example'],
    ['desk', 'call me'],
    ['site', 'javascript:alert(1)'],
    ['site', 'example.com'],
    ['unheardOf', 'x'],
    ['constructor', 'x'],
  ])('%s refuses %j, by both doors', async (name, said) => {
    const expected = { status: 422, code: 'invalid_input', errors: [{ path: `fields.${name}` }] }
    expect(await newLead({ [name]: said })).toMatchObject(expected)
    const lead = await newLead()
    expect(await ask(`PATCH /v1/leads/${lead.id}`, { fields: { [name]: said } })).toMatchObject(expected)
  })

  test('is renamed and archived without loss', async () => {
    const lead = await newLead({ motto: 'Keep', seats: 3 })
    expect(await ask('PATCH /v1/fields/motto', { label: 'Their motto', archived: true })).toMatchObject({
      key: 'motto',
      label: 'Their motto',
      archivedAt: expect.any(String),
    })
    expect((await ask(`GET /v1/leads/${lead.id}`)).fields).toEqual({ seats: 3 })
    expect(await ask(`PATCH /v1/leads/${lead.id}`, { fields: { motto: 'New' } })).toMatchObject({
      code: 'invalid_input',
      errors: [{ path: 'fields.motto', message: 'This field is archived. Bring it back first.' }],
    })
    await ask(`PATCH /v1/leads/${lead.id}`, { fields: { seats: 4 } })
    await ask('POST /v1/leads', { email: lead.email, company: 'Engines' })

    await ask('PATCH /v1/fields/motto', { archived: false })
    expect((await ask(`GET /v1/leads/${lead.id}`)).fields).toEqual({ motto: 'Keep', seats: 4 })
  })

  test('keeps the values of an option that is gone', async () => {
    const lead = await newLead({ plan: 'team' })
    await ask('PATCH /v1/fields/plan', { options: [{ value: 'pro', label: 'Pro' }] })
    expect((await ask(`PATCH /v1/leads/${lead.id}`, { name: 'Still there' })).fields).toEqual({ plan: 'team' })
    expect(await newLead({ plan: 'team' })).toMatchObject({ code: 'invalid_input' })
  })

  test.each([
    ['key', { key: 'email', label: 'E-mail', type: 'email' }, 'invalid_input'],
    ['key', { key: 'Big', label: 'Big', type: 'text' }, 'invalid_input'],
    ['key', { key: 'seats', label: 'Seats', type: 'number' }, 'name_taken'],
    ['type', { key: 'x', label: 'X', type: 'colour' }, 'invalid_input'],
    ['options', { key: 'x', label: 'X', type: 'select' }, 'invalid_input'],
    ['options', { key: 'x', label: 'X', type: 'text', options: [{ value: 'a', label: 'A' }] }, 'invalid_input'],
    ['position', { key: 'x', label: 'X', type: 'text', position: 1 }, 'invalid_input'],
  ])('is not defined with a wrong %s', async (path, field, code) => {
    expect(await ask('POST /v1/fields', field)).toMatchObject({ code, errors: [{ path }] })
  })

  test('is defined by who may change settings', async () => {
    const reader = await server.nest.key({ scopes: ['settings:read', 'leads:write'] })
    expect(await ask('POST /v1/fields', { key: 'x', label: 'X', type: 'text' }, reader)).toMatchObject({ status: 403 })
    expect(await ask('PATCH /v1/fields/nothing', { label: 'X' })).toMatchObject({ status: 404, code: 'not_found' })
  })
})
