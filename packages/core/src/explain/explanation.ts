import * as v from 'valibot'
import { Id } from '../id.ts'

/**
 * One decision that LeadNest took about a lead by itself, as it was stored when it was taken.
 *
 * | kind | decision | because |
 * | --- | --- | --- |
 * | matched | created, updated, revived | `matchedBy` (`externalId`, `email`, `phone`, or the `id` that a file gave), `alias`; `notWritten` with `reason` and `leadId`; `taken` with `leadId` |
 * | held | held | `rule` |
 * | released | accepted | `releasedBy`: a visitor is the person, who confirmed it |
 * | assigned | the id of the owner | `ruleId`, `ruleName`, `strategy`; `memberId` with `reason` (passed over) or `openLeads` |
 * | waiting | waiting | the same |
 * | scored | the new score | `from`; `ruleId`, `ruleName`, `points` (what each rule adds or takes now) |
 * | duplicate | suggested, dismissed | `leadId` (of the other), `reason` |
 * | suppressed | suppressed | `channel`, `purpose` (null: all); `toldBy` |
 */
export const Decision = v.object({
  /** Of the event, the submission or the suggestion that it is stored with. */
  id: Id,
  at: v.string(),
  kind: v.picklist(['matched', 'held', 'released', 'assigned', 'waiting', 'scored', 'duplicate', 'suppressed']),
  decision: v.string(),
  because: v.array(v.record(v.string(), v.unknown())),
  submissionId: v.nullable(Id),
})

export type Decision = v.InferOutput<typeof Decision>
