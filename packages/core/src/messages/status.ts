import type { ProviderStatus } from '../channels/channel.ts'
import type { MessageStatus } from './message.ts'

/** How far each is. Of ways to end, the one that says most: a message that arrived after all has arrived. */
const ranks: Record<ProviderStatus, number> = {
  queued: 1,
  sending: 1,
  sent: 2,
  failed: 3,
  undelivered: 4,
  delivered: 5,
}

const rankOf = (status: MessageStatus): number =>
  status === 'queued' || status === 'scheduled' || status === 'unknown'
    ? 0
    : status === 'sending' ||
        status === 'sent' ||
        status === 'failed' ||
        status === 'undelivered' ||
        status === 'delivered'
      ? ranks[status]
      : Number.POSITIVE_INFINITY

/**
 * Where a message stands once a provider said this of it; null where it is as far already. What waited, or whose answer was
 * lost, is with the provider as soon as that says anything.
 */
export function forward(status: MessageStatus, said: ProviderStatus): MessageStatus | null {
  if (ranks[said] <= rankOf(status)) return null
  return said === 'queued' ? 'sending' : said
}

/** Of what a provider said, what goes furthest. */
export const furthest = <Said extends { status: ProviderStatus }>(all: [Said, ...Said[]]): Said =>
  all.reduce((one, other) => (ranks[other.status] > ranks[one.status] ? other : one))
