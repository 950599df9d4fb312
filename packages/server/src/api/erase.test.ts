import { createWorkspace, type Form, getForm, isSuppressed, sql } from '@leadnest/core'
import { importing, pigeon, pigeonPost } from '@leadnest/core/testing'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logOptions } from '../log.ts'
import { type TestServer, testServer } from '../testing.ts'
import { readEverything, whereIs } from './testing/find-everywhere.ts'
import { plant, planted, plantRefused, refused } from './testing/plant.ts'

let server: TestServer
let key: string
let form: Form
let workspaces: string[]
let time = Date.now()
const lines: string[] = []
const told: string[] = []
let listener: pg.Client

const form1 = {
  slug: 'everything',
  name: 'Everything',
  fields: [
    { name: 'email', type: 'email', label: 'E-mail' },
    { name: 'phone', type: 'tel', label: 'Phone' },
    { name: 'name', type: 'text', label: 'Name' },
    { name: 'message', type: 'textarea', label: 'Message' },
  ],
  consents: [{ channel: 'email', purpose: 'news', text: 'Send me news.' }],
}
const fieldTypes = {
  text: 'text',
  longText: 'long_text',
  number: 'number',
  date: 'date',
  url: 'url',
  select: 'select',
  multiSelect: 'multi_select',
  fieldEmail: 'email',
  fieldPhone: 'phone',
  boolean: 'boolean',
  json: 'json',
  archived: 'text',
}

beforeAll(async () => {
  const log = pino({ level: 'debug', ...logOptions }, { write: (line: string) => void lines.push(line) })
  server = await testServer({
    log,
    now: () => new Date(time),
    plugins: [pigeon(), importing],
    outbound: pigeonPost().outbound,
  })
  key = await server.nest.key()
  workspaces = [server.nest.workspaceId, (await createWorkspace(server.nest, { name: 'Other' })).id]
  listener = new pg.Client(server.nest.databaseUrl)
  await listener.connect()
  await listener.query('listen leadnest_feed')
  listener.on('notification', ({ payload = '' }) => void told.push(payload))
  await ask('PATCH /v1/plugins/pigeon', { settings: { account: 'A1', token: 'secret', number: '+15550001000' } })
  await ask('PATCH /v1/workspace', { country: 'GB' })
  form = await ask('POST /v1/forms', form1)
  for (const [name, type] of Object.entries(fieldTypes)) {
    const options = /elect$/.test(name) ? [{ value: 'one', label: 'One' }] : []
    await ask('POST /v1/fields', { key: name, label: name, type, options })
  }
})
afterAll(async () => {
  await listener.end()
  await server.close()
})

async function ask(route: string, body?: object, as = key) {
  const { json, status, text } = await server.request(route, { key: as, ...(body && { body }) })
  if (status >= 400) throw new Error(`${route}: ${text}`)
  return json
}

/** Rows that one statement of the first workspace finds. */
const rows = <Row = Record<string, unknown>>(text: string) =>
  server.nest.inWorkspace(workspaces[0]!, (tx) => tx.query<Row>(sql([text] as never)))

async function findAll(values: string[]) {
  const found: string[] = []
  for (const [table, all] of await readEverything(server.nest, workspaces))
    for (const row of all) found.push(...whereIs(values, table, row))
  return found
}

describe('everything that somebody said by every door', () => {
  let leadId: string
  let erased: string[]
  let bystanders: unknown
  const wait = () => {
    time += 5000
  }

  beforeAll(async () => {
    await ask('POST /v1/leads', {
      email: 'bystander@example.com',
      name: 'Bystander',
      fields: { text: 'theirs' },
      tags: ['shared'],
    })
    leadId = await plant(server, key, await getForm(server.nest, workspaces[0]!, form.id), wait)
    await ask(`POST /v1/leads/${leadId}/tags`, { add: ['shared'] })
    await plantRefused(server, key, leadId)
    await ask('POST /v1/segments', { name: 'Them', filter: `email = "${planted.newEmail}" or stage = new`, q: '' })
    await ask('POST /v1/score-rules', { name: 'Them', points: 5, filter: `not email = ${planted.email.toUpperCase()}` })
    await ask('POST /v1/segments', { name: 'Others', filter: 'email ~ planted.example', q: '' })
    await server.nest.settle()
    const merged = await rows<{ id: string }>(`select id from leads where merged_into = '${leadId}'`)
    erased = [leadId, ...merged.map(({ id }) => id)]
    bystanders = await others()
  })

  /** What belongs to other leads. */
  async function others(): Promise<unknown> {
    const of = (table: string, column = 'lead_id') =>
      rows(
        `select to_jsonb(t) as row from ${table} t where ${column} is not null and ${column} <> all('{${erased}}') order by 1`,
      )
    const tables = ['notes', 'lead_tags', 'lead_search', 'submissions', 'consents']
    return [await of('leads', 'id'), ...(await Promise.all(tables.map((table) => of(table))))]
  }

  test('is there before, each value, and the export has it', async () => {
    const everything = await readEverything(server.nest, workspaces)
    const all = JSON.stringify([...everything.entries()])
    wait()
    const { status, json, headers } = await server.request(`GET /v1/leads/${leadId}/export`, { key })
    expect(status).toBe(200)
    expect(headers.get('content-disposition')).toBe(`attachment; filename="lead-${leadId}.json"`)
    for (const [name, value] of Object.entries({ ...planted, ...refused })) {
      // A note that was edited, what was refused, and keys of requests are in no export.
      const exported = !['note', 'idempotencyKey', ...Object.keys(refused)].includes(name)
      if (name !== 'note' && name !== 'invalid') expect([name, whereIs([value], name, all).length]).toEqual([name, 1])
      expect([name, whereIs([value], name, json).length]).toEqual([name, exported ? 1 : 0])
    }
    const [last] = (await ask(`GET /v1/leads/${leadId}/timeline?limit=1`)).data
    expect(last).toMatchObject({ type: 'lead.exported', actor: { type: 'key' } })
  })

  test('is found nowhere after the erasure: no table, no log, no notification', async () => {
    const suppressions = (await ask('GET /v1/suppressions')).data
    expect(suppressions.map(({ address }: { address: string }) => address)).toContain(planted.newEmail)
    const receipts = await rows<{ id: string }>(`select id from submissions where lead_id = '${leadId}'`)
    const { status, json } = await server.request(`POST /v1/leads/${leadId}/erase`, { key, body: { reason: 'asked' } })
    expect(status).toBe(200)
    expect(json).toMatchObject({ id: leadId, mergedIds: [expect.any(String)], reason: 'asked' })
    await server.nest.settle()

    const values = [...Object.values(planted), ...Object.values(refused)]
    expect(await findAll(values)).toEqual([])
    expect(lines.length).toBeGreaterThan(50)
    expect(lines.flatMap((line) => whereIs(values, 'a log line', line))).toEqual([])
    expect(told.length).toBeGreaterThan(10)
    expect(told.flatMap((payload) => whereIs(values, 'a notification', payload))).toEqual([])

    expect((await server.request(`GET /v1/leads/${leadId}`, { key })).json).toMatchObject({ code: 'not_found' })
    for (const { id } of receipts)
      expect((await server.request(`GET /v1/receipts/${id}`)).json).toMatchObject({ status: 'erased' })
    const [event] = await rows(`select lead_id, actor, data from events where type = 'lead.erased'`)
    expect(event).toMatchObject({
      leadId,
      actor: { type: 'key' },
      data: { reason: 'asked', mergedIds: json.mergedIds, removed: { submissions: 1, unowned: 5, notes: 1 } },
    })
  })

  test('the suppression still matches the person', async () => {
    for (const [channel, address] of [
      ['email', planted.newEmail.toUpperCase()],
      // Where the person was known by before they said no, and by the lead that was merged into theirs since.
      ['email', planted.email],
      ['email', planted.otherEmail],
      ['sms', '020 7946 0123'],
    ] as const)
      expect([channel, await isSuppressed(server.nest, workspaces[0]!, { channel, address })]).toEqual([channel, true])
    expect(await isSuppressed(server.nest, workspaces[0]!, { channel: 'email', address: 'x@example.com' })).toBe(false)
  })

  test('what belongs to others is as it was, also the words that name nobody else', async () => {
    expect(await others()).toEqual(bystanders)
    const { data } = await ask('GET /v1/segments')
    expect(data.map(({ filter }: { filter: string }) => filter).sort()).toEqual([
      'email = "erased@erased.invalid" or stage = new',
      'email ~ planted.example',
    ])
    expect((await ask('GET /v1/tags')).data.map(({ name }: { name: string }) => name)).toEqual(['shared'])
  })

  test('whoever writes again is somebody new', async () => {
    const { status, json } = await server.request('POST /v1/leads', { key, body: { email: planted.newEmail } })
    expect([status, json.id === leadId, json.name, json.fields]).toEqual([201, false, null, {}])
  })
})
