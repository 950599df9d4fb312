import * as v from 'valibot'
import { Id } from '../id.ts'

/** Of accepted submissions that are no tests. Times are in seconds, from sending to the first act of a person; null without any. */
const figures = {
  submissions: v.number(),
  responded: v.number(),
  waiting: v.number(),
  medianSeconds: v.nullable(v.number()),
  p90Seconds: v.nullable(v.number()),
  withinFiveMinutes: v.number(),
}

const Day = v.pipe(
  v.string(),
  v.check((text) => v.ISO_DATE_REGEX.test(text) && isDay(text), 'Write a day since February 1970, like 2026-11-24.'),
)

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return time >= Date.UTC(1970, 1) && time < Date.UTC(9999, 0) && new Date(time).toISOString().startsWith(text)
}

/** Days of the workspace's time zone, both included; the last 30 unless told. */
export const SpeedQuery = v.strictObject({ from: v.optional(Day), to: v.optional(Day) })

/** `byOwner` goes by who owns the lead now; null is nobody. `byDay` has every day of the range. */
export const SpeedReport = v.object({
  from: v.string(),
  to: v.string(),
  timeZone: v.string(),
  ...figures,
  byOwner: v.array(v.object({ ownerId: v.nullable(Id), ...figures })),
  byForm: v.array(v.object({ formId: Id, formName: v.string(), ...figures })),
  byDay: v.array(v.object({ day: v.string(), ...figures })),
})

/** `seconds` are null while nobody has acted on it. */
export const LeadSpeed = v.object({
  data: v.array(
    v.object({
      submissionId: Id,
      formId: Id,
      createdAt: v.string(),
      respondedAt: v.nullable(v.string()),
      respondedBy: v.nullable(Id),
      seconds: v.nullable(v.number()),
    }),
  ),
  nextCursor: v.null(),
})

export type SpeedQuery = v.InferOutput<typeof SpeedQuery>
export type SpeedReport = v.InferOutput<typeof SpeedReport>
export type LeadSpeed = v.InferOutput<typeof LeadSpeed>['data'][number]
