import { createWorkspace, newId, revokeApiKey, sql } from '@leadnest/core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { origin, type TestServer, testServer } from '../testing.ts'

let server: TestServer
let key: string
let listening = 0

beforeAll(async () => {
  server = await testServer()
  key = await server.nest.key()
  const subscribe = server.feed.subscribe
  vi.spyOn(server.feed, 'subscribe').mockImplementation((...args) => {
    listening++
    const stop = subscribe(...args)
    return () => {
      listening--
      stop()
    }
  })
})
afterAll(() => server.close())

interface Told {
  id: string
  type: string
  leadId: string
  data: Record<string, unknown>
}
const pull = async (query = '', as = key) => (await server.request(`GET /v1/events${query}`, { key: as })).json
const after = (cursor: string, more = '') => `?after=${encodeURIComponent(cursor)}${more}`
const now = async () => (await pull('?after=now')).nextCursor as string
const add = async (email: string, as = key) => {
  const { status, json } = await server.request('POST /v1/leads', { key: as, body: { email } })
  expect([status, json]).toEqual([201, expect.anything()])
  return json.id as string
}
const ids = ({ data }: { data: Told[] }) => data.map(({ leadId }) => leadId)

/** Just so many events: any transaction of the same Postgres, as of another test, may hold the last ones back for a moment. */
async function gather(count: number, cursor: string, more = '', as = key) {
  const data: Told[] = []
  let nextCursor = cursor
  while (data.length < count) {
    const page = await pull(after(nextCursor, `&wait=30&limit=${Math.min(200, count - data.length)}${more}`), as)
    data.push(...page.data)
    nextCursor = page.nextCursor
  }
  return { data, nextCursor }
}

/** A transaction of its own that stays open, as one of a slow process. */
async function hold() {
  const client = await server.nest.pool.connect()
  await client.query(
    `begin; select set_config('leadnest.workspace_id', '${server.nest.workspaceId}', true), pg_current_xact_id()`,
  )
  return {
    write: (id: string, leadId: string) =>
      client.query(
        `insert into events (workspace_id, id, type, lead_id, actor, source, data, created_at)
         values ($1, $2, 'lead.created', $3, '{"type":"system","id":null,"name":null}', 'system', '{}', now())`,
        [server.nest.workspaceId, id, leadId],
      ),
    async end(how: 'commit' | 'rollback') {
      await client.query(how)
      client.release()
    },
  }
}

/** Reads a stream message by message. */
async function stream(query = '', headers: Record<string, string> = {}, as = key) {
  const answer = await server.app.request(`${origin}/v1/events/stream${query}`, {
    headers: { authorization: `Bearer ${as}`, ...headers },
  })
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  let lastId = ''
  async function next(): Promise<Told | undefined> {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end === -1) {
        const { done, value } = await reader.read()
        if (done) return undefined
        text += value
        continue
      }
      const message = text.slice(0, end)
      text = text.slice(end + 2)
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1]
      lastId = field('id') ?? lastId
      if (field('data')) {
        const told = JSON.parse(field('data')!) as Told
        expect(field('event')).toBe(told.type)
        return told
      }
      return { id: '', type: 'greeting', leadId: '', data: {} }
    }
  }
  expect((await next())!.type).toBe('greeting')
  return { next, lastId: () => lastId, leave: () => reader.cancel() }
}

test('events are walked from the oldest on, page by page, and the last cursor goes on from there', async () => {
  const cursor = await now()
  const leads = [await add('a@example.com'), await add('b@example.com'), await add('c@example.com')]
  const first = await gather(2, cursor, '&type=lead.created')
  expect(ids(first)).toEqual(leads.slice(0, 2))
  const second = await gather(1, first.nextCursor, '&type=lead.created')
  expect(ids(second)).toEqual(leads.slice(2))
  const third = await pull(after(second.nextCursor, '&type=lead.created'))
  expect(third).toEqual({ data: [], nextCursor: expect.any(String) })
  const lead = await add('d@example.com')
  expect(ids(await gather(1, third.nextCursor))).toEqual([lead])
  expect((await pull('?limit=1')).data[0]).toMatchObject({
    type: 'lead.created',
    source: 'api',
    actor: { type: 'key' },
  })
})

test('a filter by type leaves the others out, and its cursor goes past them', async () => {
  const cursor = await now()
  const lead = await add('typed@example.com')
  await server.request(`POST /v1/leads/${lead}/notes`, { key, body: { body: 'x' } })
  const notes = await gather(1, cursor, '&type=note.added,note.edited')
  expect(notes.data.map(({ type }: Told) => type)).toEqual(['note.added'])
  const none = await pull(after(cursor, '&type=member.added'))
  expect(none.data).toEqual([])
  expect((await pull(after(none.nextCursor))).data).toEqual([])
})

test.each([
  ['type=lead.exploded', 422, 'invalid_input', 'type.0'],
  ['type=', 422, 'invalid_input', 'type.0'],
  ['after=', 422, 'invalid_input', 'after'],
  ['after=nonsense', 422, 'invalid_cursor', 'after'],
  ['wait=31', 422, 'invalid_input', 'wait'],
  ['limit=0', 422, 'invalid_input', 'limit'],
  ['cursor=x', 422, 'invalid_input', 'cursor'],
])('?%s is refused', async (query, status, code, path) => {
  const { json } = await server.request(`GET /v1/events?${query}`, { key })
  expect(json).toMatchObject({ status, code, errors: [{ path }] })
})

test('whoever may not read about something is not told what happened to it', async () => {
  const cursor = await now()
  await server.request('PATCH /v1/workspace', { key, body: { country: 'AT' } })
  const lead = await add('scoped@example.com')
  const narrow = await server.nest.key({ scopes: ['leads:read'] })
  expect((await gather(2, cursor)).data.map(({ type }) => type)).toEqual(['workspace.updated', 'lead.created'])
  expect(ids(await gather(1, cursor, '', narrow))).toEqual([lead])
  expect(await pull('?type=lead.created,workspace.updated', narrow)).toMatchObject({
    code: 'forbidden',
    detail:
      'This key lacks the scope settings:read. Make one that has it, in the admin under Settings, API keys, or by: npx leadnest key create <name> --scopes leads:read,settings:read',
  })
})

test('a pull that waits is answered by what comes, and holds no connection meanwhile', async () => {
  const cursor = await now()
  const waiting = Array.from({ length: 30 }, () => pull(after(cursor, '&wait=30')))
  await expect.poll(() => listening).toBe(30)
  await expect.poll(() => server.nest.pool.totalCount - server.nest.pool.idleCount).toBe(0)
  const lead = await add('awaited@example.com')
  for (const answer of await Promise.all(waiting)) expect(ids(answer)).toEqual([lead])
  expect(listening).toBe(0)
})

test('a pull that nobody waits for any more ends', async () => {
  const url = await server.listen()
  const gone = new AbortController()
  const asked = fetch(`${url}/v1/events${after(await now(), '&wait=30')}`, {
    headers: { authorization: `Bearer ${key}` },
    signal: gone.signal,
  })
  await expect.poll(() => listening).toBe(1)
  gone.abort()
  await expect(asked).rejects.toThrow()
  await expect.poll(() => listening).toBe(0)
})

test('what an open transaction may still commit with an older id is not passed by', async () => {
  const cursor = await now()
  const live = await stream()
  const open = await hold()
  const early = newId(Date.now() - 60_000)
  const [older, younger] = [newId(), newId()]
  await open.write(early, older)
  const lead = await add('meanwhile@example.com')
  expect(ids(await pull(after(cursor)))).toEqual([])
  const waiting = gather(3, cursor)
  await open.write(newId(), younger)
  await open.end('commit')
  expect(new Set(ids(await waiting))).toEqual(new Set([older, younger, lead]))
  const told = [await live.next(), await live.next(), await live.next()].map((event) => event!.leadId)
  expect(new Set(told)).toEqual(new Set([older, younger, lead]))
  await live.leave()
})

test('an older id whose transaction begins later comes later', async () => {
  const cursor = await now()
  const live = await stream()
  const early = newId(Date.now() - 60_000)
  const lead = await add('first@example.com')
  const page = await gather(1, cursor)
  expect(ids(page)).toEqual([lead])
  expect((await live.next())!.leadId).toBe(lead)
  const open = await hold()
  const late = newId()
  await open.write(early, late)
  await open.end('commit')
  // A transaction of another process that forgot to tell: the next news brings it along.
  const last = await add('second@example.com')
  expect(ids(await gather(2, page.nextCursor))).toEqual([late, last])
  expect([(await live.next())!.leadId, (await live.next())!.leadId]).toEqual([late, last])
  await live.leave()
})

test('what was held back by a transaction that wrote nothing comes without further news', async () => {
  const cursor = await now()
  const open = await hold()
  const lead = await add('held@example.com')
  const live = await stream(after(cursor))
  const waiting = pull(after(cursor, '&wait=30'))
  await expect.poll(() => listening).toBe(2)
  await open.end('rollback')
  expect(ids(await waiting)).toEqual([lead])
  expect((await live.next())!.leadId).toBe(lead)
  await live.leave()
})

test('a reader that comes back in the middle of a burst misses nothing and hears nothing twice', async () => {
  const total = 500
  const cursor = await now()
  const burst = async () => {
    for (let i = 0; i < total; i += 20)
      await Promise.all(Array.from({ length: 20 }, (_, n) => add(`burst${i + n}@example.com`)))
  }
  const heard: string[] = []
  const writing = burst()
  let live = await stream(after(cursor))
  while (heard.length < total) {
    heard.push((await live.next())!.id)
    if (heard.length % 70 === 0) {
      await live.leave()
      live = await stream(after(cursor), { 'last-event-id': live.lastId() })
    }
  }
  await writing
  await live.leave()
  expect(new Set(heard).size).toBe(total)
  expect(heard).toEqual((await gather(total, cursor)).data.map(({ id }) => id))
})

test('the other workspace is not heard', async () => {
  const { id: other } = await createWorkspace(server.nest, { name: 'Other' })
  const theirs = await server.nest.key({ workspaceId: other })
  const mine = await stream('?type=lead.created')
  const foreign = await stream('?type=lead.created', {}, theirs)
  const their = await add('same@example.com', theirs)
  const my = await add('same@example.com')
  expect((await mine.next())!.leadId).toBe(my)
  expect((await foreign.next())!.leadId).toBe(their)
  await Promise.all([mine.leave(), foreign.leave()])
  expect(ids(await pull('?limit=200&type=lead.created'))).not.toContain(their)
})

test('a slow reader is waited for: pages are read when they are taken', async () => {
  const cursor = await now()
  for (let i = 0; i < 130; i += 10)
    await Promise.all(Array.from({ length: 10 }, (_, n) => add(`slow${i + n}@example.com`)))
  await gather(130, cursor)
  const query = vi.spyOn(server.nest, 'inWorkspace')
  const answer = await server.app.request(`${origin}/v1/events/stream${after(cursor)}`, {
    headers: { authorization: `Bearer ${key}` },
  })
  const reader = answer.body!.getReader()
  const asked = query.mock.calls.length
  await reader.read()
  const count = async () => (new TextDecoder().decode((await reader.read()).value).match(/^data/gm) ?? []).length
  expect(await count()).toBe(100)
  expect(query.mock.calls.length).toBe(asked + 1)
  expect(await count()).toBe(30)
  query.mockRestore()
  await reader.cancel()
  expect(listening).toBe(0)
})

test('a stream and a pull that waits end with their credential', async () => {
  const doomed = await server.nest.key({ scopes: ['leads:read'] })
  const live = await stream('', {}, doomed)
  const [row] = await server.nest.inWorkspace(server.nest.workspaceId, (tx) =>
    tx.query<{ id: string }>(
      sql`select id from api_keys where workspace_id = ${server.nest.workspaceId} order by id desc limit 1`,
    ),
  )
  const waiting = server.request(`GET /v1/events${after(await now(), '&wait=30')}`, { key: doomed })
  await expect.poll(() => listening).toBe(2)
  const actor = { type: 'system' as const, id: null, name: null }
  await revokeApiKey(server.nest, server.nest.workspaceId, row!.id, { actor, source: 'system' })
  expect(await live.next()).toBeUndefined()
  await add('wakes@example.com')
  expect((await waiting).json).toMatchObject({ code: 'unauthenticated' })
})

test('HEAD of the stream is answered, and leaves nobody listening', async () => {
  const answer = await server.app.request(`${origin}/v1/events/stream`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${key}` },
  })
  expect([answer.status, answer.headers.get('content-type'), answer.body]).toEqual([200, 'text/event-stream', null])
  expect(listening).toBe(0)
})

test('the index gives the events in their order', async () => {
  const [plan] = await server.nest.inWorkspace(server.nest.workspaceId, async (tx) => {
    await tx.query(sql`set local enable_seqscan = off`)
    await tx.query(sql`set local enable_sort = off`)
    return tx.query<{ 'QUERY PLAN': unknown }>(sql`
      explain (format json) select id from events
      where workspace_id = ${server.nest.workspaceId} and xid < pg_snapshot_xmin(pg_current_snapshot())
        and (xid, id) > ('5'::xid8, ${newId()}::uuid) order by xid, id limit 50`)
  })
  expect(JSON.stringify(plan)).toMatch(/events_order.*Index Cond[^}]*xid/)
})

test('a server that stops ends what waits', async () => {
  const live = await stream()
  const waiting = pull(after(await now(), '&wait=30'))
  await expect.poll(() => listening).toBe(2)
  server.feed.end()
  expect(await live.next()).toBeUndefined()
  // Another database of the same Postgres may have kept an earlier event back until now.
  expect(await waiting).toMatchObject({ nextCursor: expect.any(String) })
  expect(listening).toBe(0)
})
