import { sealConsents } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
const time = Date.parse('2026-11-24T09:00:00Z')
let boxes: { id: string; text: string }[]
const newsletter = {
  channel: 'email',
  purpose: 'newsletter',
  text: 'Send me the newsletter.',
  required: false,
}

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
  boxes = await setBoxes([newsletter])
})
afterAll(() => server.close())

const setBoxes = async (consents: object[]) => {
  const { id } = await ask('GET /v1/forms/contact')
  return (await ask(`PATCH /v1/forms/${id}`, { consents })).consents
}

const ask = async (route: string, body?: object) => (await server.request(route, { key, ...(body && { body }) })).json
const submit = (body: object) => server.request('POST /v1/forms/contact/submissions', { key, body })
const consent = (wordingId: string, more: object = {}) => ({
  channel: 'email',
  purpose: 'newsletter',
  wordingId,
  ...more,
})
const leadOf = async (email: string) => (await ask(`GET /v1/leads?email=${email}`)).data[0]

describe('a consent that is given on a form', () => {
  test('is in the ledger with the exact words, and the timeline says so', async () => {
    await submit({
      fields: { email: 'ada@example.com' },
      attribution: { landingPage: 'https://shop.example/offer' },
      consents: [consent(boxes[0]!.id)],
    })
    const { id } = await leadOf('ada@example.com')
    const { data, state } = await ask(`GET /v1/leads/${id}/consents`)
    expect(data).toMatchObject([
      {
        kind: 'granted',
        leadId: id,
        channel: 'email',
        purpose: 'newsletter',
        wording: { id: boxes[0]!.id, text: 'Send me the newsletter.', language: 'en' },
        step: 'single',
        address: 'ada@example.com',
        page: 'https://shop.example/offer',
        at: new Date(time).toISOString(),
        seq: null,
      },
    ])
    expect(data[0].wording.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(state).toEqual([
      { channel: 'email', purpose: 'newsletter', status: 'granted', suppressed: false, since: data[0].at },
    ])
    const { data: timeline } = await ask(`GET /v1/leads/${id}/timeline`)
    expect(timeline.map(({ type }: { type: string }) => type).sort()).toEqual(['consent.granted', 'lead.captured'])
    await sealConsents(server.nest, server.nest)
    expect((await ask(`GET /v1/leads/${id}/consents`)).data[0].seq).toBe(1)
  })

  test('is drawn by the definition of the form', async () => {
    expect((await ask('GET /v1/forms/contact')).consents).toEqual([{ id: boxes[0]!.id, ...newsletter, language: 'en' }])
  })
})
