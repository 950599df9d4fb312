import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import type { ChannelDefinition, ProviderStatus } from '../channels/channel.ts'
import { defineChannel } from '../channels/define-channel.ts'
import { SendError } from '../channels/send-error.ts'
import { definePlugin, type Plugin } from '../plugins/define-plugin.ts'
import type { RouteContext } from '../plugins/plugin-context.ts'
import type { Behaviour, ChannelProvider, ProviderMessage } from './channel-provider.ts'

const host = 'api.pigeon.example'

export interface PigeonSettings {
  account: string
  token: string
  number: string
}

const settings = v.object({
  account: v.string(),
  token: v.pipe(v.string(), v.metadata({ secret: true })),
  number: v.string(),
})

/** What Pigeon Post posts, signed by the account's token over the address and the body. */
const signatureOf = (token: string, url: string, body: string) =>
  createHmac('sha256', token).update(`${url}\n${body}`).digest('hex')

function signed(url: string, token: string, payload: object): Request {
  const body = JSON.stringify(payload)
  return new Request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'pigeon-signature': signatureOf(token, url, body) },
    body,
  })
}

/** The channel of a provider that does not exist: all that a channel has to do, in as few lines as it takes. */
export const pigeonChannel = (): ChannelDefinition<PigeonSettings> =>
  defineChannel<PigeonSettings>({
    id: 'sms',
    title: 'Pigeon Post',
    address: 'phone',
    limits: { characters: 1600, media: { count: 3, bytes: 1024 * 1024, types: ['image/*'] } },
    measure(body) {
      const characters = [...body].length
      const segments = Math.max(1, Math.ceil(characters / 100))
      return { segments, encoding: 'utf-8', characters, left: segments * 100 - characters }
    },
    senders: ({ number }) => [number],
    async send({ id, to, sender, body, media }, { settings, fetch }) {
      let response: Response
      try {
        response = await fetch(`https://${host}/messages`, {
          method: 'POST',
          headers: { authorization: `Bearer ${settings.token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ reference: id, to, from: sender, body, media: media.map(({ url }) => url) }),
        })
      } catch (error) {
        if (isRefusedConnection(error)) throw new SendError('retry', 'Pigeon Post cannot be reached.', { cause: error })
        throw new SendError('unknown', 'The answer of Pigeon Post was lost.', { cause: error })
      }
      if (response.status === 429 || response.status === 503)
        throw new SendError('retry', 'Pigeon Post has no time.', { code: response.status, retryAfter: 5 })
      if (response.status >= 500) throw new SendError('unknown', 'Pigeon Post failed.', { code: response.status })
      const answer = (await response.json()) as { id: string; status: ProviderStatus; code: string; message: string }
      if (response.ok) return { providerId: answer.id, status: answer.status }
      throw new SendError(answer.code === 'opted_out' ? 'suppressed' : 'refused', answer.message, { code: answer.code })
    },
    async lookUp({ id }, { settings, fetch }) {
      const response = await fetch(`https://${host}/messages?reference=${id}`, {
        headers: { authorization: `Bearer ${settings.token}` },
      })
      const [found] = (await response.json()) as { id: string; status: ProviderStatus }[]
      return found ? { providerId: found.id, status: found.status } : null
    },
    simulate: {
      inbound: ({ providerId, from, to, body, media = [], optOut }, { settings, url }) =>
        signed(`${url}/inbound/${settings.account}`, settings.token, { id: providerId, from, to, body, media, optOut }),
      status: ({ providerId, messageId, status, error, optedOut }, { settings, url }) =>
        signed(`${url}/status/${settings.account}`, settings.token, {
          id: providerId,
          reference: messageId,
          status,
          code: error?.code,
          optedOut,
        }),
      optOut: ({ providerId, from, to }, { settings, url }) =>
        signed(`${url}/inbound/${settings.account}`, settings.token, {
          id: providerId,
          from,
          to,
          body: 'Stop',
          media: [],
          optOut: 'stop',
        }),
    },
  })

const isRefusedConnection = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED'

/** The plugin around it: who signed, and whose it is. */
export const pigeon = (channel: ChannelDefinition<PigeonSettings> = pigeonChannel()): Plugin =>
  definePlugin<PigeonSettings>({
    id: 'pigeon',
    name: 'Pigeon Post',
    capabilities: ['channels', `http:${host}`],
    settings,
    names: ({ account }) => [account],
    channels: [channel],
    routes: {
      'POST /inbound/:account': (request, context) =>
        verified(request, context, async (found, { id, ...message }: Posted) => {
          await found.channel('sms').receive({ providerId: id, ...message })
        }),
      'POST /status/:account': (request, context) =>
        verified(request, context, async (found, { id, reference, status, code, optedOut }: Posted) => {
          await found.channel('sms').status({
            providerId: id,
            messageId: reference,
            status,
            optedOut,
            ...(code && { error: { code } }),
          })
        }),
    },
  })

// biome-ignore lint/suspicious/noExplicitAny: what a provider posts is checked where it is handed on
type Posted = any

async function verified(
  request: Request,
  { params, url, find }: RouteContext<PigeonSettings>,
  hand: (
    context: NonNullable<Awaited<ReturnType<RouteContext<PigeonSettings>['find']>>>,
    posted: Posted,
  ) => Promise<void>,
): Promise<Response> {
  const body = await request.text()
  const context = await find(params.account!)
  const right = context && Buffer.from(signatureOf(context.settings.token, url, body))
  const given = Buffer.from(request.headers.get('pigeon-signature') ?? '')
  if (!context || given.length !== right!.length || !timingSafeEqual(given, right!))
    return new Response('Who are you?', { status: 403 })
  await hand(context, JSON.parse(body))
  return new Response(null, { status: 204 })
}

/** What people attach. */
const files: Record<string, { type: string; body: string }> = {
  '/picture.png': { type: 'image/png', body: 'a picture' },
  '/program.exe': { type: 'application/x-msdownload', body: 'a program' },
  '/huge.png': { type: 'image/png', body: 'x'.repeat(1024 * 1024 + 1) },
}

/** Pigeon Post itself, in memory: hand its `outbound` to `testNest` or `testServer`. */
export function pigeonPost(): ChannelProvider & { outbound: NonNullable<ChannelProvider['outbound']> } {
  let accepted: ProviderMessage[] = []
  let references = new Map<string, string>()
  let asked = 0
  let number = 0
  let behaviour: Behaviour = 'accept'

  const refusal = (code: string, message: string) => Response.json({ code, message }, { status: 400 })

  return {
    accepted: () => [...accepted],
    asked: () => asked,
    behave: (how) => void (behaviour = how),
    reset() {
      accepted = []
      references = new Map()
      asked = 0
      behaviour = 'accept'
    },
    async outbound(address, init = {}) {
      const url = new URL(address)
      const file = files[url.pathname]
      if (file) return new Response(file.body, { headers: { 'content-type': file.type } })
      if (url.pathname !== '/messages') return new Response(null, { status: 404 })
      const reference = url.searchParams.get('reference')
      if (reference !== null) {
        const id = references.get(reference)
        return Response.json(id ? [{ id, status: 'sent' }] : [])
      }
      asked += 1
      if (behaviour === 'unreachable') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      if (behaviour === 'busy') return new Response(null, { status: 429 })
      if (behaviour === 'down') return new Response(null, { status: 503 })
      if (behaviour === 'refuse') return refusal('no_such_number', 'There is no such number.')
      if (behaviour === 'opted_out') return refusal('opted_out', 'This person opted out.')
      const { to, from, body, media, reference: ours } = JSON.parse(String(init.body))
      const account = init.headers?.authorization?.replace('Bearer ', '')
      const providerId = `pigeon-${++number}`
      accepted.push({ providerId, to, body, from, media, account })
      references.set(ours, providerId)
      if (behaviour === 'lose_answer') throw new Error('The connection dropped.')
      return Response.json({ id: providerId, status: 'queued' })
    },
  }
}
