import type { PluginContext } from '../plugins/plugin-context.ts'
import type { Simulation } from './simulation.ts'

/** How far a message is, as a provider says it. It only ever moves forward: what comes late or twice changes nothing. */
export const providerStatuses = ['queued', 'sending', 'sent', 'failed', 'undelivered', 'delivered'] as const
export type ProviderStatus = (typeof providerStatuses)[number]

/** A price as a provider names it. */
export interface Cost {
  /** In units of the currency, as in 0.0079. */
  amount: number
  /** ISO 4217. */
  currency: string
}

/** What a text comes to on a channel. */
export interface Measure {
  segments: number
  /** As the channel calls it: `GSM-7`, `UCS-2`, `utf-8`. */
  encoding: string
  characters: number
  /** How many characters are left in the last segment. */
  left: number
  cost?: Cost | undefined
}

/** A file of a message. */
export interface Media {
  url: string
  /** As in `image/jpeg`; where it is known. */
  type?: string | undefined
  name?: string | undefined
}

/** What a channel takes. LeadNest refuses what is more, before the channel is asked. */
export interface ChannelLimits {
  /** The longest text. */
  characters?: number
  /** Whether a message may have a subject. */
  subject?: boolean
  /** Files of a message; a channel without it takes none. */
  media?: {
    count: number
    /** Of each that comes in, at most 10 MiB. */
    bytes: number
    /** Types that are kept of what comes in, as in `image/jpeg`; `image/*` is all of a kind. */
    types: string[]
  }
  /** How many messages a sender may send in a second (may be 0.1); a workspace can say less. No limit unless told. */
  perSecond?: number
}

/** A message that is to leave now. */
export interface OutgoingMessage {
  /** LeadNest's own id of it. Hand it to the provider where it takes one, so that a status can name it. */
  id: string
  /** E.164, or an e-mail address. */
  to: string
  /** The number or account that it leaves by, where somebody chose one. */
  sender: string | null
  subject: string | null
  body: string
  media: Media[]
  /** The provider's id of what the person wrote last in this conversation; null where they did not. */
  inReplyTo: string | null
  /** The person's own page, with the headers of a mail that carries it (RFC 8058); null where LeadNest has no address. */
  preferences: { link: string; headers: Record<string, string> } | null
}

/** What a provider answered when it took a message. */
export interface Accepted {
  /** The provider's id of the message, by which a status comes. */
  providerId: string
  /** `queued` where the provider has it and no more is known. */
  status: ProviderStatus
  /** The number or account that it really leaves by. */
  sender?: string | undefined
  segments?: number | undefined
  cost?: Cost | undefined
}

/** What became of a message that was sent. */
export interface StatusReport {
  providerId: string
  /** LeadNest's own id, where the provider gives it back: it helps where the answer to the send was lost. */
  messageId?: string | undefined
  status: ProviderStatus
  error?: { code: string; detail?: string | undefined } | undefined
  /** The provider says that the person opted out, as Twilio's 21610 in a callback: they are suppressed. */
  optedOut?: boolean | undefined
  segments?: number | undefined
  cost?: Cost | undefined
}

/** What somebody wrote, as a provider tells it. */
export interface IncomingMessage {
  /** The provider's id of it: the same one twice is one message. */
  providerId: string
  /** Who wrote. */
  from: string
  /** Our own number or account. */
  to: string
  body: string
  subject?: string | undefined
  media?: Media[] | undefined
  /** What the provider took it for, as Twilio's OptOutType. It goes before our own words. */
  optOut?: 'stop' | 'start' | 'help' | undefined
  /** When it was written; now unless told. */
  at?: Date | string | undefined
}

/** What became of what somebody wrote. */
export interface Received {
  /** Null where nothing is kept: a STOP of somebody unknown, or a sender that the workspace does not want. */
  messageId: string | null
  conversationId: string | null
  leadId: string | null
  /** It came before: nothing was done. */
  duplicate: boolean
  optOut: 'stop' | 'start' | 'help' | null
}

/** What somebody is told who is no lead, as the owner of the workspace. */
export interface Notice {
  to: string
  body: string
}

/** What a plugin that brings a channel does on it. */
export interface ChannelPowers {
  /** Hands on what somebody wrote: once for each `providerId`, however often it comes. Answer the provider 2xx in any case. */
  receive(message: IncomingMessage): Promise<Received>
  /**
   * Hands on what became of a message, in any order, doubled, and also before `send` has returned. `known` is false while
   * LeadNest knows no such message; it is remembered for a day then.
   */
  status(report: StatusReport): Promise<{ known: boolean }>
  /** Nothing can reach this address any more, as after a hard bounce: it is suppressed in the plugin's name, until somebody takes that back. */
  unreachable(address: string, reason: string): Promise<void>
  /**
   * Tells somebody who is no lead, as whoever works here: at once, and stored nowhere. Once for each `key` within a day, at most: false where it was told before. Throws
   * `suppressed` for who said no, and what `send` does; after a `retry` the same key may be used again.
   */
  notify(notice: Notice, options: { key: string }): Promise<boolean>
}

/** A way to write to people and to be written to. The plugin talks to its provider; all else is LeadNest's. */
export interface ChannelDefinition<Settings = unknown> {
  /** As in `sms`: what consents, suppressions and messages call it. */
  id: string
  title: string
  /** By what it reaches people. */
  address: 'phone' | 'email'
  /** For what its messages are, where nobody says: a person's no to it stops them. Without one, any no on the channel does. */
  purposeDefault?: string
  /** What a text comes to; asked while somebody types. */
  measure(body: string, about: { media: number; settings: Settings }): Measure
  limits?: ChannelLimits
  /** The numbers or accounts that messages can leave by, the usual one first. */
  senders?(settings: Settings): string[]
  /**
   * Whether the provider chooses the number that a message by this sender leaves from, as Twilio does for a Messaging Service: then it may
   * be one that somebody said STOP to.
   */
  choosesNumber?(sender: string): boolean
  /**
   * Gives a message to the provider. Whatever throws here is told apart by `SendError`: LeadNest tries again only what the
   * provider surely did not take. It has 30 s.
   */
  send(message: OutgoingMessage, context: PluginContext<Settings>): Promise<Accepted>
  /** Asks the provider what became of a message whose answer was lost; null where it cannot tell. */
  lookUp?(
    message: OutgoingMessage & { askedAt: Date },
    context: PluginContext<Settings>,
  ): Promise<Omit<StatusReport, 'messageId'> | null>
  /** Fetches a file that came in, where that needs credentials; by `context.fetch` without it. */
  fetchMedia?(media: Media, context: PluginContext<Settings>): Promise<Response>
  /** What its provider would send, correctly signed: for tests, and for a fake provider in development. */
  simulate?: Simulation<Settings>
}

/** A channel as LeadNest keeps it. */
// biome-ignore lint/suspicious/noExplicitAny: channels of plugins with different settings stand in one list
export type Channel = ChannelDefinition<any>
