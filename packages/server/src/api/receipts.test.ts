import { blankSubmissions, createWorkspace, newId, readJwks, readReceipt, sql } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let time = Date.parse('2026-11-25T09:00:00.000Z')
beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())

let n = 0
const newEmail = () => `person${++n}@example.com`
const fields = (email = newEmail()) => ({ name: 'Ada', email, message: 'Zahlen: 1.50 €, "quoted" \u2028 line' })
const send = (body: object, init: object = { key }) =>
  server.request('POST /v1/forms/contact/submissions', { body, ...init })
const statusOf = async (id: string) => (await server.request(`GET /v1/receipts/${id}`)).json
const verify = (receipt: string) => server.request('POST /v1/receipts/verify', { body: { receipt } })
const jwks = async () => readJwks((await server.request('GET /.well-known/jwks.json')).json)

describe('the answer to a submission has a receipt', () => {
  test('accepted, held, trusted or a test, that the published keys verify and that says no more than this', async () => {
    const keys = await jwks()
    const visitor = { headers: { origin } }
    const form = (await server.request('GET /v1/forms/contact')).json.id
    for (const [answer, status, test] of [
      [await send({ fields: fields() }), 'accepted'],
      [await send({ fields: fields(), test: true }), 'accepted', true],
      [await send({ fields: fields() }, visitor), 'held'],
      [await send({ fields: fields(), trap: 'bot' }, visitor), 'held'],
    ] as const) {
      expect(answer.json).toEqual({ id: expect.any(String), status, receipt: expect.any(String) })
      const claims = {
        sub: answer.json.id,
        form,
        status,
        iat: time / 1000,
        sha256: expect.stringMatching(/^[\w-]{43}$/),
      }
      expect(readReceipt(keys, answer.json.receipt)).toEqual({ claims: { ...claims, ...(test && { test }) } })
    }
  })

  test('whose hash is another each time, though the same was sent', async () => {
    const same = { fields: fields() }
    const [one, other] = [await send(same), await send(same)].map(({ json }) =>
      readReceipt(server.nest.keyring.signer.publicKeys, json.receipt),
    )
    const hashOf = (read: typeof one) => read && 'claims' in read && read.claims.sha256
    expect(hashOf(one)).not.toBe(hashOf(other))
  })

  test('that is the same to the byte when the request is repeated', async () => {
    const init = { key, headers: { 'idempotency-key': newId() } }
    const body = { fields: fields() }
    const [first, second] = [await send(body, init), await send(body, init)]
    expect(second.headers.get('idempotency-replayed')).toBe('true')
    expect(second.text).toBe(first.text)
    const { json } = await verify(second.json.receipt)
    expect(json).toMatchObject({ id: first.json.id, content: 'unchanged' })
  })
})

describe('GET /v1/receipts/:id says what became of it', () => {
  test('and nothing of what was sent, to any page', async () => {
    const { id } = (await send({ fields: fields(), attribution: { utmSource: 'secret' } })).json
    const { json, headers } = await server.request(`GET /v1/receipts/${id.toUpperCase()}`, {
      headers: { origin: 'https://anywhere.example' },
    })
    expect(json).toEqual({ id, status: 'lead_created', test: false, at: new Date(time).toISOString(), erasedAt: null })
    expect(headers.get('access-control-allow-origin')).toBe('https://anywhere.example')
  })

  test('in each of its states', async () => {
    const aTest = (await send({ fields: fields(), test: true })).json
    const held = (await send({ fields: fields() }, { headers: { origin } })).json
    expect(await statusOf(aTest.id)).toMatchObject({ status: 'received', test: true })
    expect(await statusOf(held.id)).toMatchObject({ status: 'held' })
    await server.request(`POST /v1/submissions/${held.id}/release`, { key })
    expect(await statusOf(held.id)).toMatchObject({ status: 'lead_created' })
    expect((await verify(held.receipt)).json).toMatchObject({ answered: 'held', content: 'unchanged' })
  })

  test('in every workspace, without naming it', async () => {
    const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
    const theirs = await server.nest.key({ workspaceId: other })
    const { id } = (await send({ fields: fields() }, { key: theirs })).json
    expect(await statusOf(id)).toMatchObject({ id, status: 'lead_created' })
  })

  test('and to nobody who guesses: an unknown id and no id are not found', async () => {
    for (const id of [newId(), 'x', '%00', "' or 1=1"])
      expect((await server.request(`GET /v1/receipts/${encodeURIComponent(id)}`)).json).toMatchObject({
        status: 404,
        code: 'not_found',
      })
  })

  test('after a merge too, of both', async () => {
    const [one, other] = [await send({ fields: fields() }), await send({ fields: fields() })].map(({ json }) => json)
    const leadIds = (await server.request('GET /v1/leads?limit=2', { key })).json.data.map(
      ({ id }: { id: string }) => id,
    )
    await server.request('POST /v1/leads/merge', { key, body: { leadIds } })
    for (const { id } of [one, other]) expect(await statusOf(id)).toMatchObject({ status: 'lead_created' })
  })
})

describe('what was erased', () => {
  const rowOf = async (id: string) =>
    (
      await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
        tx.query<Record<string, unknown>>(sql`select * from submissions where id = ${id}`),
      )
    )[0]!

  test('with its lead, 30 days after it was deleted, is still told of, and nothing is left of it', async () => {
    const email = newEmail()
    const { id, receipt } = (await send({ fields: fields(email), attribution: { utmSource: 'secret' } })).json
    const [lead] = (await server.request(`GET /v1/leads?email=${email}`, { key })).json.data
    await server.request(`PATCH /v1/leads/${lead.id}`, { key, body: { company: 'Engines' } })
    await server.request(`DELETE /v1/leads/${lead.id}`, { key })
    expect(await statusOf(id)).toMatchObject({ status: 'lead_created' })
    time += 31 * 86_400_000
    await server.nest.pool.query("select graphile_worker.add_job('forget_expired')")
    await server.nest.settle()

    expect(await statusOf(id)).toMatchObject({ id, status: 'erased', erasedAt: new Date(time).toISOString() })
    expect((await verify(receipt)).json).toMatchObject({
      id,
      answered: 'accepted',
      status: 'erased',
      content: 'erased',
    })
    expect(JSON.stringify(await rowOf(id))).not.toMatch(/Ada|person|secret|quoted/)
    expect(await rowOf(id)).toMatchObject({
      fields: {},
      attribution: null,
      consents: null,
      leadId: null,
      receiptSalt: null,
      respondedAt: null,
      actor: { type: 'visitor', id: null, name: null },
    })
  })

  test('by its id, where it was held', async () => {
    const { id, receipt } = (await send({ fields: fields() }, { headers: { origin } })).json
    await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      blankSubmissions(tx, server.nest.workspaceId, { ids: [id] }, new Date(time)),
    )
    expect(await statusOf(id)).toMatchObject({ status: 'erased' })
    expect((await verify(receipt)).json).toMatchObject({ answered: 'held', status: 'erased', content: 'erased' })
  })
})

describe('POST /v1/receipts/verify', () => {
  test('says whether what is stored is what the receipt was given for', async () => {
    const form = (await server.request('GET /v1/forms/contact')).json
    const box = { channel: 'email', purpose: 'news', language: 'en', text: 'Send me the news.', required: false }
    await server.request(`PATCH /v1/forms/${form.id}`, { key, body: { consents: [box] } })
    const [{ id: wordingId }] = (await server.request('GET /v1/forms/contact')).json.consents
    const consents = [{ channel: 'email', purpose: 'news', wordingId }]
    const { id, receipt } = (
      await send({ fields: fields(), attribution: { utmTerm: 'a', gclid: 'b', utmId: '' }, consents })
    ).json
    expect((await verify(receipt)).json).toMatchObject({
      id,
      answered: 'accepted',
      status: 'lead_created',
      content: 'unchanged',
    })
    await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      tx.query(sql`update submissions set fields = jsonb_set(fields, '{name}', '"Eve"') where id = ${id}`),
    )
    expect((await verify(receipt)).json).toMatchObject({ id, content: 'changed' })
  })

  test('refuses what is forged, cut off or of another server, with the reason', async () => {
    const { receipt } = (await send({ fields: fields() })).json
    const [head, , signature] = receipt.split('.')
    const forged = Buffer.from(
      JSON.stringify({ sub: newId(), form: newId(), status: 'accepted', iat: 1, sha256: 'A'.repeat(43) }),
    )
    for (const [wrong, why] of [
      ['', 'not whole'],
      [receipt.slice(0, -1), 'not whole'],
      [receipt.slice(0, receipt.lastIndexOf('.')), 'not whole'],
      [`${head}.${forged.toString('base64url')}.${signature}`, 'signature is wrong'],
      ['A'.repeat(5000), '4096'],
    ])
      expect((await verify(wrong)).json).toMatchObject({
        status: 422,
        code: 'invalid_input',
        errors: [{ path: 'receipt', message: expect.stringContaining(why!) }],
      })
  })

  test('says so where the receipt is right and its submission is gone, as from a backup that was older', async () => {
    const { id, receipt } = (await send({ fields: fields() })).json
    await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      tx.query(sql`delete from submissions where id = ${id}`),
    )
    expect((await verify(receipt)).json).toMatchObject({
      status: 404,
      detail: expect.stringContaining('The receipt is right'),
    })
  })
})

test('the key set has public keys only, and may be read from anywhere', async () => {
  const { json, headers } = await server.request('GET /.well-known/jwks.json')
  expect(json).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', use: 'sig', kid: expect.any(String), x: expect.any(String) }],
  })
  expect(headers.get('access-control-allow-origin')).toBe('*')
  expect(headers.get('content-type')).toBe('application/jwk-set+json')
})
