import * as v from 'valibot'
import { Actor } from '../events/event.ts'
import { Id } from '../id.ts'
import { Lead } from '../leads/lead.ts'

export const MergeInput = v.strictObject({
  leadIds: v.pipe(
    v.array(Id),
    v.length(2, 'Name two leads.'),
    v.check(([one, other]) => one !== other, 'Name two different leads.'),
  ),
  /** Shows the result and changes nothing. */
  dryRun: v.optional(v.boolean(), false),
})

/** What became of two leads. `lead` is the survivor, the older one; `id` is null for a dry run. */
export const MergeResult = v.object({
  id: v.nullable(Id),
  lead: Lead,
  mergedId: Id,
  /** What the survivor had and what it has, as in an event `lead.updated`. */
  changes: v.record(v.string(), v.tuple([v.unknown(), v.unknown()])),
  /** How much moved, by kind: submissions, events, notes, tags … */
  moved: v.record(v.string(), v.number()),
})

/** A merge that was made. It can be undone for 90 days, while the survivor is neither deleted nor merged away itself. */
export const Merge = v.object({
  id: Id,
  survivorId: Id,
  mergedId: Id,
  actor: Actor,
  createdAt: v.string(),
  undoneAt: v.nullable(v.string()),
  undoUntil: v.string(),
})

/** Both leads as they are after an undo. */
export const UndoneMerge = v.object({ lead: Lead, restored: Lead })

export type MergeInput = v.InferOutput<typeof MergeInput>
export type MergeResult = v.InferOutput<typeof MergeResult>
export type Merge = v.InferOutput<typeof Merge>
export type UndoneMerge = v.InferOutput<typeof UndoneMerge>
