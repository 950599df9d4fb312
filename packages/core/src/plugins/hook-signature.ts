import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** How old a Standard Webhook may be, and how far ahead its clock, in seconds. */
const tolerance = 300

/** What came to a route of a plugin, and what it should be signed with. */
export interface SignedCall {
  headers: Headers
  raw: Uint8Array
  secret: string
  now: Date
}

/**
 * Whether a request comes from whoever has the secret: it says `Authorization: Bearer <secret>`; or is signed as Standard Webhooks says
 * and is at most 5 minutes old; or has the HMAC (SHA-256) of its body as `Hook-Signature: sha256=<hex>`, for whom what comes again does
 * no harm. What is missing or odd is a no.
 */
export const isSignedCall = (call: SignedCall): boolean => isBearer(call) || isStandardWebhook(call) || isHashed(call)

function isBearer({ headers, secret }: SignedCall): boolean {
  const [, token] = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  return isSame(token, secret)
}

const isHashed = ({ headers, raw, secret }: SignedCall): boolean =>
  isSame(headers.get('hook-signature'), `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}`)

/** https://www.standardwebhooks.com: of several signatures, one that holds is enough. */
function isStandardWebhook({ headers, raw, secret, now }: SignedCall): boolean {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map((name) => headers.get(`webhook-${name}`))
  if (!id || !signatures || !/^\d{1,12}$/.test(timestamp ?? '')) return false
  if (Math.abs(now.getTime() / 1000 - Number(timestamp)) > tolerance) return false
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : secret
  const text = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), raw])
  const expected = `v1,${createHmac('sha256', key).update(text).digest('base64')}`
  return signatures.split(' ').some((given) => isSame(given, expected))
}

/** Compares what somebody gave with a secret: in the same time, whatever is given. Nothing is never the same. */
export function isSame(given: string | null | undefined, expected: string): boolean {
  const [one, other] = [given ?? '', expected].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(one!, other!) && given === expected && expected !== ''
}
