import { createLeadNest, type Event, LeadNestError } from '@leadnest/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestServer, testServer } from './testing.ts'

let server: TestServer
let url: string
let leadnest: ReturnType<typeof createLeadNest>

beforeAll(async () => {
  server = await testServer()
  url = await server.listen()
  leadnest = createLeadNest({ url, key: await server.nest.key() })
})
afterAll(() => server.close())

const add = async (...names: string[]) => {
  for (const name of names) await leadnest.leads.create({ email: `${name}@example.com` })
}

/** The first `count` events, as what happened to whom. */
async function take(events: AsyncGenerator<Event, void>, count: number): Promise<string[]> {
  const taken: string[] = []
  for await (const { type, data } of events) {
    taken.push(data.name ? `${type} ${data.name}` : type)
    if (taken.length === count) break
  }
  return taken
}

test('own events are told, and every event is walked and then waited for', async () => {
  const { id } = await leadnest.leads.create({ email: 'own@example.com' })
  const told = await leadnest.leads.track(id, 'trial.started', { plan: 'pro' })
  expect(told).toMatchObject({
    type: 'lead.tracked',
    leadId: id,
    data: { name: 'trial.started', data: { plan: 'pro' } },
  })
  await leadnest.leads.track(id, 'visited', undefined, { at: new Date(Date.now() - 86_400_000).toISOString() })
  const walking = take(leadnest.events.each({ type: ['lead.created', 'lead.tracked'] }), 4)
  await leadnest.leads.track(id, 'trial.ended')
  expect(await walking).toEqual([
    'lead.created',
    'lead.tracked trial.started',
    'lead.tracked visited',
    'lead.tracked trial.ended',
  ])
})

test('who keeps the cursor goes on from it', async () => {
  const { nextCursor } = await leadnest.events.list({ after: 'now' })
  await add('a', 'b')
  let kept = nextCursor
  const keep = (cursor: string) => (kept = cursor)
  const each = leadnest.events.each({ after: kept, onCursor: keep })
  const first = [(await each.next()).value, (await each.next()).value]
  const next = each.next()
  await add('c')
  const { value: third } = await next
  await each.return()
  expect(new Set([...first, third].map((event) => (event as Event).id)).size).toBe(3)
  expect(kept).not.toBe(nextCursor)
  expect(await take(leadnest.events.each({ after: kept }), 1)).toEqual(['lead.created'])
})

test('live events come over one connection, and after a break from where it broke', async () => {
  const broken: AbortController[] = []
  let connections = 0
  const flaky = createLeadNest({
    url,
    key: await server.nest.key(),
    async fetch(target, init) {
      connections++
      const cut = new AbortController()
      broken.push(cut)
      return globalThis.fetch(target, { ...init, signal: AbortSignal.any([init.signal!, cut.signal]) })
    },
  })
  let begun = () => {}
  const ready = new Promise<void>((done) => (begun = done))
  const live = flaky.events.live({ type: 'lead.created', onCursor: () => begun() })
  const first = live.next()
  await ready
  await add('one')
  const heard = [(await first).value as Event]
  broken.at(-1)!.abort()
  await add('two', 'three')
  heard.push((await live.next()).value as Event, (await live.next()).value as Event)
  await live.return()
  const emails = await Promise.all(heard.map(async ({ leadId }) => (await leadnest.leads.get(leadId!)).email))
  expect(emails).toEqual(['one@example.com', 'two@example.com', 'three@example.com'])
  expect(connections).toBe(2)
})

test('the signal ends what follows, with its own reason', async () => {
  const ended = new AbortController()
  const reason = new Error('enough')
  const waiting = [
    leadnest.events.live({ signal: ended.signal }),
    leadnest.events.each({ after: 'now', signal: ended.signal }),
  ]
  const nexts = waiting.map((events) => events.next().catch((error: unknown) => error))
  setTimeout(() => ended.abort(reason), 50)
  expect(await Promise.all(nexts)).toEqual([reason, reason])
})

test('a refusal is thrown, not waited out', async () => {
  const stranger = createLeadNest({ url, key: 'ln_sk_nothing' })
  for (const events of [stranger.events.each(), stranger.events.live()]) {
    const refused = await events.next().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(LeadNestError)
    expect(refused).toMatchObject({ code: 'unauthenticated', status: 401 })
  }
})

test('what onCursor throws ends it, also where it is an error of ours', async () => {
  await add('once', 'and-no-more')
  const failed = new LeadNestError('The place to keep it is away.', { code: 'network' })
  const told: string[] = []
  const onCursor = (cursor: string) => {
    told.push(cursor)
    throw failed
  }
  for (const events of [leadnest.events.each({ onCursor }), leadnest.events.live({ onCursor })])
    await expect(take(events, 1000)).rejects.toBe(failed)
  expect(told).toHaveLength(2)
})
