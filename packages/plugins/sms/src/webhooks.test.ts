import { readFileSync } from 'node:fs'
import { answerRoute, createWorkspace, listConversations, listMessages, updatePlugin } from '@leadnest/core'
import { type TestNest, testNest } from '@leadnest/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sms } from './index.ts'
import { twilioForTests } from './testing.ts'
import { signTwilioRequest } from './verify-request.ts'

interface Vector {
  name: string
  authToken: string
  url: string
  params: [string, string][]
  contentType: string
  rawBody: string | null
  signature: string
}
const vectors = (JSON.parse(readFileSync(new URL('testing/vectors.json', import.meta.url), 'utf8')) as Vector[]).filter(
  ({ name }) => name.startsWith('ln-'),
)

const token = '0123456789abcdef0123456789abcdef'
const account = 'AC0123456789abcdef0123456789abcdef'
const base = 'https://leads.example.com'
const bySystem = { actor: { type: 'system', id: null, name: null }, source: 'system' } as const
const environment: Record<string, string> = {}
const plugin = sms()
const twilio = twilioForTests()
let nest: TestNest
let other: string
let number = 0

beforeAll(async () => {
  nest = await testNest({ plugins: [plugin], outbound: twilio.outbound, environment })
  other = (await createWorkspace(nest, { name: 'Other' })).id
})
afterAll(() => nest.close())

type Params = [string, string][]

/** Sends what Twilio sent, to the letter; `url` is how the outside knows the address. */
async function post(
  door: 'inbound' | 'status',
  {
    url,
    body,
    type = 'application/x-www-form-urlencoded',
    signature,
  }: {
    url: string
    body: string
    type?: string
    signature: string | null
  },
): Promise<Response> {
  const request = new Request(`http://10.0.0.1:8080/plugins/sms/twilio/${door}`, {
    method: 'POST',
    headers: { 'content-type': type, ...(signature !== null && { 'x-twilio-signature': signature }) },
    body,
  })
  return answerRoute(nest, plugin, `POST /twilio/${door}`, request, { params: {}, url })
}

const inbound = (more: Record<string, string> = {}): Params =>
  Object.entries({
    MessageSid: `SM${String(++number).padStart(32, '0')}`,
    AccountSid: account,
    From: `+1415555${String(1000 + number)}`,
    To: '+15005550006',
    Body: 'Hello',
    NumMedia: '0',
    ...more,
  })
const count = async () => {
  const sizes = await Promise.all(
    [nest.workspaceId, other].map(async (id) => (await listConversations(nest, id, { limit: 200 })).data.length),
  )
  return sizes[0]! + sizes[1]!
}
const events = async () => (await nest.events()).length

test('where no token is set up, nothing is accepted: 503', async () => {
  const [vector] = vectors
  const body = new URLSearchParams(vector!.params).toString()
  for (const signature of [vector!.signature, '', null, signTwilioRequest({ ...vector!, authToken: 'any' })])
    expect((await post('inbound', { url: vector!.url, body, signature })).status).toBe(503)
  expect(await count()).toBe(0)
})

test('with the account in the environment, each vector is accepted, and its message kept once', async () => {
  Object.assign(environment, { TWILIO_ACCOUNT_SID: account, TWILIO_AUTH_TOKEN: token, TWILIO_FROM: '+15005550006' })
  nest.recent.forget()
  expect(vectors).toHaveLength(5)
  for (const { name, url, params, rawBody, contentType, signature } of vectors) {
    const body = rawBody ?? new URLSearchParams(params).toString()
    const door = name === 'ln-status-delivered' ? 'status' : 'inbound'
    const answer = await post(door, { url, body, type: contentType, signature })
    expect([name, answer.status]).toEqual([name, 200])
    expect(await answer.text()).toBe('<?xml version="1.0" encoding="UTF-8"?><Response></Response>')
  }
  // All three have the same MessageSid.
  expect(await count()).toBe(1)
})

test('200 forgeries are answered 403, and nothing is written', async () => {
  const url = `${base}/plugins/sms/twilio/inbound`
  const before = [await count(), await events()]
  const statuses: number[] = []
  const attempt = async (body: string, signature: string | null, at = url, type?: string) =>
    statuses.push((await post('inbound', { url: at, body, signature, ...(type && { type }) })).status)
  const text = (params: Params) => new URLSearchParams(params).toString()
  const sign = (params: Params, authToken = token, at = url) => signTwilioRequest({ url: at, params, authToken })
  for (let i = 0; i < 10; i++) {
    const params = inbound()
    const right = sign(params)
    const bytes = Buffer.from(right, 'base64')
    await attempt(text(params), null)
    await attempt(text(params), '')
    await attempt(text(params), right.slice(0, -1 - i))
    await attempt(text(params), `${right}${'='.repeat(i + 1)}`)
    await attempt(text(params), bytes.toString('hex'))
    await attempt(text(params), `${bytes.toString('base64url')}`)
    await attempt(text(params), right.toLowerCase())
    await attempt(text(params), Buffer.from(bytes.map((byte, at) => (at === i ? byte ^ 1 : byte))).toString('base64'))
    await attempt(text(params), sign(params, token.toUpperCase()))
    await attempt(text(params), sign(params, token.slice(i + 1)))
    await attempt(text(params), sign(params, token, `${base}/plugins/sms/twilio/status`))
    await attempt(text(params), sign(params, token, `${base}/plugins/sms/twilio/inbound/`))
    await attempt(text(params), sign(params, token, url.replace('https', 'http')))
    await attempt(text(params), sign(params, token, 'https://evil.example/plugins/sms/twilio/inbound'))
    await attempt(text(params.map(([name, value]) => [name, name === 'Body' ? `${value}!` : value])), right)
    await attempt(text(params.filter(([name]) => name !== 'NumMedia')), right)
    await attempt(text([...params, ['OptOutType', 'STOP']]), right)
    await attempt(text([...params, params[i % params.length]!]), right)
    await attempt(text([...params, ['Body', 'doubled']]), right)
    await attempt(text(params.map(([name, value]) => [name === 'From' ? 'from' : name, value])), right)
    await attempt(JSON.stringify(Object.fromEntries(params)), right, url, 'application/json')
  }
  const [ln] = vectors.filter(({ rawBody }) => rawBody !== null)
  await attempt(`${ln!.rawBody} `, ln!.signature, ln!.url, 'application/json')
  expect(statuses.length).toBeGreaterThanOrEqual(200)
  expect(new Set(statuses)).toEqual(new Set([403]))
  expect([await count(), await events()]).toEqual(before)
})

const pool = 'MG0123456789abcdef0123456789abcdef'
const sub = 'AC99999999999999999999999999999999'
const second = 'AC22222222222222222222222222222222'

/** What Twilio is told to ask, what stands in PUBLIC_BASE_URL, and whose request it is. */
const topologies: [name: string, asked: string, known: string, more?: Record<string, string>, secret?: string][] = [
  ['on its own', `${base}`, base],
  ['behind a proxy that ends TLS on another port', base, base],
  ['asked with the standard port', `${base}:443`, base],
  ['known with the standard port', base, `${base}:443`],
  ['on plain http, asked with port 80', 'http://leads.example.com:80', 'http://leads.example.com'],
  ['on a port of its own', 'https://leads.example.com:8443', 'https://leads.example.com:8443'],
  ['below a path of another site', 'https://example.com/leadnest', 'https://example.com/leadnest'],
  ['through a tunnel', 'https://a1b2.tunnel.example', 'https://a1b2.tunnel.example'],
  ['on an IPv6 address', 'https://[2001:db8::1]', 'https://[2001:db8::1]'],
  ['a number of a pool', base, base, { MessagingServiceSid: pool, To: '+15005550999' }],
  [
    'a subaccount with its own token',
    base,
    base,
    { AccountSid: sub, To: '+15005550007' },
    'the-token-of-the-subaccount',
  ],
  [
    'a second account in the same workspace',
    base,
    base,
    { AccountSid: second, To: '+15005550008' },
    'the-second-token',
  ],
  ['another workspace', base, base, { AccountSid: 'AC3', To: '+15005550003' }, 'a-token-elsewhere'],
  ['the same account, another workspace', base, base, { To: '+15005550005' }],
  ['while the token is changed: the old one', base, base, {}, 'the-old-token'],
  ['a number that begins with a letter', base, base, { From: 'INFO' }],
]

test('16 ways to put it on the internet', async () => {
  const ours = {
    accountSid: account,
    authToken: `${token}, the-old-token`,
    senders: ['+15005550006', pool],
    moreAccounts: [`${sub} the-token-of-the-subaccount +15005550007`, `${second} the-second-token +15005550008`],
  }
  await updatePlugin(nest, nest.workspaceId, 'sms', { settings: ours }, bySystem)
  const theirs = {
    accountSid: 'AC3',
    authToken: 'a-token-elsewhere',
    senders: ['+15005550003'],
    moreAccounts: [`${account} ${token} +15005550005`],
  }
  await updatePlugin(nest, other, 'sms', { settings: theirs }, bySystem)
  expect(topologies.length).toBeGreaterThanOrEqual(12)
  for (const [name, asked, known, more = {}, secret = token] of topologies) {
    const params = inbound(more)
    const body = new URLSearchParams(params).toString()
    const path = '/plugins/sms/twilio/inbound'
    const signature = signTwilioRequest({ url: asked + path, params, authToken: secret })
    const before = await Promise.all(
      [nest.workspaceId, other].map(async (id) => (await listConversations(nest, id, { limit: 200 })).data.length),
    )
    expect([name, (await post('inbound', { url: known + path, body, signature })).status]).toEqual([name, 200])
    const after = await Promise.all(
      [nest.workspaceId, other].map(async (id) => (await listConversations(nest, id, { limit: 200 })).data.length),
    )
    const elsewhere = name.includes('another workspace')
    expect([name, after[0]! - before[0]!, after[1]! - before[1]!]).toEqual([name, elsewhere ? 0 : 1, elsewhere ? 1 : 0])
    // The token of one account says nothing for another.
    const stranger = signTwilioRequest({
      url: asked + path,
      params,
      authToken: secret === 'the-second-token' ? token : 'the-second-token',
    })
    expect([name, (await post('inbound', { url: known + path, body, signature: stranger })).status]).toEqual([
      name,
      403,
    ])
  }
  // A query and a slash at the end belong to what is signed.
  const params = inbound()
  const url = `${base}/plugins/sms/twilio/inbound/?source=it's&x=%20`
  const signature = signTwilioRequest({ url, params, authToken: token })
  expect((await post('inbound', { url, body: new URLSearchParams(params).toString(), signature })).status).toBe(200)
})

test('one signed request a hundred times at once is one message (R18)', async () => {
  const url = `${base}/plugins/sms/twilio/inbound`
  const params = inbound({ Body: 'Only once' })
  const body = new URLSearchParams(params).toString()
  const signature = signTwilioRequest({ url, params, authToken: token })
  const answers = await Promise.all(Array.from({ length: 100 }, () => post('inbound', { url, body, signature })))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  const { data } = await listConversations(nest, nest.workspaceId, { limit: 1 })
  expect((await listMessages(nest, nest.workspaceId, data[0]!.id, {})).data).toHaveLength(1)
})
