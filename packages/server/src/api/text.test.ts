import { captureLead, findForm } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  await server.nest.field('plan')
  await server.nest.field('renewal', 'date')
})
afterAll(() => server.close())

const ask = (filter: string) => server.request(`GET /v1/leads?filter=${encodeURIComponent(filter)}`, { key })

const emails = (data: { email: string }[]) => data.map(({ email }) => email.split('@')[0]!)

describe('letters in parts', () => {
  const composed = 'J\u00fcrgen'
  const parts = 'Ju\u0308rgen'

  test('are found by whole ones and the other way round, whoever wrote which', async () => {
    const { id } = (
      await server.request('POST /v1/leads', {
        key,
        body: { email: 'parts@example.com', name: parts, company: composed, tags: [parts], fields: { plan: parts } },
      })
    ).json
    for (const text of [composed, parts])
      for (const query of [
        `q=${encodeURIComponent(text)}`,
        ...['name = ', 'company = ', 'tag = ', 'fields.plan = ', 'name ~ '].map(
          (test) => `filter=${encodeURIComponent(`${test}${text}`)}`,
        ),
      ])
        expect(emails((await server.request(`GET /v1/leads?${query}`, { key })).json.data), query).toEqual(['parts'])
    const changed = await server.request(`PATCH /v1/leads/${id}`, { key, body: { lastName: parts } })
    expect(changed.json).toMatchObject({ name: composed, lastName: composed, tags: [composed] })
    const door = { actor: { type: 'system' as const, id: null, name: null }, source: 'form' as const, trusted: true }
    const fields = { email: 'visitor@example.com', name: parts }
    await captureLead(server.nest, await findForm(server.nest, 'contact'), { fields }, door)
    const visitor = (await server.request('GET /v1/leads?email=visitor@example.com', { key })).json.data[0]
    expect(visitor.name).toBe(composed)
    for (const one of [id, visitor.id]) await server.request(`DELETE /v1/leads/${one}`, { key })
  })

  test('that nobody can see are no name and no tag', async () => {
    const unseen = '\u200b\u2060 \ufeff'
    const post = (body: object) => server.request('POST /v1/leads', { key, body })
    expect((await post({ name: unseen })).json).toMatchObject({ status: 422, code: 'invalid_input' })
    expect((await post({ email: 'unseen@example.com', tags: [unseen] })).json).toMatchObject({
      status: 422,
      errors: [{ path: 'tags.0' }],
    })
    const { json } = await post({ email: 'unseen@example.com', name: unseen, fields: { plan: unseen } })
    expect(json).toMatchObject({ name: null, fields: {} })
    await server.request(`DELETE /v1/leads/${json.id}`, { key })
  })
})

test('a day is of the year 1000 or later, where it is stored too', async () => {
  const post = (renewal: string) =>
    server.request('POST /v1/leads', { key, body: { email: 'old@example.com', fields: { renewal } } })
  expect((await post('0999-12-31')).json).toMatchObject({
    status: 422,
    errors: [{ path: 'fields.renewal', message: 'Enter a day of the year 1000 or later.' }],
  })
  const { json } = await post('1000-01-01')
  expect((await ask('fields.renewal = 1000-01-01')).json.data).toMatchObject([{ id: json.id }])
  await server.request(`DELETE /v1/leads/${json.id}`, { key })
})
