import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Kind } from '../sources/source.ts'

/** How old a Standard Webhook may be, and how far ahead its clock, in seconds. */
const tolerance = 300

interface Signed {
  headers: Headers
  raw: Uint8Array
  secret: string
  now: Date
}

/** Whether a call comes from whoever has the secret. What is missing or odd is a no. */
export const isSigned = (kind: Kind, call: Signed): boolean => schemes[kind](call)

const schemes: Record<Kind, (call: Signed) => boolean> = {
  // https://www.typeform.com/developers/webhooks/secure-your-webhooks/
  typeform: ({ headers, raw, secret }) =>
    isSame(headers.get('typeform-signature'), `sha256=${hmac(secret, raw).toString('base64')}`),
  // https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications
  meta: ({ headers, raw, secret }) =>
    isSame(headers.get('x-hub-signature-256'), `sha256=${hmac(secret, raw).toString('hex')}`),
  json: (call) => isBearer(call) || isStandardWebhook(call),
}

function isBearer({ headers, secret }: Signed): boolean {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  return isSame(token, secret)
}

/** https://www.standardwebhooks.com: of several signatures, one that holds is enough. */
function isStandardWebhook({ headers, raw, secret, now }: Signed): boolean {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers.get(`webhook-${name}`))
  if (!id || !signatures || !/^\d{1,12}$/.test(timestamp ?? '')) return false
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > tolerance) return false
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret
  const expected = `v1,${hmac(key, Buffer.concat([Buffer.from(`${id}.${timestamp}.`), raw])).toString('base64')}`
  return signatures.split(' ').some((given) => isSame(given, expected))
}

const hmac = (key: string | Uint8Array, bytes: Uint8Array) => createHmac('sha256', key).update(bytes).digest()

/** In the same time, whatever is given. */
export function isSame(given: string | null | undefined, expected: string): boolean {
  const [one, other] = [given ?? '', expected].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(one!, other!) && given === expected
}
