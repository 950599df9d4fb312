import { type Changes, changesIn } from '../events/changes.ts'
import type { Lead } from './lead.ts'

const columns = [
  'email',
  'phone',
  'name',
  'firstName',
  'lastName',
  'company',
  'externalId',
  'ownerId',
  'stage',
  'lostReason',
  'nextAction',
  'tags',
] as const satisfies (keyof Lead)[]

/** What an event of a change tells; a key of `fields` stands as `fields.<key>`. */
export function changesBetween(before: Lead, after: Lead): Changes {
  const keys = [...new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])]
  const blank = Object.fromEntries(keys.map((key) => [key, null]))
  const fields = changesIn({ ...blank, ...before.fields }, { ...blank, ...after.fields }, keys)
  return {
    ...changesIn(before, after, columns),
    ...Object.fromEntries(Object.entries(fields).map(([key, change]) => [`fields.${key}`, change])),
  }
}
