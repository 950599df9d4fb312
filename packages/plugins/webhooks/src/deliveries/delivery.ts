import { Id, Limit, page } from '@leadnest/core/plugin'
import * as v from 'valibot'

/** `cancelled`: its endpoint was disabled first, or what it was to tell of was erased. */
export const DeliveryStatus = v.picklist(
  ['pending', 'succeeded', 'failed', 'cancelled'],
  'Use pending, succeeded, failed or cancelled.',
)

/** What one endpoint is told of one event. */
export const WebhookDelivery = v.object({
  id: Id,
  endpointId: Id,
  /** The header `webhook-id`: the same for each try and each replay. */
  webhookId: v.string(),
  eventId: Id,
  type: v.string(),
  leadId: v.nullable(Id),
  test: v.boolean(),
  status: DeliveryStatus,
  /** How often it was tried since it was last asked for. */
  tries: v.number(),
  /** When it is tried next. */
  nextAt: v.nullable(v.string()),
  lastStatus: v.nullable(v.number()),
  lastError: v.nullable(v.string()),
  createdAt: v.string(),
  finishedAt: v.nullable(v.string()),
})

/** `status` is what was answered, null where nothing was; `body` is its first 10 KiB. */
export const WebhookTry = v.object({
  id: Id,
  status: v.nullable(v.number()),
  error: v.nullable(v.string()),
  durationMs: v.number(),
  body: v.nullable(v.string()),
  createdAt: v.string(),
})

/** `body` is what is sent; null where what it tells of was erased. */
export const WebhookDeliveryDetail = v.object({
  ...WebhookDelivery.entries,
  body: v.nullable(v.string()),
  /** Of the last 30 days, newest first. */
  history: v.array(WebhookTry),
})

export const WebhookDeliveryQuery = v.strictObject({
  limit: Limit,
  cursor: v.optional(v.string()),
  status: v.optional(DeliveryStatus),
})
export const WebhookDeliveryPage = page(WebhookDelivery)

export type DeliveryStatus = v.InferOutput<typeof DeliveryStatus>
export type WebhookDelivery = v.InferOutput<typeof WebhookDelivery>
export type WebhookDeliveryDetail = v.InferOutput<typeof WebhookDeliveryDetail>
export type WebhookTry = v.InferOutput<typeof WebhookTry>
