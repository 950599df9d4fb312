import { checkEvidence, newId, proveConsents, sealConsents, sql, tasks, verifyConsents } from '@leadnest/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let time = Date.parse('2026-11-24T09:00:00Z')
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

  test('is refused with its place where the words are unknown, of another form, long gone or about something else', async () => {
    const { id: formId } = await ask('GET /v1/forms/contact')
    const other = await ask('POST /v1/forms', {
      slug: 'other',
      name: 'Other',
      fields: [{ name: 'email', type: 'email', label: 'E-mail' }],
      consents: [newsletter],
    })
    const counts = async () =>
      (
        await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
          tx.query<{ counts: number[] }>(sql`
            select array[(select count(*) from submissions), (select count(*) from consents), (select count(*) from leads), (select count(*) from events)]::int[] as counts`),
        )
      )[0]!.counts
    const before = await counts()
    const wrong: [object, string, string][] = [
      [consent('no id'), 'unknown_reference', 'consents.1.wordingId'],
      [consent(newId()), 'unknown_reference', 'consents.1.wordingId'],
      [consent(other.consents[0].id), 'unknown_reference', 'consents.1.wordingId'],
      [consent(boxes[0]!.id, { channel: 'sms' }), 'invalid_input', 'consents.1.channel'],
      [consent(boxes[0]!.id, { purpose: 'all' }), 'invalid_input', 'consents.1.purpose'],
    ]
    for (const [one, code, path] of wrong) {
      const { json } = await submit({
        fields: { email: 'wrong@example.com' },
        consents: [consent(boxes[0]!.id), one],
      })
      expect(json).toMatchObject({ status: 422, code, errors: [{ path }] })
    }
    const terms = { channel: 'email', purpose: 'terms', text: 'I agree.', required: true }
    const changed = await setBoxes([{ ...newsletter, text: 'Send me all the news.' }, terms])
    expect(changed[0].id).not.toBe(boxes[0]!.id)
    const changedEvents = (await counts())[3]! - before[3]!
    expect(changedEvents).toBe(1)
    const { json } = await submit({ fields: { email: 'wrong@example.com' }, consents: [consent(boxes[0]!.id)] })
    expect(json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path: 'consents' }] })
    time += 24 * 3_600_000 + 1000
    const late = await submit({ fields: { email: 'wrong@example.com' }, consents: [consent(boxes[0]!.id)] })
    expect(late.json).toMatchObject({ code: 'unknown_reference', errors: [{ path: 'consents.0.wordingId' }] })
    expect((await counts()).slice(0, 3)).toEqual(before.slice(0, 3))
    expect((await ask(`GET /v1/forms/${formId}/definition`)).consents).toHaveLength(2)
    boxes = await setBoxes([newsletter])
    expect((await ask(`PATCH /v1/forms/${formId}`, { consents: [newsletter, newsletter] })).errors).toMatchObject([
      { path: 'consents.1.purpose' },
    ])
  })

  test('of a submission that is held is not in the ledger', async () => {
    const anonymous = await server.request('POST /v1/forms/contact/submissions', {
      headers: { origin },
      body: { fields: { email: 'held@example.com' }, consents: [consent(boxes[0]!.id)] },
    })
    expect(anonymous.json).toMatchObject({ status: 'held' })
    const [row] = await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      tx.query<{ count: number }>(sql`select count(*) as count from consents where payload like '%held@example.com%'`),
    )
    expect(row!.count).toBe(0)
  })
})

describe('what staff write down', () => {
  const grant = { action: 'grant', channel: 'email', purpose: 'newsletter' }
  test('names the words, the door and when the person said it', async () => {
    const { id } = await ask('POST /v1/leads', { email: 'grace@example.com' })
    const at = new Date(time - 3_600_000).toISOString()
    const answer = await server.request(`POST /v1/leads/${id}/consents`, {
      key,
      body: { ...grant, wordingId: boxes[0]!.id, at, reason: 'On the phone' },
    })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      kind: 'granted',
      wording: { text: 'Send me the newsletter.' },
      actor: { type: 'key' },
      source: 'api',
      at,
      recordedAt: new Date(time).toISOString(),
    })
    const spoken = { ...grant, wording: { text: 'May we write?', language: 'en' } }
    expect((await ask(`POST /v1/leads/${id}/consents`, spoken)).wording).toMatchObject({ id: null, language: 'en' })
  })

  test('is refused where it proves nothing', async () => {
    const { id } = await ask('POST /v1/leads', { email: 'grace@example.com' })
    const wrong: [object, string][] = [
      [grant, 'wording'],
      [{ ...grant, purpose: null, wordingId: boxes[0]!.id }, 'purpose'],
      [{ ...grant, purpose: 'offers', wordingId: boxes[0]!.id }, 'purpose'],
      [{ ...grant, wordingId: newId() }, 'wordingId'],
      [{ ...grant, wordingId: boxes[0]!.id, wording: { text: 'x' } }, 'wordingId'],
      [{ ...grant, wordingId: boxes[0]!.id, at: new Date(time + 3_600_000).toISOString() }, 'at'],
      [{ ...grant, channel: 'E mail', wordingId: boxes[0]!.id }, 'channel'],
      [{ action: 'forget', channel: 'email' }, 'action'],
    ]
    for (const [body, path] of wrong) {
      const { json } = await server.request(`POST /v1/leads/${id}/consents`, { key, body })
      expect([json.status, json.errors?.map((issue: { path: string }) => issue.path)]).toEqual([422, [path]])
    }
  })

  test('to take it back suppresses the address, and a page of entries goes on where it ended', async () => {
    const { id } = await ask('POST /v1/leads', { email: 'hedy@example.com' })
    for (let i = 0; i < 3; i++) {
      time += 1000
      await ask(`POST /v1/leads/${id}/consents`, { action: 'revoke', channel: 'email', reason: 'By letter' })
    }
    const first = await ask(`GET /v1/leads/${id}/consents?limit=2`)
    const second = await ask(`GET /v1/leads/${id}/consents?limit=2&cursor=${first.nextCursor}`)
    expect([first.data.length, second.data.length, second.nextCursor]).toEqual([2, 1, null])
    expect(first.state).toEqual([
      { channel: 'email', purpose: null, status: 'revoked', suppressed: true, since: first.data[0].at },
    ])
    const found = await ask('GET /v1/suppressions?channel=email&address=%20HEDY@example.com')
    expect(found.data).toMatchObject([
      { origin: 'opt_out', purpose: null, address: 'hedy@example.com', reason: 'By letter' },
    ])
    const refused = await server.request(`DELETE /v1/suppressions/${found.data[0].id}`, { key })
    expect(refused.json).toMatchObject({ status: 409, code: 'opt_out_stands' })
  })

  test('a suppression of their own comes once and goes again', async () => {
    const body = { channel: 'sms', address: '+44 20 7946 0958', reason: 'Rude' }
    const made = await server.request('POST /v1/suppressions', { key, body })
    const again = await server.request('POST /v1/suppressions', { key, body })
    expect([made.status, again.status, again.json.id]).toEqual([201, 200, made.json.id])
    expect(made.json).toMatchObject({ origin: 'staff', address: '+442079460958', purpose: null })
    expect((await server.request(`DELETE /v1/suppressions/${made.json.id}`, { key })).status).toBe(204)
    expect((await ask('GET /v1/suppressions?channel=sms')).data).toEqual([])
    const { json } = await server.request('POST /v1/suppressions', {
      key,
      body: { channel: 'email', address: 'nobody' },
    })
    expect(json).toMatchObject({ status: 422, errors: [{ path: 'address' }] })
    expect((await ask('GET /v1/suppressions?address=a@example.com')).errors).toMatchObject([{ path: 'channel' }])
    const events = await ask('GET /v1/events?type=suppression.added,suppression.removed&limit=200')
    expect(JSON.stringify(events.data)).not.toContain('7946')
  })
})

test('an erased lead leaves commitments that verify, and evidence from before still fits them', async () => {
  const { id } = await ask('POST /v1/leads', { email: 'erased@example.com' })
  await ask(`POST /v1/leads/${id}/consents`, {
    action: 'grant',
    channel: 'email',
    purpose: 'newsletter',
    wordingId: boxes[0]!.id,
  })
  const { nest } = server
  const before = await proveConsents(nest, nest.workspaceId, id)
  expect(checkEvidence(before)).toEqual([])
  await server.request(`DELETE /v1/leads/${id}`, { key })
  time += 31 * 24 * 3_600_000
  await (tasks(nest).forget_expired as () => Promise<void>)()
  const [left] = await nest.inWorkspace(nest.workspaceId, (tx) =>
    tx.query<{ rows: string }>(
      sql`select (select json_agg(c) from consents c)::text || (select json_agg(s) from suppressions s)::text as rows`,
    ),
  )
  expect(left!.rows).not.toContain('erased@example.com')
  const evidence = await proveConsents(nest, nest.workspaceId, id)
  expect(checkEvidence(evidence)).toEqual([])
  expect(await verifyConsents(nest, nest.workspaceId)).toMatchObject({ failure: null, waiting: 0 })
  const [entry, erasure] = evidence.entries
  expect(entry).toMatchObject({ salt: null, payload: null, commitment: before.entries[0]!.commitment })
  expect(JSON.parse(erasure!.payload!)).toMatchObject({ kind: 'erased', entries: [entry!.id] })
  // Whoever kept the payload and its salt can show what was agreed to.
  const whole = { ...evidence, entries: before.entries }
  expect(checkEvidence(whole)).toEqual([])
  const forged = { ...before.entries[0]!, payload: before.entries[0]!.payload!.replace('newsletter', 'everything') }
  expect(checkEvidence({ ...whole, entries: [forged] })).toEqual([expect.stringContaining('is not what was sealed')])
  expect(checkEvidence({ ...whole, head: { ...whole.head, entries: 1 } })).not.toEqual([])
  await expect(proveConsents(nest, nest.workspaceId, newId())).rejects.toMatchObject({ code: 'not_found' })
})
