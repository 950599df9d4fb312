import { type Core, confirmPrivacyRequest, makeProvingLink, sql, tasks } from '@leadnest/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestServer, testServer } from '../../testing.ts'

const day = 24 * 3_600_000
let time = Date.parse('2026-11-24T09:00:00Z')
let server: TestServer
let key: string

beforeAll(async () => {
  server = await testServer({ now: () => new Date(time) })
  key = await server.nest.key()
})
afterAll(() => server.close())

let n = 0
let lead: { id: string }
let link: string
let began: number
const publicBaseUrl = 'http://localhost:3000'
const linkOf = async (id: string): Promise<string> =>
  new URL((await makeProvingLink(server.nest, server.nest.workspaceId, id, { publicBaseUrl })).link).pathname
const newLead = async () =>
  (await server.request('POST /v1/leads', { key, body: { email: `asker${++n}@example.com`, name: 'Asker' } })).json
beforeEach(async () => {
  time += 1000
  began = time
  time += 1000
  lead = await newLead()
  link = await linkOf(lead.id)
})

const press = (action: string, path = link) =>
  server.request(`POST ${path}`, {
    raw: `action=${action}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
const list = async (query = '') => (await server.request(`GET /v1/privacy-requests${query}`, { key })).json.data
/** Those of this test: who was erased is not named any more. */
const mine = async () => (await list()).filter(({ askedAt }: { askedAt: string }) => Date.parse(askedAt) > began)
const decide = (id: string, deed: 'confirm' | 'refuse') =>
  server.request(`POST /v1/privacy-requests/${id}/${deed}`, { key })
const eventsOf = async (requestId: string) =>
  (
    await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
      tx.query<{ type: string }>(sql`
        select type from events where workspace_id = ${server.nest.workspaceId} and data ->> 'requestId' = ${requestId}
        order by xid, id`),
    )
  ).map(({ type }) => type)

describe('a copy of the data', () => {
  test('is asked for once, granted by somebody, and fetched for 7 days, fresh each time', async () => {
    expect((await press('export')).headers.get('location')).toBe(`${link}?done=asked`)
    await Promise.all([press('export'), press('export')])
    const [request, ...more] = await mine()
    expect([request, more]).toEqual([
      {
        id: expect.any(String),
        leadId: lead.id,
        kind: 'export',
        status: 'open',
        askedAt: new Date(time).toISOString(),
        doneAt: null,
        doneBy: null,
        until: null,
      },
      [],
    ])
    expect((await server.request(`GET ${link}`)).text).toContain('It is being looked at')
    expect((await press('fetch')).status).toBe(303)

    const granted = await decide(request.id, 'confirm')
    expect(granted.json).toMatchObject({
      status: 'done',
      doneBy: { type: 'key' },
      until: new Date(time + 7 * day).toISOString(),
    })
    const fetched = await press('fetch')
    expect(fetched.headers.get('content-disposition')).toBe('attachment; filename="my-data.json"')
    expect(fetched.json).toMatchObject({ format: 'leadnest.lead/1', lead: { id: lead.id, name: 'Asker' } })
    await server.request(`PATCH /v1/leads/${lead.id}`, { key, body: { name: 'Renamed' } })
    time += 7 * day - 1
    expect((await press('fetch')).json.lead.name).toBe('Renamed')
    await press('export')
    expect(await mine()).toHaveLength(1)
    time += 1
    expect((await press('fetch')).headers.get('location')).toBe(link)
    await press('export')
    expect((await mine()).map(({ status }: { status: string }) => status)).toEqual(['open', 'done'])
  })

  test('holds nothing of members, nor what they write for each other, which the export of the workspace does', async () => {
    const member = { email: 'minder@example.com', password: 'correct horse battery', name: 'Minder of Leads' }
    const { id: ownerId } = await server.nest.user(member)
    const ask = (route: string, body: object) => server.request(route, { key, body })
    const dueAt = new Date(time + 7 * day).toISOString()
    const patch = { ownerId, name: 'Other Name', nextAction: { text: 'Offer less', dueAt } }
    expect((await ask(`PATCH /v1/leads/${lead.id}`, patch)).status).toBe(200)
    expect((await ask(`POST /v1/leads/${lead.id}/notes`, { body: 'Haggles' })).status).toBe(201)
    time += 1000
    const second = await newLead()
    await ask(`PATCH /v1/leads/${second.id}`, { ownerId })
    await ask('POST /v1/leads/merge', { leadIds: [lead.id, second.id] })
    const said = { action: 'revoke', channel: 'email', reason: 'Asked on the phone' }
    const revoked = await ask(`POST /v1/leads/${lead.id}/consents`, said)
    expect(revoked.status, revoked.text).toBe(201)
    await press('export')
    await decide((await mine())[0].id, 'confirm')

    const hidden = [ownerId, member.email, member.name, 'Offer less', 'Haggles', '"name":"test"']
    const all = (await server.request(`GET /v1/leads/${lead.id}/export`, { key })).text
    const own = await press('fetch')
    expect(hidden.filter((word) => !all.includes(word))).toEqual([])
    expect(hidden.filter((word) => own.text.includes(word))).toEqual([])
    expect(own.json).toMatchObject({
      lead: { id: lead.id, name: 'Other Name', ownerId: null, nextAction: null },
      owner: null,
      notes: [],
      consents: [{ kind: 'revoked', reason: 'Asked on the phone', actor: { type: 'key', id: null, name: null } }],
    })
    const updated = (own.json.timeline as { type: string; data: object }[]).filter(
      ({ type }) => type === 'lead.updated',
    )
    expect(updated.map(({ data }) => data)).toContainEqual({ changes: { name: ['Asker', 'Other Name'] } })
  })

  test('is refused, which the person reads, and may ask for again', async () => {
    await press('export')
    const [{ id }] = await mine()
    expect((await decide(id, 'refuse')).json).toMatchObject({ status: 'refused', until: null })
    expect((await server.request(`GET ${link}`)).text).toContain('Your last request was not granted.')
    expect((await press('fetch')).status).toBe(303)
    for (const deed of ['confirm', 'refuse'] as const)
      expect((await decide(id, deed)).json).toMatchObject({ status: 409, code: 'request_settled' })
    await press('export')
    expect(await mine()).toHaveLength(2)
    expect(await eventsOf(id)).toEqual(['privacy_request.asked', 'privacy_request.refused'])
  })

  test('is that of the survivor where the lead was merged since', async () => {
    time += 1000
    const other = await newLead()
    await press('export', await linkOf(other.id))
    await server.request('POST /v1/leads/merge', { key, body: { leadIds: [lead.id, other.id] } })
    const [request] = await mine()
    await press('export')
    expect(await mine()).toHaveLength(1)
    await decide(request.id, 'confirm')
    expect((await press('fetch')).json.lead.id).toBe(lead.id)
  })
})

describe('an erasure', () => {
  test('is done when somebody confirms it, once, and nothing of the person is left', async () => {
    await press('erasure')
    await press('erasure')
    const [request, ...more] = await mine()
    expect(more).toEqual([])
    expect((await server.request(`GET /v1/leads/${lead.id}`, { key })).status).toBe(200)
    const answers = await Promise.all([decide(request.id, 'confirm'), decide(request.id, 'confirm')])
    expect(answers.map(({ status }) => status).every((status) => status === 200 || status === 409)).toBe(true)
    expect((await server.request(`GET /v1/leads/${lead.id}`, { key })).status).toBe(404)
    expect(await mine()).toMatchObject([{ id: request.id, leadId: null, status: 'done', until: null }])
    await server.nest.settle()
    expect((await server.request(`GET ${link}`)).text).toContain('There is nothing here')
    expect((await eventsOf(request.id)).filter((type) => type === 'privacy_request.confirmed')).toHaveLength(1)
  })

  test('is either confirmed or refused, where two decide at once, and erases only who was not refused', async () => {
    for (let turn = 0; turn < 5; turn++) {
      time += 1000
      const { id } = await newLead()
      await press('erasure', await linkOf(id))
      const [request] = await mine()
      const deeds = ['confirm', 'refuse'] as const
      const answers = await Promise.all(
        (turn % 2 ? deeds : deeds.toReversed()).map(async (deed) => ({ deed, ...(await decide(request.id, deed)) })),
      )
      const [done, ...more] = answers.filter(({ status }) => status === 200)
      expect(more).toEqual([])
      expect(answers.find((answer) => answer !== done)!.json).toMatchObject({ status: 409, code: 'request_settled' })
      const isThere = (await server.request(`GET /v1/leads/${id}`, { key })).status === 200
      expect([isThere, (await mine())[0].status]).toEqual(
        done!.deed === 'confirm' ? [false, 'done'] : [true, 'refused'],
      )
    }
  })

  test('is answered the same to a confirmation that is sent again under its key', async () => {
    await press('erasure')
    const [{ id }] = await mine()
    const send = () =>
      server.request(`POST /v1/privacy-requests/${id}/confirm`, { key, headers: { 'idempotency-key': `erase ${id}` } })
    const first = await send()
    expect(first.json).toMatchObject({ id, kind: 'erasure', status: 'done' })
    const again = await send()
    expect([again.status, again.headers.get('idempotency-replayed'), again.text]).toEqual([200, 'true', first.text])
  })

  test('that is cut off is gone on with by a job', async () => {
    await press('erasure')
    const [{ id }] = await mine()
    const { workspaceId } = server.nest
    let asked = 0
    const cutOff: Core = {
      ...server.nest,
      inWorkspace: (of, work) =>
        asked++ === 0 ? server.nest.inWorkspace(of, work) : Promise.reject(new Error('killed')),
    }
    const by = { actor: { type: 'system' as const, id: null, name: null }, source: 'api' as const }
    await expect(confirmPrivacyRequest(cutOff, workspaceId, id, by)).rejects.toThrow('killed')
    expect((await server.request(`GET /v1/leads/${lead.id}`, { key })).status).toBe(200)
    const { rows } = await server.nest.pool.query('select payload from graphile_worker._private_jobs where key = $1', [
      `erase_as_asked ${lead.id}`,
    ])
    await (tasks(server.nest).erase_as_asked as (payload: unknown) => Promise<void>)(rows[0].payload)
    expect((await server.request(`GET /v1/leads/${lead.id}`, { key })).status).toBe(404)
  })

  test('that was done by hand meanwhile is confirmed all the same', async () => {
    await press('erasure')
    const [{ id }] = await mine()
    await server.request(`POST /v1/leads/${lead.id}/erase`, { key, body: {} })
    expect((await decide(id, 'confirm')).json).toMatchObject({ status: 'done' })
  })

  test('is asked about once more, and that page does nothing', async () => {
    const sure = await server.request(`GET ${link}/erasure`)
    expect(sure.text).toContain('Erase everything about you?')
    expect((await server.request(`GET ${link}x/erasure`)).status).toBe(404)
    expect(await mine()).toEqual([])
  })
})

test('by the rule of the workspace it happens by itself', async () => {
  const rule = await server.request('PATCH /v1/workspace', { key, body: { privacyRequests: 'automatic' } })
  expect(rule.json.privacyRequests).toBe('automatic')
  await press('export')
  expect(await mine()).toMatchObject([{ status: 'done', doneBy: { type: 'system' } }])
  expect((await press('fetch')).json.lead.id).toBe(lead.id)
  time += 1000
  await press('erasure')
  await server.nest.settle()
  expect(await mine()).toMatchObject([
    { kind: 'erasure', status: 'done', doneBy: { type: 'system' } },
    { kind: 'export' },
  ])
  expect((await server.request(`GET ${link}`)).status).toBe(410)
  await server.request('PATCH /v1/workspace', { key, body: { privacyRequests: 'confirm' } })
  expect((await server.request('PATCH /v1/workspace', { key, body: { privacyRequests: 'never' } })).json).toMatchObject(
    {
      status: 422,
      errors: [{ path: 'privacyRequests' }],
    },
  )
})

test('a link that somebody was handed, or that went to an address of before, asks for nothing, whatever the rule', async () => {
  await server.request('PATCH /v1/workspace', { key, body: { privacyRequests: 'automatic' } })
  const writer = await server.nest.key({ scopes: ['leads:write'] })
  const made = await server.request(`POST /v1/leads/${lead.id}/preference-link`, { key: writer, body: {} })
  await server.request(`PATCH /v1/leads/${lead.id}`, { key, body: { email: `other${n}@example.com` } })
  for (const path of [new URL(made.json.link).pathname, link]) {
    for (const action of ['export', 'erasure', 'fetch'])
      expect((await press(action, path)).headers.get('location')).toBe(path)
    const { text } = await server.request(`GET ${path}`)
    expect(text).toContain('For a copy of your data, or to be erased, ask')
    expect(text).not.toContain('Ask for a copy')
  }
  await server.nest.settle()
  expect(await mine()).toEqual([])
  // What was granted to the person is not fetched by such a link either.
  const own = await linkOf(lead.id)
  await press('export', own)
  expect((await press('fetch', own)).json.lead.id).toBe(lead.id)
  expect((await press('fetch')).headers.get('location')).toBe(link)
  await server.request('PATCH /v1/workspace', { key, body: { privacyRequests: 'confirm' } })
})

test('who may read leads, and no more, sees no requests', async () => {
  await press('export')
  const [{ id }] = await mine()
  const reader = await server.nest.key({ scopes: ['leads:read', 'leads:write'] })
  for (const route of ['GET /v1/privacy-requests', `POST /v1/privacy-requests/${id}/confirm`])
    expect((await server.request(route, { key: reader })).json).toMatchObject({ status: 403, code: 'forbidden' })
  expect((await list('?status=open')).map((request: { id: string }) => request.id)).toContain(id)
  expect((await server.request('GET /v1/privacy-requests?status=x', { key })).status).toBe(422)
})
