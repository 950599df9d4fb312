import { Id, Limit, page } from '@leadnest/core/plugin'
import * as v from 'valibot'

/** `waiting`: a job is about to work on it. `refused`: it became nothing, and can be replayed. */
export const CallStatus = v.picklist(['waiting', 'accepted', 'refused'], 'Use waiting, accepted or refused.')

/** One call of a source, without what it said. */
export const InboundCall = v.object({
  id: Id,
  sourceId: Id,
  /** The sender's own id of it. */
  delivery: v.string(),
  status: CallStatus,
  error: v.nullable(v.string()),
  leadId: v.nullable(Id),
  submissionId: v.nullable(Id),
  createdAt: v.string(),
  finishedAt: v.nullable(v.string()),
})
export const InboundCallPage = page(InboundCall)
export const InboundCallQuery = v.strictObject({
  limit: Limit,
  cursor: v.optional(v.string()),
  status: v.optional(CallStatus),
})

export type CallStatus = v.InferOutput<typeof CallStatus>
export type InboundCall = v.InferOutput<typeof InboundCall>
export type InboundCallQuery = v.InferOutput<typeof InboundCallQuery>
