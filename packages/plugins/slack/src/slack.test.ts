import { afterEach, expect, test } from 'vitest'
import { testServer } from '../../../server/src/testing.ts'
import { slack } from './index.ts'

const address = 'https://hooks.slack.com/services/T0/B0/hush'
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A workspace that has Slack on, and what Slack was told. */
async function open(answers: number[] = []) {
  const told: { url: string; text: string }[] = []
  const server = await testServer({
    plugins: [slack()],
    outbound: async (url, init) => {
      told.push({ url: String(url), text: JSON.parse(String(init?.body)).text })
      const status = answers.shift() ?? 200
      return new Response(status === 200 ? 'ok' : 'no_service', { status })
    },
  })
  closing.push(() => server.close())
  const key = await server.nest.key()
  const set = await server.request('PATCH /v1/plugins/slack', { key, body: { settings: { webhookUrl: address } } })
  return { server, key, told, set }
}

const send = ({ server, key }: Awaited<ReturnType<typeof open>>, fields: object) =>
  server.request('POST /v1/forms/contact/submissions', { key, body: { fields } })

test('a new lead is told once, and the next time as one that is back', async () => {
  const desk = await open()
  await send(desk, { name: 'Ada', email: 'ada@example.com', phone: '+442079460958' })
  await desk.server.nest.settle()
  await send(desk, { name: 'Ada', email: 'ada@example.com' })
  await desk.server.nest.settle()
  expect(desk.told).toEqual([
    { url: address, text: 'New lead: Ada · ada@example.com · +442079460958 (Contact)' },
    { url: address, text: 'Back again: Ada · ada@example.com · +442079460958 (Contact)' },
  ])
})

test('what a visitor wrote is no mark of Slack', async () => {
  const desk = await open()
  await send(desk, { name: '<!channel> & <https://evil.example|click>', email: 'eve@example.com' })
  await desk.server.nest.settle()
  expect(desk.told[0]!.text).toBe(
    'New lead: &lt;!channel&gt; &amp; &lt;https://evil.example|click&gt; · eve@example.com (Contact)',
  )
})

test('the address is never shown again, and must be one of Slack', async () => {
  const { server, key, set } = await open()
  expect(set.json.settings[0]).toMatchObject({ key: 'webhookUrl', isSet: true, value: null })
  expect(set.text).not.toContain('hush')
  const wrong = await server.request('PATCH /v1/plugins/slack', {
    key,
    body: { settings: { webhookUrl: 'https://hooks.slack.com.evil.example/x' } },
  })
  expect(wrong.json).toMatchObject({ status: 422, errors: [{ path: 'settings.webhookUrl' }] })
})

test('where Slack refuses, the lead stands and the plugin says what was answered', async () => {
  const desk = await open([404])
  expect((await send(desk, { name: 'Ada', email: 'ada@example.com' })).json.status).toBe('accepted')
  await desk.server.nest.settle()
  expect((await desk.server.request('GET /v1/plugins/slack', { key: desk.key })).json).toMatchObject({
    failures: 1,
    lastError: 'Slack answered 404: no_service',
  })
})
