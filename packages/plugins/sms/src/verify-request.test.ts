import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import twilio from 'twilio'
import { expect, test } from 'vitest'
import { type SignedRequest, signTwilioRequest, verifyTwilioRequest } from './verify-request.ts'

type Vector = SignedRequest & { name: string; params: [string, string][]; rawBody: string | null; signature: string }
const vectors = JSON.parse(readFileSync(new URL('testing/vectors.json', import.meta.url), 'utf8')) as (Vector & {
  authToken: string
})[]

test('there are 18 vectors', () => expect(vectors).toHaveLength(18))

test.each(vectors)('$name: accepted as it is, in any order, from a raw body, and for one of two tokens', (vector) => {
  expect(verifyTwilioRequest(vector)).toBe(true)
  expect(verifyTwilioRequest({ ...vector, params: vector.params.toReversed() })).toBe(true)
  if (vector.rawBody === null) {
    const rawBody = new URLSearchParams(vector.params).toString()
    expect(verifyTwilioRequest({ ...vector, params: null, rawBody })).toBe(true)
    expect(verifyTwilioRequest({ ...vector, params: null, rawBody: rawBody.replaceAll('+', '%20') })).toBe(true)
    expect(verifyTwilioRequest({ ...vector, params: null, rawBody: Buffer.from(rawBody) })).toBe(true)
  }
  expect(verifyTwilioRequest({ ...vector, authToken: ['another', vector.authToken] })).toBe(true)
})

test.each(vectors)('$name: forged in any way, refused', (vector) => {
  const { url, params, rawBody, signature, authToken } = vector
  const bytes = Buffer.from(signature, 'base64')
  const forged: Partial<Vector & { authToken: string | string[] | null }>[] = [
    { signature: '' },
    { signature: signature.slice(0, -1) },
    { signature: signature.replace(/=$/, '') },
    { signature: `${signature}=` },
    { signature: ` ${signature}` },
    { signature: signature.toLowerCase() },
    { signature: signature.toUpperCase() },
    { signature: bytes.toString('hex') },
    { signature: Buffer.from(bytes.map((byte, i) => (i === 19 ? byte ^ 1 : byte))).toString('base64') },
    { signature: signTwilioRequest({ url, params, authToken: 'another' }) },
    { authToken: 'another' },
    { authToken: authToken.toUpperCase() === authToken ? `${authToken}0` : authToken.toUpperCase() },
    { authToken: '' },
    { authToken: [] },
    { authToken: null },
    { url: url.replace('.com', '.org') },
    { url: url.replace(/^https?/, (scheme) => (scheme === 'https' ? 'http' : 'https')) },
    { url: `${url}&more=1` },
    { url: url.replace(/\/[a-z.]+(?=$|\?)/, '/other') },
    { url: 'no address' },
  ]
  if (rawBody === null)
    forged.push(
      { params: [...params, ['Extra', '1']] },
      { params: params.slice(1) },
      { params: params.map(([name, value], i) => [name, i === 0 ? `${value}x` : value]) },
      { params: params.map(([name, value], i) => [i === 0 ? `${name}x` : name, value]) },
      { params: [...params, [params[0]![0], 'doubled']] },
      { params: [] },
      { contentType: 'application/json' },
    )
  else forged.push({ rawBody: `${rawBody} ` }, { rawBody: null }, { rawBody: '' }, { url: url.replace(/.$/, 'x') })
  const accepted = forged.filter((change) => verifyTwilioRequest({ ...vector, ...change }))
  expect(accepted).toEqual([])
})

test('says what Twilio’s own validator says, of whatever comes', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '+', '%20', ' ', "it's", 'é'))
  const name = fc.oneof(fc.constantFrom('Body', 'From', 'To', 'body', 'A', '10', '9'), text)
  const address = fc
    .tuple(
      fc.constantFrom('http://', 'https://'),
      fc.constantFrom('', 'me:pass@'),
      fc.constantFrom('leads.example.com', 'localhost', '[::1]'),
      fc.constantFrom('', ':80', ':443', ':8443'),
      fc.constantFrom('/plugins/sms/twilio/inbound', '/a%20b/', "/it's", '/'),
      fc.constantFrom('', '?a=1', '?a=1&a=2', "?a=it's", '?a=it%27s', '?a=b c', '?ä=1', '?'),
    )
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      address,
      address,
      fc.array(fc.tuple(name, text)),
      fc.constantFrom('as it is', 'other address', 'other token', 'one more'),
      (url, other, pairs, how) => {
        const params: Record<string, string[]> = Object.create(null)
        for (const [key, value] of pairs) params[key] = [...(params[key] ?? []), value]
        const signature = twilio.getExpectedTwilioSignature('token', how === 'other address' ? other : url, params)
        const received = how === 'one more' ? [...pairs, ['More', 'x'] as [string, string]] : pairs
        if (how === 'one more') params.More = [...(params.More ?? []), 'x']
        const authToken = how === 'other token' ? 'another' : 'token'
        expect(verifyTwilioRequest({ url, params: received, signature, authToken })).toBe(
          twilio.validateRequest(authToken, signature, url, params),
        )
      },
    ),
    { numRuns: 1000 },
  )
})
