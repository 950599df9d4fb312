/** A moment as an input of the type datetime-local has it: by the clock on the wall of a time zone. */
export function wallClock(at: string | Date | null, timeZone: string): string {
  if (at === null) return ''
  return formatOf(timeZone).format(new Date(at)).replace(' ', 'T')
}

/** The moment in ISO 8601; what is no wall-clock time is given back as it is, to be refused. */
export function momentOf(text: string, timeZone: string): string {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) || Number.isNaN(Date.parse(`${text}Z`))) return text
  const asUtc = Date.parse(`${text}Z`)
  // The offset a day before or after is the right one, whichever side of a change of clocks it lies.
  const candidates = [-1, 1].map((side) => asUtc - offsetAt(asUtc + side * 86_400_000, timeZone))
  const found = candidates.find((time) => wallClock(new Date(time), timeZone) === text) ?? candidates[0]!
  return new Date(found).toISOString()
}

function offsetAt(time: number, timeZone: string): number {
  return Date.parse(`${wallClock(new Date(time), timeZone)}Z`) - Math.floor(time / 60_000) * 60_000
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  // Sweden writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  formats.set(timeZone, format)
  return format
}
