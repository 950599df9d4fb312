import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLeadNest, webhooks } from '../../packages/sdk/src/index.ts'
import { type TestServer, testServer } from '../../packages/server/src/testing.ts'

const secret = `whsec_${Buffer.from('a secret of the example').toString('base64')}`
let server: TestServer
let leadnestUrl: string
let publicKey: string
let key: string
let app: ChildProcess
let url: string

beforeAll(async () => {
  server = await testServer()
  leadnestUrl = await server.listen()
  key = await server.nest.key()
  publicKey = await server.nest.key({ kind: 'publishable' })
  // The condition reads the SDK's source, so that this test needs no build.
  app = spawn(process.execPath, ['--conditions=@leadnest/source', 'server.mjs'], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: {
      ...process.env,
      PORT: '0',
      LEADNEST_URL: leadnestUrl,
      LEADNEST_KEY: key,
      LEADNEST_PUBLIC_KEY: publicKey,
      LEADNEST_WEBHOOK_SECRET: secret,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(app.stdout!, 'data')
  url = String(line).trim()
})
afterAll(async () => {
  app.kill()
  await server.close()
})

const get = async (path: string) => (await fetch(url + path)).text()
const trial = (email: string) =>
  fetch(`${url}/customers`, { method: 'POST', body: new URLSearchParams({ email }), redirect: 'manual' })
const deliver = (body: string, headers: Record<string, string>) =>
  fetch(`${url}/webhooks`, { method: 'POST', body, headers })

test('the page has the form, with the key that may draw it', async () => {
  const page = await get('/')
  expect(page).toContain(`<script src="${leadnestUrl}/widget.js" async>`)
  expect(page).toContain(`<leadnest-form form="contact" url="${leadnestUrl}" key="${publicKey}">`)
  const form = await createLeadNest({ url: leadnestUrl, key: publicKey }).forms.get('contact')
  expect(form.token).toEqual(expect.any(String))
})

test('a trial makes a lead, tells what it did, and is listed', async () => {
  const answer = await trial('ada@example.com')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/customers'])
  expect(await get('/customers')).toContain('<li>ada@example.com (new)</li>')
  const leadnest = createLeadNest({ url: leadnestUrl, key })
  const [lead] = (await leadnest.leads.list({ email: 'ada@example.com' })).data
  const { data } = await leadnest.leads.timeline(lead!.id)
  expect(data.map(({ type }) => type)).toEqual(['lead.tracked', 'lead.created'])
})

test('a wrong address is answered with what is wrong', async () => {
  const answer = await trial('ada@')
  expect(answer.status).toBe(422)
  expect(await answer.text()).toContain('name@example.com')
})

test('a signed webhook is heard once, and another is refused', async () => {
  const body = JSON.stringify({ type: 'lead.created', timestamp: '2026-11-24T09:00:00.000Z' })
  const headers = await webhooks.sign(body, secret)
  for (let times = 0; times < 2; times++) expect((await deliver(body, headers)).status).toBe(204)
  expect((await get('/customers')).match(/09:00:00.000Z lead.created/g)).toHaveLength(1)
  const refused = await deliver(body.replace('created', 'deleted'), headers)
  expect([refused.status, await refused.text()]).toEqual([400, 'The webhook has another signature.'])
})
