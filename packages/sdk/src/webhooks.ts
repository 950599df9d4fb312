import type { Event, Lead } from './contract.ts'
import { LeadNestError } from './errors.ts'
import { createIdempotencyKey } from './request.ts'

/** The headers of a request, as `Headers` (of any library) or as Node and Express give them. */
export type WebhookHeaders = Pick<Headers, 'get'> | Record<string, string | string[] | undefined>

/** What a webhook of LeadNest tells: the event, and the lead it is about as it was when it was first told. */
export interface WebhookMessage {
  type: Event['type'] | 'webhook.test'
  /** When it happened. */
  timestamp: string
  data: { event: Event; lead?: Lead | null }
}

/** Signs and verifies as Standard Webhooks says, with the Web Crypto that every runtime has. */
export const webhooks = {
  /**
   * What a webhook tells, once its signature holds. `body` is the text or the bytes as they came; of several secrets (as
   * while one is replaced) any will do. A message older or newer than `tolerance`, 300 seconds unless told, is refused. Keep
   * the header `webhook-id`: one that comes again tells nothing new. Throws `invalid_signature`.
   *
   * @example
   * const { type, data } = await webhooks.verify(await request.text(), request.headers, process.env.WEBHOOK_SECRET)
   */
  async verify<Payload = WebhookMessage>(
    body: string | Uint8Array,
    headers: WebhookHeaders,
    secret: string | string[],
    { tolerance = 300 }: { tolerance?: number } = {},
  ): Promise<Payload> {
    const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
      headerOf(headers, name),
    )
    // Also true where there is none.
    if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) <= tolerance)) throw refusal('is not of this time')
    const text = typeof body === 'string' ? body : new TextDecoder('utf-8', { ignoreBOM: true }).decode(body)
    const content = encode(`${id}.${timestamp}.${text}`)
    for (const key of await keysOf(secret)) {
      for (const [, value] of signatures!.matchAll(/v1,(\S+)/g)) {
        if (await crypto.subtle.verify('HMAC', key, bytesOf(value!), content)) return JSON.parse(text) as Payload
      }
    }
    throw refusal('has another signature')
  },

  /**
   * The headers of a signed webhook, for tests of what receives them; several secrets give several signatures. `id` and
   * `timestamp` are new unless told.
   *
   * @example
   * await fetch('/webhooks', { method: 'POST', body, headers: await webhooks.sign(body, 'whsec_…') })
   */
  async sign(
    body: string,
    secret: string | string[],
    { id = `msg_${createIdempotencyKey()}`, timestamp = new Date() }: { id?: string; timestamp?: Date } = {},
  ) {
    const seconds = `${Math.floor(timestamp.getTime() / 1000)}`
    const content = encode(`${id}.${seconds}.${body}`)
    const signatures = (await keysOf(secret)).map(async (key) => {
      const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, content))
      return `v1,${btoa(String.fromCharCode(...bytes))}`
    })
    return {
      'webhook-id': id,
      'webhook-timestamp': seconds,
      'webhook-signature': (await Promise.all(signatures)).join(' '),
    }
  },
}

const encode = (text: string) => new TextEncoder().encode(text)
const refusal = (fault: string) => new LeadNestError(`The webhook ${fault}.`, { code: 'invalid_signature' })

const headerOf = (headers: WebhookHeaders, name: string) =>
  String(
    typeof headers.get === 'function'
      ? headers.get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1],
  )

/** Empty for what is no base64; that matches nothing. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  } catch {
    return new Uint8Array()
  }
}

function keysOf(secret: string | string[]) {
  return Promise.all(
    [secret].flat().map((text) => {
      const bytes = bytesOf(text?.replace(/^whsec_/, ''))
      // An empty key would sign whatever anybody sends.
      if (bytes.length === 0) throw new TypeError('This is no whsec_ secret.')
      return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
    }),
  )
}
