import * as v from 'valibot'
import { EventType } from '../events/event.ts'
import { OwnEventName } from '../events/own-event.ts'
import { FormSlug } from '../forms/form.ts'
import { Id } from '../id.ts'

/**
 * Something that happened to the lead; `formSlug` narrows `lead.captured` to one form, `name` narrows `lead.tracked` to one
 * own event, `max` says how often it counts.
 */
export const ScoredEvent = v.strictObject({
  type: v.pipe(
    EventType,
    v.check((type) => type !== 'lead.scored', 'A score cannot follow from a score.'),
  ),
  formSlug: v.optional(FormSlug),
  name: v.optional(OwnEventName),
  max: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(1, 'At least 1.'), v.maxValue(1_000_000, 'At most 1,000,000.')),
  ),
})

/** Points while a lead matches `filter`, or for each time that `event` happened; it has one of the two. */
export const ScoreRule = v.object({
  id: Id,
  name: v.string(),
  points: v.number(),
  enabled: v.boolean(),
  filter: v.nullable(v.string()),
  event: v.nullable(ScoredEvent),
  createdAt: v.string(),
  updatedAt: v.string(),
})

const Name = v.pipe(v.string(), v.trim(), v.nonEmpty('Give it a name.'), v.maxLength(100, 'At most 100 characters.'))
const Points = v.pipe(
  v.number(),
  v.integer('Use a whole number.'),
  v.minValue(-1000, 'From -1000 to 1000.'),
  v.maxValue(1000, 'From -1000 to 1000.'),
  v.check((points) => points !== 0, 'A rule gives points or takes some: not 0.'),
)
const FilterText = v.pipe(
  v.string(),
  v.trim(),
  v.nonEmpty('Say which leads.'),
  v.maxLength(4000, 'At most 4000 characters.'),
)

export const NewScoreRule = v.strictObject({
  name: Name,
  points: Points,
  enabled: v.optional(v.boolean(), true),
  filter: v.optional(v.nullable(FilterText), null),
  event: v.optional(v.nullable(ScoredEvent), null),
})

export const ScoreRulePatch = v.strictObject({
  name: v.optional(Name),
  points: v.optional(Points),
  enabled: v.optional(v.boolean()),
  filter: v.optional(v.nullable(FilterText)),
  event: v.optional(v.nullable(ScoredEvent)),
})

/** What a rule adds to a score, or takes from it. */
export const ScorePart = v.object({ ruleId: Id, name: v.string(), points: v.number() })

export const LeadScore = v.object({ score: v.number(), parts: v.array(ScorePart) })

export type ScoredEvent = v.InferOutput<typeof ScoredEvent>
export type ScoreRule = v.InferOutput<typeof ScoreRule>
export type NewScoreRule = v.InferOutput<typeof NewScoreRule>
export type ScoreRulePatch = v.InferOutput<typeof ScoreRulePatch>
export type ScorePart = v.InferOutput<typeof ScorePart>
export type LeadScore = v.InferOutput<typeof LeadScore>
