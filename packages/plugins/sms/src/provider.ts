import type {
  Accepted,
  ChannelDefinition,
  IncomingMessage,
  Media,
  OutgoingMessage,
  PluginContext,
  Simulation,
  StatusReport,
} from '@leadnest/core/plugin'
import type { GenericSchema } from 'valibot'
import type { CommonSettings } from './settings.ts'

/** A request of the provider to one of our routes, as it came. */
export interface Posted {
  /** As the outside asked for it, to the letter. */
  url: string
  headers: Headers
  body: Uint8Array
  /** The parameters of a form; none where it is JSON. */
  params: URLSearchParams
}

/** A company that carries text messages. What differs from one to the next is here; nothing else in the plugin knows it. */
export interface Provider<Settings extends CommonSettings = CommonSettings> {
  /** Its routes lie below `/plugins/sms/<id>`. */
  id: string
  title: string
  // biome-ignore lint/suspicious/noExplicitAny: what a schema takes is its own matter, what it gives is typed
  settings: GenericSchema<any, Settings>
  /** Hosts that it is sent to, as in `api.example.com`. */
  hosts: string[]
  /** Of these, what whoever runs LeadNest put into their own network. */
  origins?: string[]
  limits: NonNullable<ChannelDefinition['limits']>
  /** Our numbers or accounts, the usual one first. */
  senders(settings: Settings): string[]
  /** Whether it chooses the number that a message by this sender leaves from. */
  choosesNumber?: NonNullable<ChannelDefinition['choosesNumber']>
  /** What tells the workspace of a request; see `names` of a plugin. */
  names(settings: Settings): string[]
  /** The names that a request may mean, the surest first. */
  namesIn(posted: Posted): string[]
  /** Whether the provider sent it, and of an account that is in these settings. */
  verify(posted: Posted, settings: Settings): boolean
  /** What somebody wrote; null for anything else. */
  readInbound(posted: Posted): IncomingMessage | null
  readStatus(posted: Posted): StatusReport | null
  /** What it wants to hear once a request was taken. */
  thanks(): Response
  /** Throws `SendError`. */
  send(message: OutgoingMessage, context: PluginContext<Settings>): Promise<Accepted>
  lookUp?: NonNullable<ChannelDefinition<Settings>['lookUp']>
  fetchMedia?(media: Media, context: PluginContext<Settings>): Promise<Response>
  /** Throws what is wrong, in words for an operator. */
  check?(context: PluginContext<Settings>): Promise<void>
  simulate: Simulation<Settings>
}
