import type { Outbound } from '../outbound/outbound.ts'

/**
 * What a fake provider does with messages: takes them, refuses them for good, says that the person opted out, has no time (429),
 * is broken before it takes anything (503), cannot be reached at all, or takes them and loses the answer.
 */
export type Behaviour = 'accept' | 'refuse' | 'opted_out' | 'busy' | 'down' | 'unreachable' | 'lose_answer'

/** A message as it reached the provider. */
export interface ProviderMessage {
  providerId: string
  to: string
  body: string
  from?: string | undefined
  media?: string[] | undefined
  /** Whose credentials it came with, where the provider tells accounts apart. */
  account?: string | undefined
}

/** The provider of a channel, in memory, for tests. */
export interface ChannelProvider {
  /** What `context.fetch` reaches; left out where the plugin reaches its provider otherwise. */
  outbound?: Outbound
  /** What it took, in its order. */
  accepted(): ProviderMessage[]
  /** How often it was asked to send, whatever it did. */
  asked(): number
  /** What it does from now on. */
  behave(how: Behaviour): void
  /** Forgets all, and accepts. */
  reset(): void
}
