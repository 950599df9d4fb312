import { createHash } from 'node:crypto'

/** What the simulated Twilio does with the messages that it is given from now on. */
export type Mood = 'accept' | 'refuse' | 'opted_out' | 'busy' | 'down' | 'unreachable' | 'lose_answer'

/** A message as it stands at the simulated Twilio. */
export interface SimulatedMessage {
  sid: string
  accountSid: string
  token: string
  from: string
  to: string
  body: string
  media: string[]
  status: string
  callback: string | null
  createdAt: Date
}

interface Init {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
}

/** Twilio's API for messages, in memory. */
export interface SimulatedTwilio {
  fetch(address: string | URL, init?: Init): Promise<Response>
  /** What it took, in its order. */
  messages: SimulatedMessage[]
  asked(): number
  behave(mood: Mood): void
  mood(): Mood
  reset(): void
}

const refused = (code: number, message: string, status = 400) =>
  Response.json({ code, message, status, more_info: `https://www.twilio.com/docs/errors/${code}` }, { status })

export function simulatedTwilio({ now = () => new Date() } = {}): SimulatedTwilio {
  let messages: SimulatedMessage[] = []
  let asked = 0
  let mood: Mood = 'accept'

  function take(accountSid: string, token: string, form: URLSearchParams): Response {
    asked += 1
    if (mood === 'unreachable') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    if (mood === 'busy') return refused(20429, 'Too Many Requests', 429)
    if (mood === 'down') return refused(20503, 'Service Unavailable', 503)
    if (mood === 'refuse') return refused(21211, `The 'To' number ${form.get('To')} is not a valid phone number.`)
    if (mood === 'opted_out') return refused(21610, 'Attempt to send to unsubscribed recipient')
    const message: SimulatedMessage = {
      sid: `SM${createHash('md5').update(`${accountSid} ${messages.length} ${now().toISOString()} ${Math.random()}`).digest('hex')}`,
      accountSid,
      token,
      from: form.get('From') ?? form.get('MessagingServiceSid') ?? '',
      to: form.get('To') ?? '',
      body: form.get('Body') ?? '',
      media: form.getAll('MediaUrl'),
      status: 'queued',
      callback: form.get('StatusCallback'),
      createdAt: now(),
    }
    messages.push(message)
    if (mood === 'lose_answer') throw new Error('The connection dropped.')
    return Response.json(shown(message), { status: 201 })
  }

  return {
    async fetch(address, { method = 'GET', headers = {}, body } = {}) {
      const { pathname, searchParams } = new URL(address)
      const [, account = '', rest = ''] = /\/2010-04-01\/Accounts\/(AC\w+)(.*?)(?:\.json)?$/.exec(pathname) ?? []
      const [, token = ''] = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64')
        .toString()
        .split(':')
      if (method === 'POST' && rest === '/Messages') return take(account, token, new URLSearchParams(String(body)))
      if (rest === '/Messages') {
        const to = searchParams.get('To')
        const found = messages.filter((one) => one.accountSid === account && (!to || one.to === to)).toReversed()
        return Response.json({ messages: found.map(shown), next_page_uri: null, page: 0, page_size: 50 })
      }
      if (account && rest === '') return Response.json({ sid: account, status: 'active', friendly_name: 'Simulated' })
      if (/\/usAppToPerson|\/UsAppToPerson|\/Compliance/i.test(pathname))
        return Response.json({ compliance: [], meta: { next_page_url: null, key: 'compliance' } })
      return refused(20404, 'The requested resource was not found', 404)
    },
    get messages() {
      return messages
    },
    asked: () => asked,
    behave: (next) => void (mood = next),
    mood: () => mood,
    reset() {
      messages = []
      asked = 0
      mood = 'accept'
    },
  }
}

/** As Twilio's API shows a message. */
const shown = ({ sid, accountSid, from, to, body, media, status, createdAt }: SimulatedMessage) => ({
  sid,
  account_sid: accountSid,
  from: from.startsWith('MG') ? null : from,
  messaging_service_sid: from.startsWith('MG') ? from : null,
  to,
  body,
  status,
  direction: 'outbound-api',
  num_media: String(media.length),
  num_segments: '1',
  price: null,
  price_unit: 'USD',
  error_code: null,
  error_message: null,
  date_created: createdAt.toUTCString(),
  date_updated: createdAt.toUTCString(),
  date_sent: null,
  api_version: '2010-04-01',
  uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
  subresource_uris: {},
})
