import * as v from 'valibot'

const most = 36_500
const days = v.nullable(
  v.pipe(
    v.number('Use whole days, or null for ever.'),
    v.integer('Use whole days, or null for ever.'),
    v.minValue(1, 'At least 1 day.'),
    v.maxValue(most, `At most ${most} days.`),
  ),
)

/**
 * After how many days what came by a form is erased, counted from its arrival; null is never. `leadDays` counts from the last
 * activity of a lead, and holds for those that came by forms alone, all of them with such a rule: the longest counts.
 */
export const Retention = v.strictObject({ spamDays: days, heldDays: days, submissionDays: days, leadDays: days })

/** Nothing is lost silently: unless told, only spam goes. */
export const usualRetention: Retention = { spamDays: 90, heldDays: null, submissionDays: null, leadDays: null }

const tried = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^(\d{1,5}|never)$/, 'Use whole days, or never.'),
    v.transform((text) => (text === 'never' ? null : Number(text))),
    days,
  ),
)

/** Rules to try out; what is left out is as the form has it. */
export const RetentionQuery = v.strictObject({
  spamDays: tried,
  heldDays: tried,
  submissionDays: tried,
  leadDays: tried,
})

export type Retention = v.InferOutput<typeof Retention>
export type RetentionQuery = v.InferOutput<typeof RetentionQuery>
