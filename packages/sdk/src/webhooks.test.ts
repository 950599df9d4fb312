import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { LeadNestError, webhooks } from './index.ts'

const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`
const secret = newSecret()
const body = JSON.stringify({ type: 'lead.created', data: { name: 'Zoë 🦉' } })
const refused = { name: 'LeadNestError', code: 'invalid_signature', status: 0 }

test('what we sign the oracle verifies, and what it signs we verify', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json(), fc.uint8Array({ minLength: 1, maxLength: 64 }), async (text, bytes) => {
      const own = `whsec_${Buffer.from(bytes).toString('base64')}`
      const oracle = new Webhook(own)
      expect(oracle.verify(text, await webhooks.sign(text, own))).toEqual(JSON.parse(text))
      const now = new Date()
      const headers = {
        'webhook-id': 'msg_1',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': oracle.sign('msg_1', now, text),
      }
      expect(await webhooks.verify(text, headers, own)).toEqual(JSON.parse(text))
    }),
    { numRuns: 100 },
  )
})

test('headers come as Headers, as Node gives them, or in capitals; the body as text or bytes', async () => {
  const headers = await webhooks.sign(body, secret)
  const capitals = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), [value]]))
  /** As node-fetch, undici or a test has it. */
  const foreign = { get: (name: string) => new Map(Object.entries(headers)).get(name) ?? null }
  for (const form of [headers, new Headers(headers), capitals, foreign])
    for (const content of [body, new TextEncoder().encode(body)])
      expect(await webhooks.verify(content, form, secret)).toEqual(JSON.parse(body))
})

test('while a secret is replaced, both sides may know two', async () => {
  const [old, fresh] = [newSecret(), newSecret()]
  const both = await webhooks.sign(body, [fresh, old])
  for (const known of [old, fresh, [newSecret(), old]]) await webhooks.verify(body, both, known)
  const one = await webhooks.sign(body, old)
  await webhooks.verify(body, one, [fresh, old])
  await expect(webhooks.verify(body, one, fresh)).rejects.toMatchObject(refused)
})

test.each<[string, (headers: Record<string, string>) => unknown]>([
  ['another body', (headers) => webhooks.verify(`${body} `, headers, secret)],
  ['another id', (headers) => webhooks.verify(body, { ...headers, 'webhook-id': 'msg_2' }, secret)],
  [
    'another time',
    (headers) => webhooks.verify(body, { ...headers, 'webhook-timestamp': '1' }, secret, { tolerance: Infinity }),
  ],
  ['no time', (headers) => webhooks.verify(body, { ...headers, 'webhook-timestamp': 'now' }, secret)],
  ['no id', ({ 'webhook-id': _, ...headers }) => webhooks.verify(body, headers, secret)],
  [
    'another version',
    (headers) =>
      webhooks.verify(
        body,
        sent(headers, (value) => value.replace('v1,', 'v2,')),
        secret,
      ),
  ],
  [
    'no base64',
    (headers) =>
      webhooks.verify(
        body,
        sent(headers, () => 'v1,%%%'),
        secret,
      ),
  ],
  [
    'an empty signature',
    (headers) =>
      webhooks.verify(
        body,
        sent(headers, () => 'v1,'),
        secret,
      ),
  ],
  [
    'half a signature',
    (headers) =>
      webhooks.verify(
        body,
        sent(headers, (value) => value.slice(0, 20)),
        secret,
      ),
  ],
])('%s is refused', async (_, verify) => {
  const refusal = await Promise.resolve(verify(await webhooks.sign(body, secret))).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(LeadNestError)
  expect(refusal).toMatchObject(refused)
})
const sent = (headers: Record<string, string>, change: (signature: string) => string) => ({
  ...headers,
  'webhook-signature': change(headers['webhook-signature']!),
})

test('five minutes are tolerated either way, unless told', async () => {
  const at = (seconds: number) => webhooks.sign(body, secret, { timestamp: new Date(Date.now() + seconds * 1000) })
  await webhooks.verify(body, await at(-290), secret)
  await webhooks.verify(body, await at(290), secret)
  await expect(webhooks.verify(body, await at(-310), secret)).rejects.toMatchObject(refused)
  await expect(webhooks.verify(body, await at(310), secret)).rejects.toMatchObject(refused)
  await webhooks.verify(body, await at(-3000), secret, { tolerance: 3600 })
})

test('a secret that is none is told to whoever set it, and signs nothing', async () => {
  for (const none of ['', 'whsec_', 'whsec_%', []]) {
    if (Array.isArray(none))
      await expect(webhooks.verify(body, await webhooks.sign(body, secret), none)).rejects.toMatchObject(refused)
    else await expect(webhooks.sign(body, none)).rejects.toThrow(TypeError)
  }
})
