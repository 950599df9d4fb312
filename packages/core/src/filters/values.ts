import { LeadNestError } from '../errors.ts'
import { isId } from '../id.ts'
import { normaliseEmail } from '../leads/identity.ts'
import { normalisePhone } from '../leads/phone.ts'
import type { FilterContext, Kind } from './columns.ts'
import { refuse } from './parse.ts'

/** A value as a kind of field is compared with it. Throws `invalid_input` with the position. */
export function valueFor(kind: Kind, text: string, at: number, { now, country }: FilterContext): string {
  const shown = `“${text.slice(0, 50)}”`
  switch (kind) {
    case 'email':
      return normalised(() => normaliseEmail(text)) ?? text.toLowerCase()
    case 'phone':
      return normalised(() => normalisePhone(text, country)) ?? text
    case 'number':
    case 'integer':
      if (/^-?\d{1,15}(\.\d{1,10})?$/.test(text)) return text
      throw refuse(at, `${shown} is no number.`)
    case 'id':
      if (isId(text)) return text.toLowerCase()
      throw refuse(at, `${shown} is no id.`)
    case 'flag':
      if (text === 'true' || text === 'false') return text
      throw refuse(at, `Write true or false, not ${shown}.`)
    case 'time':
      return timeFor(text, at, now).toISOString()
    case 'day':
      return timeFor(text, at, now).toISOString().slice(0, 10)
    default:
      return text
  }
}

/** Undefined for what cannot be normalised: it is nobody's. */
function normalised(read: () => string): string | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof LeadNestError) return undefined
    throw error
  }
}

const units: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A time is ISO 8601 (UTC where it does not say; a day is its beginning), so long ago (-24h, -7d, -4w), or so far ahead (+7d). */
export function timeFor(text: string, at: number, now: Date): Date {
  const relative = /^([+-])(\d{1,4})([hdw])$/.exec(text)
  if (relative) {
    const span = Number(relative[2]) * units[relative[3]!]!
    return new Date(now.getTime() + (relative[1] === '-' ? -span : span))
  }
  const iso = /^(?!0000)\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.exec(text)
  const time = new Date(iso ? `${text}${iso[1] && !iso[2] ? 'Z' : ''}` : Number.NaN)
  // A zone may move it out of the years that Postgres and ISO 8601 share.
  if (!(time.getTime() >= Date.UTC(1000, 0) && time.getTime() < Date.UTC(9999, 0)))
    throw refuse(at, `“${text.slice(0, 50)}” is no time. Write 2026-11-24, 2026-11-24T09:00:00Z, -7d or +7d.`)
  return time
}
