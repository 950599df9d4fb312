import { newId } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let owner: string

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  const options = ['tea', 'Cake'].map((value) => ({ value, label: value }))
  await server.request('POST /v1/fields', {
    key,
    body: { key: 'likes', label: 'Likes', type: 'multi_select', options },
  })
  owner = (await server.nest.user({ email: 'owner@example.com', password: 'correct horse battery' })).id
  await server.request('POST /v1/leads', { key, body: { email: 'ada@example.com', tags: ['VIP'] } })
})
afterAll(() => server.close())

const ask = (filter: string) => server.request(`GET /v1/leads?filter=${encodeURIComponent(filter)}`, { key })

const nobody = newId()

describe('a name that nothing has is refused, as its opposite would be every lead:', () => {
  test.each([
    ['stage = wno', 9, 'There is no stage “wno”.'],
    ['stage != wno', 10, 'There is no stage “wno”.'],
    ['not stage = wno', 13, 'There is no stage “wno”.'],
    ['score = 0 or stage in (new, wno)', 29, 'There is no stage “wno”.'],
    ['pipeline = Slaes', 12, 'There is no pipeline “Slaes”.'],
    [`pipeline != ${nobody}`, 13, `There is no pipeline “${nobody}”.`],
    ['form != contcat', 9, 'There is no form “contcat”.'],
    [`form in (contact, ${nobody}) within 7d`, 19, `There is no form “${nobody}”.`],
    ['tag = vip', 7, 'There is no tag “vip”.'],
    ['tag = "" and stage = wno', 7, 'There is no tag “”.'],
    [`not ownerId = ${nobody}`, 15, `There is no member “${nobody}”.`],
    ['fields.likes != coffee', 17, 'fields.likes has no option “coffee”.'],
  ])('%s', async (filter, position, message) => {
    const refused = {
      status: 422,
      code: 'unknown_reference',
      errors: [{ path: 'filter', message: `Position ${position}: ${message}` }],
    }
    expect((await ask(filter)).json).toMatchObject(refused)
    const body = { filter, action: { type: 'delete' } }
    for (const dryRun of [true, false])
      expect((await server.request('POST /v1/leads/bulk', { key, body: { ...body, dryRun } })).json).toMatchObject(
        refused,
      )
    for (const [route, body] of [
      ['POST /v1/segments', { name: 'X', filter }],
      ['POST /v1/assignment-rules', { name: 'X', filter, strategy: 'fixed', memberIds: [owner] }],
      ['POST /v1/score-rules', { name: 'X', filter: filter.replace('score = 0 or ', ' '.repeat(13)), points: 1 }],
    ] as const)
      expect((await server.request(route, { key, body })).json, route).toMatchObject({
        ...refused,
        ...(route.includes('score') && { errors: [{ path: 'filter', message: expect.stringContaining(message) }] }),
      })
  })

  test('as is an import, which what is kept does not take at all', async () => {
    const filter = `not import = ${nobody}`
    expect((await ask(filter)).json).toMatchObject({
      code: 'unknown_reference',
      errors: [{ path: 'filter', message: `Position 14: There is no import “${nobody}”.` }],
    })
    for (const [route, body] of [
      ['POST /v1/segments', { name: 'X', filter }],
      ['POST /v1/assignment-rules', { name: 'X', filter, strategy: 'fixed', memberIds: [owner] }],
      ['POST /v1/score-rules', { name: 'X', filter, points: 1 }],
    ] as const)
      expect((await server.request(route, { key, body })).json, route).toMatchObject({
        status: 422,
        code: 'invalid_input',
        errors: [{ path: 'filter', message: expect.stringContaining('An import is known for 30 days') }],
      })
  })

  test('but not a former member, nor an option, that a lead still has, nor what a segment kept', async () => {
    const member = await server.nest.user({
      email: 'gone@example.com',
      password: 'correct horse battery',
      role: 'member',
    })
    const options = ['red', 'blue'].map((value) => ({ value, label: value }))
    await server.request('POST /v1/fields', { key, body: { key: 'colour', label: 'Colour', type: 'select', options } })
    const filter = `ownerId = ${member.id} and fields.colour = red`
    const body = { email: 'eve@example.com', ownerId: member.id, fields: { colour: 'red' } }
    const { id } = (await server.request('POST /v1/leads', { key, body })).json
    const segment = (await server.request('POST /v1/segments', { key, body: { name: 'Red', filter } })).json
    await server.request(`DELETE /v1/members/${member.id}`, { key })
    await server.request('PATCH /v1/fields/colour', { key, body: { options: options.slice(1) } })
    expect((await server.request('GET /v1/members', { key })).text).not.toContain(member.id)
    for (const test of [`ownerId = ${member.id}`, 'fields.colour = RED'])
      expect((await ask(test)).json.data, test).toMatchObject([{ email: 'eve@example.com' }])
    await server.request(`PATCH /v1/leads/${id}`, { key, body: { fields: { colour: null } } })
    expect((await ask('fields.colour = red')).json.code).toBe('unknown_reference')
    const kept = await server.request(`GET /v1/leads?segment=${segment.id}`, { key })
    expect(kept).toMatchObject({ status: 200, json: { data: [] } })
    const renamed = await server.request(`PATCH /v1/segments/${segment.id}`, { key, body: { name: 'Was red', filter } })
    expect(renamed.status).toBe(200)
    await server.request(`DELETE /v1/leads/${id}`, { key })
  })
})

test('what was made a moment ago is known', async () => {
  const stages = [{ key: 'fresh', name: 'Fresh', kind: 'open' }]
  const made = await server.request('POST /v1/pipelines', { key, body: { name: 'Just now', stages } })
  expect(made.status).toBe(201)
  expect((await ask('stage = fresh or pipeline = "just NOW"')).status).toBe(200)
})
