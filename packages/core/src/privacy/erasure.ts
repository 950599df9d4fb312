import * as v from 'valibot'
import { Id } from '../id.ts'

/** Why a lead is erased. A list, because what is written freely may say who it was. */
export const ErasureReason = v.picklist(
  ['asked', 'no_longer_needed', 'test', 'other'],
  'Say asked, no_longer_needed, test or other.',
)

export const ErasureInput = v.strictObject({ reason: v.optional(ErasureReason, 'asked') })

/** What was erased. `removed` counts rows: submissions, events, notes, and filters that named the person. */
export const Erasure = v.object({
  /** The lead that was. */
  id: Id,
  /** Leads that had been merged into it, and went with it. */
  mergedIds: v.array(Id),
  reason: v.string(),
  removed: v.record(v.string(), v.number()),
  erasedAt: v.string(),
})

export type ErasureReason = v.InferOutput<typeof ErasureReason> | 'retention'
export type Erasure = v.InferOutput<typeof Erasure>
