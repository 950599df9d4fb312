import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import type { ChannelSettings } from '../channels/channel-settings.ts'
import { localTime, startOfDay } from '../local-time.ts'

type QuietHours = NonNullable<ChannelSettings['quietHours']>

const hour = 3_600_000

/** Whether it is quiet there, by the clock on the wall. */
export function isQuiet({ from, to }: QuietHours, timeZone: string, at: Date): boolean {
  const { clock } = localTime(at, timeZone)
  return from < to ? from <= clock && clock < to : clock >= from || clock < to
}

/**
 * When a message may leave: now (null), or the first moment at which it is quiet in none of the zones. A country with many zones
 * may leave no such moment; then the first zone decides.
 */
export function opensAt(quiet: QuietHours, timeZones: string[], at: Date): Date | null {
  const quietAt = (time: Date, zones = timeZones) => zones.some((zone) => isQuiet(quiet, zone, time))
  if (!quietAt(at)) return null
  const openings = (zones: string[]) =>
    zones
      .flatMap((zone) => [0, 1, 2].map((days) => clockAt(quiet.to, zone, new Date(at.getTime() + days * 24 * hour))))
      .filter((time) => time > at)
      .sort((one, other) => one.getTime() - other.getTime())
  const [first] = timeZones
  return (
    openings(timeZones).find((time) => !quietAt(time)) ??
    openings([first!]).find((time) => !quietAt(time, [first!])) ??
    null
  )
}

/** The moment of this day at which the clock there shows `clock`; where it is put forward over it, an hour later. */
function clockAt(clock: string, timeZone: string, near: Date): Date {
  const [hours, minutes] = clock.split(':').map(Number) as [number, number]
  const midnight = startOfDay(localTime(near, timeZone).day, timeZone).getTime()
  const guess = midnight + hours * hour + minutes * 60_000
  const exact = [guess, guess - hour, guess + hour].find((time) => localTime(new Date(time), timeZone).clock === clock)
  return new Date(exact ?? guess)
}

const isZone = (name: unknown): name is string => {
  if (typeof name !== 'string' || !name) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/**
 * The time zones that a lead may be in: what a field says, else those of the country of their phone number, else the workspace's. Of a
 * country with several it is the workspace's first, where that is one of them.
 */
export function zonesOf(
  { phone, fields }: { phone: string | null; fields: Record<string, unknown> },
  { timeZoneField }: QuietHours,
  workspaceZone: string,
): string[] {
  const said = timeZoneField ? fields[timeZoneField] : undefined
  if (isZone(said)) return [said]
  const country = phone ? parsePhoneNumberFromString(phone)?.country : undefined
  const zones = country ? zonesIn(country) : []
  if (zones.length === 0) return [workspaceZone]
  return [...zones].sort((one, other) => Number(other === workspaceZone) - Number(one === workspaceZone))
}

/** Newer engines have a method, older ones the same as a property. */
function zonesIn(country: string): string[] {
  const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & {
    getTimeZones?(): string[] | undefined
    timeZones?: string[]
  }
  return locale.getTimeZones?.() ?? locale.timeZones ?? []
}
