import * as v from 'valibot'

/** A moment in ISO 8601 with its zone, as in a body; read as UTC with milliseconds, which is how times are answered. */
export const Time = v.pipe(
  v.string(),
  v.check(isMoment, 'Write a time with its zone, like 2026-11-24T09:00:00Z.'),
  v.transform((text) => new Date(text).toISOString()),
)

/** Also whether the day is one of its month, and the year one that people mean. */
function isMoment(text: string): boolean {
  if (!v.ISO_TIMESTAMP_REGEX.test(text)) return false
  const [year, month, day] = text.split(/[-T ]/, 3).map(Number) as [number, number, number]
  const days = new Date(Date.UTC(year, month, 0)).getUTCDate()
  return year >= 1900 && year < 9999 && day <= days && !Number.isNaN(Date.parse(text))
}
