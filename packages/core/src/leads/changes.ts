import type { Lead } from './lead.ts'

/** What changed, each with the value before and after. */
export type Changes = Record<string, [before: unknown, after: unknown]>

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
] as const satisfies (keyof Lead)[]

/** What an event of a change tells; a key of `fields` stands as `fields.<key>`. */
export function changesBetween(before: Lead, after: Lead): Changes {
  const changes: Changes = {}
  const compare = (name: string, was: unknown, is: unknown) => {
    if (JSON.stringify(was) !== JSON.stringify(is)) changes[name] = [was, is]
  }
  for (const column of columns) compare(column, before[column], after[column])
  for (const key of new Set([...Object.keys(before.fields), ...Object.keys(after.fields)]))
    compare(`fields.${key}`, before.fields[key] ?? null, after.fields[key] ?? null)
  compare('tags', before.tags, after.tags)
  return changes
}
