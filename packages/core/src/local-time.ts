import type { Hours } from './accounts/account.ts'

/** What a clock on the wall shows: `day` like 2026-11-24, `weekday` 1 (Monday) to 7, `clock` like 09:00. */
export interface LocalTime {
  day: string
  weekday: number
  clock: string
}

/** Making a format costs far more than using it. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    })
    formats.set(timeZone, format)
  }
  return format
}

export function localTime(at: Date, timeZone: string): LocalTime {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const day = `${parts.year}-${parts.month}-${parts.day}`
  return { day, weekday: new Date(`${day}T00:00:00Z`).getUTCDay() || 7, clock: `${parts.hour}:${parts.minute}` }
}

/** Whether `at` is within the hours, by the clock on the wall there; null is always open. */
export function isOpen(hours: Hours[] | null, timeZone: string, at: Date): boolean {
  if (hours === null) return true
  const { weekday, clock } = localTime(at, timeZone)
  return hours.some(({ days, from, to }) => days.includes(weekday) && from <= clock && clock < to)
}

const hour = 3_600_000

/** The first moment of a day there, which is no midnight where clocks are put forward at midnight. */
export function startOfDay(day: string, timeZone: string): Date {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const candidates = [midnight - 24 * hour, midnight + 24 * hour]
    .map((near) => midnight - offsetAt(near, timeZone))
    .filter((time) => localTime(new Date(time), timeZone).day === day)
  // A day that was skipped there, as Apia's 30 December 2011, begins where it would have.
  return new Date(candidates.length > 0 ? Math.min(...candidates) : midnight - offsetAt(midnight, timeZone))
}

/** How far the clock on the wall is before UTC, in ms. */
function offsetAt(time: number, timeZone: string): number {
  const { day, clock } = localTime(new Date(time), timeZone)
  return Date.parse(`${day}T${clock}:00Z`) - Math.floor(time / 60_000) * 60_000
}
