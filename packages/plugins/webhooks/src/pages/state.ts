import { type Html, html, type PageCall } from '@leadnest/core/plugin'
import type { DeliveryStatus } from '../deliveries/delivery.ts'
import type { WebhookEndpoint } from '../endpoints/endpoint.ts'

const reasons = {
  by_hand: 'somebody turned it off',
  gone: 'it answered 410 Gone',
  failing: 'it took nothing for three days',
}

/** How an endpoint fares, in a word, and why where that is not good. */
export function stateOf(endpoint: WebhookEndpoint, { time }: Pick<PageCall, 'time'>): Html {
  const { enabled, disabledAt, disabledReason, failingSince, pausedUntil } = endpoint
  if (!enabled)
    return html`<span class="stage ${disabledReason === 'by_hand' ? 'lost' : 'spam'}">Disabled</span>
      since ${disabledAt && time(disabledAt)}, because ${disabledReason && reasons[disabledReason]}.`
  if (failingSince)
    return html`<span class="stage spam">Failing</span> Nothing was taken since ${time(failingSince)}.${
      pausedUntil && html` It rests; the next try: ${time(pausedUntil)}.`
    }`
  return html`<span class="stage">Working</span>`
}

const words: Record<DeliveryStatus, string> = {
  pending: 'Waits',
  succeeded: 'Taken',
  failed: 'Given up',
  cancelled: 'Cancelled',
}

export const statusOf = (status: DeliveryStatus): Html =>
  html`<span class="stage ${status === 'failed' ? 'spam' : status === 'cancelled' ? 'lost' : ''}">${words[status]}</span>`

export const statuses = Object.entries(words) as [DeliveryStatus, string][]
