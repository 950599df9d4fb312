import * as v from 'valibot'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { definePlugin } from './plugin.ts'
import { type FakeProvider, fakeProvider, type TestNest, testNest } from './testing.ts'

const begin = '2027-03-01T09:00:00.000Z'
let nest: TestNest
let provider: FakeProvider
const ran: [name: string, at: string][] = []

/** Asks a provider for a welcome, reminds after three days, and counts every night. */
const welcome = definePlugin({
  id: 'welcome',
  name: 'Welcome',
  capabilities: ['leads:write', 'http:api.welcome.example'],
  settings: v.object({ account: v.string(), token: v.pipe(v.string(), v.metadata({ secret: true })) }),
  names: ({ account }) => [account],
  beforeCapture: ({ fields }) => (fields.name === 'Nobody' ? { hold: 'Nobody is called so.' } : undefined),
  on: {
    async 'lead.captured'({ leadId }, { fetch, settings, jobs, now, leads }) {
      const answer = await fetch(`https://api.welcome.example/people/${leadId}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${settings.token}` },
        body: 'hello',
      })
      if (!answer.ok) throw new Error(`It answers ${answer.status}.`)
      await leads.note(leadId!, ((await answer.json()) as { text: string }).text)
      await jobs.add('remind', { leadId }, { at: new Date(now().getTime() + 3 * 86_400_000) })
    },
  },
  jobs: {
    remind: { run: (_payload, { now }) => void ran.push(['remind', now().toISOString()]) },
    nightly: { cron: '0 3 * * *', run: (_payload, { now }) => void ran.push(['nightly', now().toISOString()]) },
  },
  routes: {
    async 'POST /people/:account'(request, { params, find, url }) {
      const workspace = await find(params.account!)
      if (!workspace) return new Response('Who?', { status: 404 })
      const lead = await workspace.leads.create((await request.json()) as { email: string })
      return Response.json({ email: lead.email, url })
    },
    'GET /': () => new Response('hello'),
  },
})

beforeEach(async () => {
  ran.length = 0
  provider = fakeProvider({ 'POST https://api.welcome.example/people/:id': () => ({ text: 'Welcome!' }) })
  nest = await testNest({
    plugins: [welcome],
    settings: { welcome: { account: 'A1', token: 't0ken' } },
    clock: begin,
    outbound: provider.fetch,
  })
})
afterEach(() => nest.close())

test('a plugin is set up, is told of a lead, and what it asked its provider and put off can be looked at', async () => {
  const { lead, verdict } = await nest.capture('contact', { email: 'ada@example.com', name: 'Ada' })
  expect([verdict, lead?.name]).toEqual(['accepted', 'Ada'])
  expect(provider.calls).toEqual([])
  await nest.settle()
  const [call] = provider.calls
  expect(call).toMatchObject({ method: 'POST', params: { id: lead!.id }, body: 'hello' })
  expect(call!.headers.get('authorization')).toBe('Bearer t0ken')
  expect(await nest.jobs()).toEqual([
    {
      name: 'remind',
      plugin: 'welcome',
      payload: { leadId: lead!.id },
      runAt: '2027-03-04T09:00:00.000Z',
      attempts: 0,
      lastError: null,
    },
  ])
  expect((await nest.events('note.added')).map(({ actor, createdAt }) => [actor.id, createdAt])).toEqual([
    ['welcome', begin],
  ])
})

test('when the clock moves, jobs run at their time, and so does what runs by the clock', async () => {
  await nest.capture('contact', { email: 'ada@example.com' })
  await nest.clock.advance({ days: 2, hours: 23, minutes: 59 })
  const nights = ['2027-03-02', '2027-03-03', '2027-03-04'].map((day) => ['nightly', `${day}T03:00:00.000Z`])
  expect(ran).toEqual(nights)
  await nest.clock.set('2027-03-04T09:00:00Z')
  expect(ran).toEqual([...nights, ['remind', '2027-03-04T09:00:00.000Z']])
  expect(nest.now().toISOString()).toBe('2027-03-04T09:00:00.000Z')
  expect(await nest.jobs()).toEqual([])
})

test('what fails is tried again as the time goes on, and says why until then', async () => {
  provider.fail(503)
  provider.drop({ route: 'POST https://api.welcome.example/people/:id' })
  await nest.capture('contact', { email: 'ada@example.com' })
  await nest.settle()
  const [first] = await nest.jobs('welcome')
  expect(first).toMatchObject({ name: 'deliver', attempts: 1, lastError: 'It answers 503.' })
  await nest.clock.set(first!.runAt)
  expect((await nest.jobs('welcome'))[0]).toMatchObject({ attempts: 2, lastError: 'fetch failed' })
  await nest.clock.advance({ seconds: 30 })
  expect([provider.calls.length, (await nest.events('note.added')).length]).toEqual([3, 1])
})

test('a provider can take what it is sent and lose the answer, or keep one waiting', async () => {
  const ask = () => provider.fetch('https://api.welcome.example/people/7', { method: 'POST', body: 'x' })
  provider.drop({ accepted: true })
  await expect(ask()).rejects.toThrow('fetch failed')
  const held = provider.hold()
  const answer = ask()
  expect((await held.arrived).params).toEqual({ id: '7' })
  held.release()
  expect(await (await answer).json()).toEqual({ text: 'Welcome!' })

  provider.hold()
  const gone = new AbortController()
  const given = provider.fetch('https://api.welcome.example/people/7', { method: 'POST', signal: gone.signal })
  gone.abort(new Error('I cannot wait.'))
  await expect(given).rejects.toThrow('I cannot wait.')
  await expect(provider.fetch('https://api.welcome.example/nothing')).rejects.toThrow(
    'No fake provider answers GET https://api.welcome.example/nothing. There are: POST https://api.welcome.example/people/:id.',
  )
})

test('routes are asked without a server', async () => {
  const answer = await nest.request('POST', '/plugins/welcome/people/A1?x=1', { body: { email: 'ben@example.com' } })
  expect(await answer.json()).toEqual({
    email: 'ben@example.com',
    url: 'http://localhost:3000/plugins/welcome/people/A1?x=1',
  })
  expect(await (await nest.request('GET', '/plugins/welcome')).text()).toBe('hello')
  const missing = await Promise.all([
    nest.request('POST', '/plugins/welcome/people/A2', { body: { email: 'ben@example.com' } }),
    nest.request('GET', '/plugins/welcome/people/A1'),
    nest.request('GET', '/plugins/other/people/A1'),
  ])
  expect(missing.map(({ status }) => status)).toEqual([404, 404, 404])
})

test('what a plugin holds has no lead, a trusted server and a test are as the routes have them', async () => {
  const held = await nest.capture('contact', { email: 'nobody@example.com', name: 'Nobody' })
  expect([held.verdict, held.reasons, held.lead]).toEqual(['held', ['held_by_plugin'], null])
  const trusted = await nest.capture('contact', { email: 'b@example.com', name: 'Nobody' }, { trusted: true })
  expect([trusted.verdict, trusted.lead?.name]).toEqual(['accepted', 'Nobody'])
  expect((await nest.capture('contact', { email: 'c@example.com' }, { test: true })).lead).toBe(null)
  await expect(nest.capture('contact', { email: 'none' })).rejects.toMatchObject({ code: 'invalid_input' })
})

test('settings that its schema refuses are refused when the test begins', async () => {
  await expect(testNest({ plugins: [welcome], settings: { welcome: { account: 'A1' } } })).rejects.toMatchObject({
    code: 'invalid_input',
  })
  await expect(testNest({ plugins: [welcome], settings: { welcom: {} } })).rejects.toMatchObject({ code: 'not_found' })
})
