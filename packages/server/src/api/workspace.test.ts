import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
})
afterAll(() => server.close())

const patch = (body: object, as = key) => server.request('PATCH /v1/workspace', { key: as, body })

describe('the settings of a workspace', () => {
  test('are changed by name, and read again', async () => {
    const hours = [{ days: [1, 2, 3, 4, 5], from: '09:00', to: '17:30' }]
    const { json } = await patch({ country: 'de', timeZone: 'Europe/Berlin', openingHours: hours })
    expect(json).toMatchObject({ country: 'DE', timeZone: 'Europe/Berlin', openingHours: hours })
    expect((await server.request('GET /v1/workspace', { key })).json).toEqual(json)
    expect((await patch({ openingHours: null })).json.openingHours).toBeNull()
  })

  test.each([
    ['country', 'Germany'],
    ['country', 'ZZ'],
    ['timeZone', 'Mars/Olympus'],
    ['openingHours.0.to', [{ days: [1], from: '09:00', to: '9pm' }]],
    ['openingHours.0', [{ days: [1], from: '17:00', to: '09:00' }]],
    ['openingHours.0.days.0', [{ days: [0], from: '09:00', to: '17:00' }]],
    ['openingHours', []],
    ['name', ' '],
    ['plan', 'gold'],
  ])('are refused at %s', async (path, value) => {
    const { json } = await patch({ [path.split('.')[0]!]: value })
    expect(json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path }] })
  })

  test('belong to those who may change settings', async () => {
    const reader = await server.nest.key({ scopes: ['settings:read'] })
    expect((await patch({ name: 'Mine' }, reader)).json).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await server.request('GET /v1/workspace', { key: reader })).json.name).toBe('My workspace')
  })
})
