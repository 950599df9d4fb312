import type { OutgoingMessage, PluginContext, StatusReport } from '@leadnest/core/plugin'
import type { Posted, Provider } from '../provider.ts'
import { isJson, verifyTwilioRequest } from '../verify-request.ts'
import { basic, clientOf, placed } from './client.ts'
import { sendErrorOf, wordsOf } from './errors.ts'
import { readInbound, readStatus, statusOf } from './read.ts'
import { type Account, accountOf, accountsOf, TwilioSettings } from './settings.ts'
import { simulation } from './simulate.ts'

/** Where Twilio keeps what people send. */
const mediaHosts = ['mms.twiliocdn.com', 'media.twiliocdn.com', 's3-external-1.amazonaws.com']

const real = 'https://api.twilio.com'

export interface TwilioOptions {
  /** Another address of Twilio's API, as of a proxy or a simulator. */
  apiUrl?: string
}

export function twilioProvider({ apiUrl = real }: TwilioOptions = {}): Provider<TwilioSettings> {
  const { origin, host } = new URL(apiUrl)
  const client = (account: Account, context: Pick<PluginContext, 'fetch'>) => clientOf(account, context, apiUrl)

  return {
    id: 'twilio',
    title: 'Twilio',
    settings: TwilioSettings,
    hosts: [...new Set([host, 'api.twilio.com', 'messaging.twilio.com', ...mediaHosts])],
    origins: origin === real ? [] : [origin],
    limits: {
      characters: 1600,
      media: {
        count: 10,
        bytes: 5 * 1024 * 1024,
        types: ['image/*', 'audio/*', 'video/*', 'text/vcard', 'application/pdf'],
      },
    },
    senders: (settings) => accountsOf(settings).flatMap(({ senders }) => senders),
    choosesNumber: isService,
    names: (settings) =>
      accountsOf(settings).flatMap(({ sid, senders }) => senders.map((sender) => `${sid} ${sender}`)),
    namesIn({ url, params }) {
      const account = params.get('AccountSid')
      const numbers = [
        params.get('MessagingServiceSid'),
        params.get('To'),
        params.get('From'),
        new URL(url).searchParams.get('sender'),
      ]
      return account ? numbers.flatMap((number) => (number ? [`${account} ${number}`] : [])) : []
    },
    verify,
    readInbound,
    readStatus,
    thanks: () =>
      new Response('<?xml version="1.0" encoding="UTF-8"?><Response></Response>', {
        headers: { 'content-type': 'text/xml; charset=utf-8' },
      }),

    async send({ id, to, sender, body, media }, context) {
      const account = accountOf(context.settings, sender)
      const from = sender ?? account.senders[0]!
      const { messages } = await client(account, context)
      const callback = new URL(`${context.baseUrl}/plugins/sms/twilio/status`)
      callback.searchParams.set('message', id)
      callback.searchParams.set('sender', from)
      try {
        const taken = await messages.create({
          to,
          ...(body && { body }),
          ...(isService(from) ? { messagingServiceSid: from } : { from }),
          ...(media.length > 0 && { mediaUrl: media.map(({ url }) => url) }),
          // Twilio refuses an address that it cannot reach.
          ...((origin !== real || !isLocal(callback)) && { statusCallback: callback.href }),
        })
        const price = Math.abs(Number(taken.price))
        return {
          providerId: taken.sid,
          status: statusOf(taken.status) ?? 'queued',
          ...(taken.from && { sender: taken.from }),
          ...(Number(taken.numSegments) > 0 && { segments: Number(taken.numSegments) }),
          ...(price > 0 && { cost: { amount: price, currency: taken.priceUnit ?? 'USD' } }),
        }
      } catch (error) {
        throw sendErrorOf(error)
      }
    },

    async lookUp(message, context) {
      const account = accountOf(context.settings, message.sender)
      const { messages } = await client(account, context)
      const found = (await messages.list({ to: message.to, limit: 50 })).filter((one) => isOf(message, one))
      // Of several it may be any.
      return found.length === 1 ? reportOf(found[0]!) : null
    },

    async fetchMedia({ url }, context) {
      const account = accountsOf(context.settings).find(({ sid }) => url.includes(`/Accounts/${sid}/`))
      let at = new URL(url).host === 'api.twilio.com' ? placed(url, apiUrl) : new URL(url)
      const known = account && at.host === host
      let response = await context.fetch(
        at,
        known ? { headers: { authorization: basic(account.sid, account.tokens[0]!) } } : {},
      )
      // It lies elsewhere, where the token is nobody's business.
      for (let hops = 0; hops < 3 && response.status >= 300 && response.status < 400; hops++) {
        at = new URL(response.headers.get('location') ?? '', at)
        response = await context.fetch(at)
      }
      return response
    },

    async check(context) {
      for (const account of accountsOf(context.settings)) await checkAccount(await client(account, context), account)
    },

    simulate: simulation,
  }
}

/** A Messaging Service: a pool of numbers, of which Twilio takes one. */
const isService = (sender: string) => sender.startsWith('MG')

function verify({ url, headers, body, params }: Posted, settings: TwilioSettings): boolean {
  const sid = params.get('AccountSid')
  const accounts = accountsOf(settings).filter((account) => sid === null || account.sid === sid)
  const names = [...params.keys()]
  // Twilio signs no value twice, so one that came twice could be added without its knowledge.
  if (new Set(names).size < names.length) return false
  const contentType = headers.get('content-type')
  return verifyTwilioRequest({
    url,
    ...(isJson(contentType) ? {} : { params }),
    rawBody: body,
    contentType,
    signature: headers.get('x-twilio-signature'),
    authToken: accounts.flatMap(({ tokens }) => tokens),
  })
}

const isLocal = ({ hostname }: URL) => /^(localhost|127\.|10\.|192\.168\.|\[::1\])/.test(hostname)

interface Listed {
  sid: string
  body: string
  status: string
  direction: string
  dateCreated: Date
  errorCode: number
}

/** Twilio counts in whole seconds. */
const isOf = ({ body, askedAt }: OutgoingMessage & { askedAt: Date }, one: Listed) =>
  one.body === body && one.direction !== 'inbound' && one.dateCreated.getTime() >= askedAt.getTime() - 2000

function reportOf({ sid, status, errorCode }: Listed): Omit<StatusReport, 'messageId'> {
  return {
    providerId: sid,
    status: statusOf(status) ?? 'queued',
    ...(errorCode && { error: { code: String(errorCode), detail: wordsOf(errorCode) } }),
    ...(errorCode === 21610 && { optedOut: true }),
  }
}

type Client = Awaited<ReturnType<typeof clientOf>>

async function checkAccount(twilio: Client, { sid, senders }: Account): Promise<void> {
  try {
    const { status } = await twilio.api.v2010.accounts(sid).fetch()
    if (status !== 'active') throw new Error(`The Twilio account ${sid} is ${status}.`)
  } catch (error) {
    const { code } = error as { code?: number }
    throw code === undefined ? error : new Error(wordsOf(code) ?? `Twilio answers ${code} for the account ${sid}.`)
  }
  for (const service of senders.filter(isService)) {
    const campaigns = await twilio.messaging.v1.services(service).usAppToPerson.list({ limit: 20 })
    const waiting = campaigns.find(({ campaignStatus }) => campaignStatus !== 'VERIFIED')
    if (waiting)
      throw new Error(
        `The A2P 10DLC campaign of ${service} is ${waiting.campaignStatus}: carriers of the US stop its texts until it is VERIFIED.`,
      )
  }
}
