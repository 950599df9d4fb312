import { type ChannelDefinition, defineChannel, definePlugin, type Measure, type Plugin } from '@leadnest/core/plugin'
import { automation } from './automation.ts'
import type { Provider } from './provider.ts'
import { routesOf } from './routes.ts'
import { segmentsOf } from './segments.ts'
import type { CommonSettings } from './settings.ts'
import { simulator } from './simulator/simulated.ts'
import { twilioProvider } from './twilio/provider.ts'

export type { Posted, Provider } from './provider.ts'
export { segmentsOf } from './segments.ts'
export { CommonSettings, commonEntries } from './settings.ts'
export { twilioProvider } from './twilio/provider.ts'
export { TwilioSettings } from './twilio/settings.ts'
export { type Parameters, type SignedRequest, signTwilioRequest, verifyTwilioRequest } from './verify-request.ts'

export interface SmsOptions {
  /** Who carries the messages: Twilio unless told, at TWILIO_API_URL. */
  // biome-ignore lint/suspicious/noExplicitAny: providers with different settings are taken
  provider?: Provider<any>
}

/** Text messages: conversations with leads, by Twilio unless told; in development, with TWILIO_API_URL=simulator, by one in memory. */
export function sms({ provider: given }: SmsOptions = {}): Plugin {
  const simulated = given || !isSimulated() ? undefined : simulator(twilioProvider())
  const provider: Provider = (given ?? simulated?.provider ?? twilioProvider(fromEnvironment())) as Provider
  const routes = routesOf(provider)
  return definePlugin<CommonSettings>({
    id: 'sms',
    name: simulated ? 'SMS (simulated)' : 'SMS',
    version: '0.1.0',
    leadnest: '^0.1',
    capabilities: [
      'channels',
      'send:sms',
      'leads:read',
      'leads:write',
      ...provider.hosts.map((host) => `http:${host}` as const),
    ],
    origins: provider.origins ?? [],
    settings: provider.settings,
    names: (settings) => provider.names(settings),
    channels: [channelOf(provider)],
    routes,
    ...automation(),
    ...(simulated && { pages: simulated.pages(routes as never) as never }),
    health: (context) => provider.check?.(context),
  })
}

function isSimulated(): boolean {
  if (process.env.TWILIO_API_URL !== 'simulator') return false
  if (process.env.NODE_ENV === 'production')
    throw new Error(
      'TWILIO_API_URL: got “simulator”; expected an address such as https://api.twilio.com in production.',
    )
  return true
}

function channelOf(provider: Provider): ChannelDefinition<CommonSettings> {
  const { limits, senders, choosesNumber, send, lookUp, fetchMedia, simulate } = provider
  return defineChannel<CommonSettings>({
    id: 'sms',
    title: 'SMS',
    address: 'phone',
    limits,
    senders,
    ...(choosesNumber && { choosesNumber }),
    send,
    ...(lookUp && { lookUp }),
    ...(fetchMedia && { fetchMedia }),
    simulate,
    measure: (body, { media, settings }) => priced(segmentsOf(body), media, settings),
  })
}

function priced(measured: Measure, media: number, { pricePerSegment, pricePerMms, currency }: CommonSettings): Measure {
  const amount = media > 0 ? pricePerMms : pricePerSegment && pricePerSegment * measured.segments
  return {
    ...measured,
    ...(amount !== null && amount > 0 && { cost: { amount: Number(amount.toFixed(6)), currency } }),
  }
}

function fromEnvironment(): { apiUrl?: string } {
  const apiUrl = process.env.TWILIO_API_URL
  if (!apiUrl) return {}
  if (!URL.canParse(apiUrl) || !/^https?:$/.test(new URL(apiUrl).protocol))
    throw new Error(`TWILIO_API_URL: got “${apiUrl}”; expected an address such as https://api.twilio.com.`)
  return { apiUrl }
}
