import { blankSubmissions, createWorkspace, isSuppressed, sql, tasks } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { origin, type TestServer, testServer } from '../../testing.ts'

const hour = 3_600_000
let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
  await server.request('POST /v1/forms', {
    key,
    body: {
      slug: 'letter',
      name: 'Letter',
      doubleOptIn: true,
      fields: [
        { name: 'email', type: 'email', label: 'E-mail', required: true },
        { name: 'phone', type: 'tel', label: 'Phone' },
      ],
      consents: [
        { channel: 'email', purpose: 'news', text: 'Send me news.' },
        { channel: 'sms', purpose: 'offers', text: 'Text me offers.' },
      ],
    },
  })
})
afterAll(() => server.close())

let n = 0
let email: string
beforeEach(() => {
  email = `person${++n}@example.com`
  time += 1000
})

/** Sent by a person, who takes their time. */
async function send(more: { fields?: object; body?: object; boxes?: string[] } = {}) {
  const { json: form, headers } = await server.request('GET /v1/forms/letter')
  time += 5000
  const consents = form.consents
    .filter(({ channel }: { channel: string }) => (more.boxes ?? ['email']).includes(channel))
    .map(({ id, channel, purpose }: Record<string, string>) => ({ wordingId: id, channel, purpose }))
  const { status, json } = await server.request('POST /v1/forms/letter/submissions', {
    headers: { origin },
    body: {
      fields: { email, ...more.fields },
      token: headers.get('leadnest-form-token'),
      consents,
      attribution: { landingPage: 'https://shop.example/letter' },
      ...more.body,
    },
  })
  expect(status).toBe(201)
  return json as { id: string; status: string }
}
const makeLink = async (id: string, body: object = {}) =>
  (await server.request(`POST /v1/submissions/${id}/confirmation-link`, { key, body })).json
const linkOf = async (id: string, body: object = {}): Promise<string> =>
  new URL((await makeLink(id, body)).link).pathname
const submission = async (id: string) => (await server.request(`GET /v1/submissions/${id}`, { key })).json
const consentsOf = async (leadId: string) => (await server.request(`GET /v1/leads/${leadId}/consents`, { key })).json
const eventsOf = (id: string) =>
  server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ type: string; actor: { type: string }; source: string; data: object }>(sql`
      select type, actor, source, data from events
      where workspace_id = ${server.nest.workspaceId} and submission_id = ${id} order by xid, id`),
  )
/** Everything that a link may change. */
const everything = async () =>
  JSON.stringify(
    await server.nest.inWorkspace(server.nest.workspaceId, async (tx) => [
      await tx.query(sql`select * from leads order by id`),
      await tx.query(sql`select * from submissions order by id`),
      await tx.query(sql`select * from confirmation_links order by id`),
      await tx.query(sql`select id from events order by id`),
      await tx.query(sql`select id from consents order by id`),
      await tx.query(sql`select * from suppressions order by id`),
    ]),
  )

describe('what visitors send', () => {
  test('waits, is held to the world, and tells of itself without the link', async () => {
    const { id, status } = await send()
    expect(status).toBe('held')
    expect(await submission(id)).toMatchObject({ verdict: 'held', reasons: ['awaiting_confirmation'], leadId: null })
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['submission.waiting'])
    expect((await server.request(`GET /v1/leads?email=${email}`, { key })).json.data).toEqual([])
  })

  test('waits for somebody of the workspace where it looks like spam', async () => {
    const { id } = await send({ body: { token: undefined } })
    expect(await submission(id)).toMatchObject({ verdict: 'held', reasons: ['no_token'] })
    expect(
      (await server.request(`POST /v1/submissions/${id}/confirmation-link`, { key, body: {} })).json,
    ).toMatchObject({
      status: 409,
      code: 'not_waiting',
    })
  })

  test('is a lead at once where a trusted server sends it', async () => {
    const { json } = await server.request('POST /v1/forms/letter/submissions', { key, body: { fields: { email } } })
    expect(json.status).toBe('accepted')
  })

  test('needs a form that asks where to send a link', async () => {
    const { json: made } = await server.request('POST /v1/forms', {
      key,
      body: { slug: `f${n}`, name: 'F', fields: [{ name: 'name', type: 'text', label: 'Name' }] },
    })
    const patch = await server.request(`PATCH /v1/forms/${made.id}`, { key, body: { doubleOptIn: true } })
    expect(patch.json).toMatchObject({ status: 422, code: 'invalid_input', errors: [{ path: 'doubleOptIn' }] })
    const { json } = await server.request('POST /v1/forms', {
      key,
      body: { ...{ slug: `g${n}`, name: 'G', doubleOptIn: true }, fields: made.fields },
    })
    expect(json).toMatchObject({ status: 422, errors: [{ path: 'doubleOptIn' }] })
  })
})

describe('a link', () => {
  test('is on the public address whatever host was asked, for 72 hours, and stored as a hash', async () => {
    const { id } = await send()
    const { json } = await server.request(`POST /v1/submissions/${id}/confirmation-link`, {
      key,
      body: {},
      headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' },
    })
    expect(json).toEqual({
      link: expect.stringMatching(/^http:\/\/localhost:3000\/c\/[0-9a-f]{32}_[\w-]{43}$/),
      channel: 'email',
      expiresAt: new Date(time + 72 * hour).toISOString(),
    })
    const secret = json.link.split('_').slice(1).join('_')
    expect(await everything()).not.toContain(secret)
    expect(JSON.stringify(await eventsOf(id))).not.toContain(secret)
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'submission.link_made',
      data: { number: 1, channel: 'email' },
    })
  })

  test('makes a lead by the pipeline of a release, and its consent is double', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    time += hour
    const page = await server.request(`GET ${link}`)
    expect(page.status).toBe(200)
    expect(page.text).toContain('p•••@e•••.com')
    expect(page.text).toContain('Send me news.')
    expect(page.text).not.toContain(email)

    const confirmed = await server.request(`POST ${link}`)
    expect(confirmed.status).toBe(200)
    expect(confirmed.text).toContain('Thank you, it is confirmed.')
    const { leadId, verdict, releasedBy } = await submission(id)
    expect([verdict, releasedBy.type]).toEqual(['accepted', 'visitor'])
    expect((await eventsOf(id)).map(({ type, actor, source }) => `${type} ${actor.type} ${source}`).sort()).toEqual([
      'consent.granted visitor link',
      'lead.captured visitor form',
      'submission.confirmed visitor link',
      'submission.link_made key api',
      'submission.waiting visitor form',
    ])
    const { data, state } = await consentsOf(leadId)
    expect(data).toMatchObject([
      {
        kind: 'granted',
        step: 'double',
        channel: 'email',
        purpose: 'news',
        address: email,
        submissionId: id,
        page: 'https://shop.example/letter',
        wording: { text: 'Send me news.' },
        at: new Date(time).toISOString(),
      },
    ])
    expect(state).toMatchObject([{ channel: 'email', purpose: 'news', status: 'granted', suppressed: false }])
  })

  test('acts once, also when it is followed many times at once', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    const answers = await Promise.all(Array.from({ length: 8 }, () => server.request(`POST ${link}`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(410)])
    expect(answers.filter(({ text }) => text.includes('Thank you, it is confirmed.'))).toHaveLength(1)
    expect(answers.filter(({ text }) => text.includes('This was confirmed already.'))).toHaveLength(7)
    const { leadId } = await submission(id)
    expect((await consentsOf(leadId)).data).toHaveLength(1)
    const before = await everything()
    expect((await server.request(`POST ${link}`)).text).toContain('This was confirmed already.')
    expect((await server.request(`GET ${link}`)).text).toContain('This was confirmed already.')
    expect(await everything()).toBe(before)
  })

  test('changes nothing when a program looks at it', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    const before = await everything()
    for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT'])
      await server.request(`${method} ${link}`, { headers: { 'sec-purpose': 'prefetch' } })
    expect(await everything()).toBe(before)
  })

  test('tells its address to nobody', async () => {
    const { id } = await send()
    for (const path of [await linkOf(id), '/c/wrong', '/c']) {
      const { headers } = await server.request(`GET ${path}`)
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      )
    }
  })

  test('proves the address it was sent to, and no other', async () => {
    const phone = `+4420794600${String(n).padStart(2, '0')}`
    await server.request('POST /v1/suppressions', { key, body: { channel: 'email', address: 'other@example.com' } })
    const { json: lead } = await server.request('POST /v1/leads', { key, body: { email, phone } })
    for (const channel of ['email', 'sms'])
      await server.request(`POST /v1/leads/${lead.id}/consents`, { key, body: { action: 'revoke', channel } })
    const { id } = await send({ fields: { phone }, boxes: ['email', 'sms'] })
    expect(await makeLink(id, { channel: 'sms' })).toMatchObject({ channel: 'sms' })
    await server.request(`POST ${await linkOf(id)}`)

    const about = { leadId: lead.id }
    const suppressed = (channel: string, purpose: string) =>
      isSuppressed(server.nest, server.nest.workspaceId, { channel, purpose, ...about })
    expect(await suppressed('email', 'news')).toBe(false)
    expect(await suppressed('email', 'offers')).toBe(true)
    expect(await suppressed('sms', 'offers')).toBe(true)
    const { data } = await consentsOf(lead.id)
    expect(data.map(({ kind, channel, step }: Record<string, string>) => [kind, channel, step])).toEqual([
      ['granted', 'sms', 'single'],
      ['lifted', 'email', null],
      ['granted', 'email', 'double'],
      ['revoked', 'sms', null],
      ['revoked', 'email', null],
    ])
  })

  test('is made for an address that is there', async () => {
    const { id } = await send()
    expect(await makeLink(id, { channel: 'sms' })).toMatchObject({
      code: 'invalid_input',
      errors: [{ path: 'channel' }],
    })
    expect(await makeLink(id, { channel: 'E-mail' })).toMatchObject({
      code: 'invalid_input',
      errors: [{ path: 'channel' }],
    })
    expect((await eventsOf(id)).map(({ type }) => type)).toEqual(['submission.waiting'])
  })

  test('still counts for the consent where somebody let it through by hand', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    const { leadId } = (await server.request(`POST /v1/submissions/${id}/release`, { key })).json
    expect((await consentsOf(leadId)).data.map(({ step }: { step: string }) => step)).toEqual(['single'])
    expect((await server.request(`POST ${link}`)).text).toContain('Thank you')
    expect((await consentsOf(leadId)).data.map(({ step }: { step: string }) => step)).toEqual(['double', 'single'])
    expect((await eventsOf(id)).filter(({ type }) => type === 'lead.captured')).toHaveLength(1)
  })
})

describe('changes nothing, and says why:', () => {
  const refused = async (path: string, status: number, words: string) => {
    const before = await everything()
    for (const method of ['GET', 'POST']) {
      const page = await server.request(`${method} ${path}`)
      expect([page.status, page.headers.get('content-type')]).toEqual([status, 'text/html; charset=UTF-8'])
      expect(page.text).toContain(words)
    }
    expect(await everything()).toBe(before)
  }

  test('a link that is 72 hours old, which offers the form', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    time += 72 * hour - 1
    expect((await server.request(`GET ${link}`)).status).toBe(200)
    time += 1
    await refused(link, 410, 'This link is too old')
    const { json: form } = await server.request('GET /v1/forms/letter')
    expect((await server.request(`GET ${link}`)).text).toContain(`href="/f/${form.id}"`)
    expect((await server.request(`GET /f/${form.id}`)).status).toBe(200)
    expect((await submission(id)).verdict).toBe('held')
    time += 90 * 24 * hour
    await (tasks(server.nest).forget_expired as () => Promise<void>)()
    await refused(link, 404, 'This link is not right')
    expect((await submission(id)).verdict).toBe('held')
  })

  test('one that a newer one replaced, until the newer one is used', async () => {
    const { id } = await send()
    const [first, second] = [await linkOf(id), await linkOf(id)]
    await refused(first, 410, 'There is a newer link')
    expect((await eventsOf(id)).at(-1)).toMatchObject({ data: { number: 2 } })
    await server.request(`POST ${second}`)
    await refused(first, 410, 'This was confirmed already.')
  })

  test('one of what was taken for spam', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    await server.request(`POST /v1/submissions/${id}/spam`, { key })
    await refused(link, 410, 'There is nothing to confirm any more')
  })

  test('one of what was erased', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      blankSubmissions(tx, server.nest.workspaceId, { ids: [id] }, new Date(time)),
    )
    await refused(link, 410, 'There is nothing to confirm any more')
  })

  test('one that is forged, cut off, or says another workspace', async () => {
    const { id } = await send()
    const link = await linkOf(id)
    const other = await createWorkspace(server.nest, { name: `Other ${n}` })
    const foreign = link.replace(/[0-9a-f]{32}/, other.id.replaceAll('-', ''))
    const forged = link.slice(0, -1) + (link.endsWith('A') ? 'B' : 'A')
    for (const wrong of [
      foreign,
      forged,
      link.slice(0, -1),
      `${link}A`,
      '/c/x',
      '/c/%E0%A4%A',
      `/c/${'A'.repeat(5000)}`,
    ])
      await refused(wrong, 404, 'This link is not right')
  })
})

test('nobody is asked for more than the limit lets through', async () => {
  const limited = await testServer({
    limits: { perMinute: 3, submitPerMinute: 1, importPerMinute: 0, smsPerMinute: 0 },
  })
  const statuses = []
  for (let i = 0; i < 4; i++) statuses.push((await limited.request('GET /c/guess')).status)
  expect(statuses).toEqual([404, 404, 404, 429])
  await limited.close()
})
