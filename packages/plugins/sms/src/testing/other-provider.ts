import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Accepted, type ProviderStatus, SendError } from '@leadnest/core/plugin'
import * as v from 'valibot'
import type { Posted, Provider } from '../provider.ts'
import { commonEntries } from '../settings.ts'

const Settings = v.object({
  carrierAccount: v.string(),
  apiSecret: v.pipe(v.string(), v.metadata({ secret: true })),
  number: v.string(),
  ...commonEntries,
})
type Settings = v.InferOutput<typeof Settings>

const host = 'rest.carrier.example'
const statuses: Record<string, ProviderStatus> = {
  submitted: 'sent',
  delivered: 'delivered',
  rejected: 'failed',
  undeliverable: 'undelivered',
}
const words = Object.fromEntries(Object.entries(statuses).map(([word, status]) => [status, word]))

const sign = (secret: string, body: string | Uint8Array) => createHmac('sha256', secret).update(body).digest('hex')
const json = ({ body }: Posted) => JSON.parse(Buffer.from(body).toString()) as Record<string, string>

function signed(url: string, { carrierAccount, apiSecret }: Settings, payload: object): Request {
  const body = JSON.stringify({ api_key: carrierAccount, ...payload })
  return new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-signature': sign(apiSecret, body) },
    body,
  })
}

/** A carrier that speaks JSON, signs bodies by HMAC, names messages by a UUID of ours, and knows nothing of Twilio. */
export const otherProvider: Provider<Settings> = {
  id: 'carrier',
  title: 'Carrier',
  settings: Settings,
  hosts: [host],
  limits: { characters: 1000 },
  senders: ({ number }) => [number],
  names: ({ carrierAccount }) => [carrierAccount],
  namesIn(posted) {
    try {
      return [json(posted).api_key ?? '']
    } catch {
      return []
    }
  },
  verify({ headers, body }, { apiSecret }) {
    const right = Buffer.from(sign(apiSecret, body))
    const given = Buffer.from(headers.get('x-signature') ?? '')
    return given.length === right.length && timingSafeEqual(given, right)
  },
  readInbound(posted) {
    const { message_id: providerId, msisdn, to = '', text = '' } = json(posted)
    return providerId && msisdn ? { providerId, from: `+${msisdn}`, to: `+${to}`, body: text } : null
  },
  readStatus(posted) {
    const { message_id: providerId, client_ref: messageId, state = '', code } = json(posted)
    const status = statuses[state]
    if (!providerId || !status) return null
    return { providerId, status, ...(messageId && { messageId }), ...(code && { error: { code } }) }
  },
  thanks: () => new Response(null, { status: 204 }),
  async send({ id, to, sender, body }, { settings, fetch }): Promise<Accepted> {
    const payload = JSON.stringify({ from: sender?.slice(1), to: to.slice(1), text: body, client_ref: id })
    let response: Response
    try {
      response = await fetch(`https://${host}/sms`, {
        method: 'POST',
        headers: { 'x-api-key': settings.carrierAccount, 'x-signature': sign(settings.apiSecret, payload) },
        body: payload,
      })
    } catch (error) {
      const reached = (error as { code?: string }).code !== 'ECONNREFUSED'
      throw new SendError(reached ? 'unknown' : 'retry', 'The carrier does not answer.', { cause: error })
    }
    if (response.status === 429 || response.status === 503) throw new SendError('retry', 'The carrier is busy.')
    const answer = (await response.json()) as { message_id: string; code?: string; title?: string }
    if (response.ok) return { providerId: answer.message_id, status: 'queued' }
    throw new SendError(answer.code === 'opt_out' ? 'suppressed' : 'refused', answer.title ?? 'No.', {
      code: answer.code,
    })
  },
  simulate: {
    inbound: ({ providerId, from, to, body }, { settings, url }) =>
      signed(`${url}/carrier/inbound`, settings, {
        message_id: providerId,
        msisdn: from.slice(1),
        to: to.slice(1),
        text: body,
      }),
    status: ({ providerId, messageId, status, error }, { settings, url }) =>
      signed(`${url}/carrier/status`, settings, {
        message_id: providerId,
        client_ref: messageId,
        state: words[status] ?? 'buffered',
        code: error?.code,
      }),
  },
}

/** The carrier itself, in memory. */
export function otherCarrier() {
  type Behaviour = 'accept' | 'refuse' | 'opted_out' | 'busy' | 'down' | 'unreachable' | 'lose_answer'
  let accepted: { providerId: string; to: string; from: string; body: string; account: string }[] = []
  let asked = 0
  let number = 0
  let behaviour: Behaviour = 'accept'
  return {
    accepted: () => [...accepted],
    asked: () => asked,
    behave: (how: Behaviour) => void (behaviour = how),
    reset() {
      accepted = []
      asked = 0
      behaviour = 'accept'
    },
    async outbound(_url: string | URL, init: { body?: unknown; headers?: Record<string, string> } = {}) {
      asked += 1
      if (behaviour === 'unreachable') throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
      if (behaviour === 'busy') return new Response(null, { status: 429 })
      if (behaviour === 'down') return new Response(null, { status: 503 })
      if (behaviour === 'refuse')
        return Response.json({ code: 'bad_number', title: 'No such number.' }, { status: 422 })
      if (behaviour === 'opted_out') return Response.json({ code: 'opt_out', title: 'Opted out.' }, { status: 422 })
      const { from, to, text } = JSON.parse(String(init.body)) as Record<string, string>
      const providerId = `carrier-${++number}`
      const account = init.headers?.['x-api-key'] ?? ''
      accepted.push({ providerId, to: `+${to}`, from: `+${from}`, body: text!, account })
      if (behaviour === 'lose_answer') throw new Error('The connection dropped.')
      return Response.json({ message_id: providerId })
    },
  }
}
