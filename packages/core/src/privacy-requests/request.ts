import * as v from 'valibot'
import { Limit } from '../endpoint.ts'
import { Actor } from '../events/event.ts'
import { Id } from '../id.ts'

export const RequestKind = v.picklist(['export', 'erasure'], 'Use export or erasure.')
export const RequestStatus = v.picklist(['open', 'done', 'refused'], 'Use open, done or refused.')

/** For how long somebody can fetch their data after it was granted, in ms. */
export const exportLifetime = 7 * 24 * 60 * 60_000

/** What somebody asked for on their own page. It tells of nobody who was erased: ids say nothing. */
export const PrivacyRequest = v.object({
  id: Id,
  /** Whom it is about now, where the lead was merged since; null once they were erased. */
  leadId: v.nullable(Id),
  kind: RequestKind,
  status: RequestStatus,
  askedAt: v.string(),
  doneAt: v.nullable(v.string()),
  /** Who confirmed or refused it; the system, where the workspace's rule did. */
  doneBy: v.nullable(Actor),
  /** Of an export that was granted: until when it can be fetched. */
  until: v.nullable(v.string()),
})

export const PrivacyRequestQuery = v.strictObject({
  limit: Limit,
  cursor: v.optional(v.string()),
  status: v.optional(RequestStatus),
})

export type RequestKind = v.InferOutput<typeof RequestKind>
export type PrivacyRequest = v.InferOutput<typeof PrivacyRequest>
export type PrivacyRequestQuery = v.InferOutput<typeof PrivacyRequestQuery>
