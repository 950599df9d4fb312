import type { IncomingMessage, StatusReport } from './channel.ts'

/** Where a simulated request goes. */
export interface SimulatedAt<Settings> {
  settings: Settings
  /** What the plugin's routes lie below, as in `https://leads.example.com/plugins/sms`. */
  url: string
}

/**
 * What a provider would send to the plugin's own routes, signed as the provider signs it: whole requests, ready to be sent,
 * doubled, or kept back. A channel that has no way in leaves `inbound` out.
 */
export interface Simulation<Settings = unknown> {
  inbound?(message: IncomingMessage, at: SimulatedAt<Settings>): Request | Promise<Request>
  status?(report: StatusReport, at: SimulatedAt<Settings>): Request | Promise<Request>
  /** Somebody opts out in the provider's own way: by a word, by a button, by a complaint. */
  optOut?(
    person: Pick<IncomingMessage, 'providerId' | 'from' | 'to'>,
    at: SimulatedAt<Settings>,
  ): Request | Promise<Request>
}
