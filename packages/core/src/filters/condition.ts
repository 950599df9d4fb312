import { join, type Sql, sql } from '../postgres/sql.ts'

/** What is asked of leads, and how those who may answer it are found without reading all. */
export interface Condition {
  /** On `leads`: the whole of it, exactly. */
  sql: Sql
  /** On `lead_search s`: true for every lead that the condition is true for. Null where search cannot tell. */
  search: Sql | null
  /** On `leads`: what is left to check for those that `search` finds. Null where it says all of it. */
  rest: Sql | null
  /** Whether `search` says more than each of the sources. */
  narrower: boolean
  /** Selects of `lead_id` by an index alone, each of which has every lead that the condition is true for. */
  sources: Sql[]
  /** A part of the condition by which the order of creation can be walked. */
  walk?: Sql
}

/**
 * A condition of which Postgres must not guess how many leads answer it: under a forced policy it does not look at its own
 * statistics for what is not leakproof, and takes 1 in 200, so that three of them look like nobody.
 */
export const judged = (condition: Sql): Sql => sql`case when ${condition} then true else false end`

/** A condition that each lead has to be looked at for, or that an index of `leads` answers. */
export const onlyChecked = (condition: Sql): Condition => ({
  sql: condition,
  search: null,
  rest: condition,
  narrower: false,
  sources: [],
})

export function allOf(conditions: Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]!
  const searches = conditions.flatMap(({ search }) => search ?? [])
  const rests = conditions.flatMap(({ rest }) => rest ?? [])
  const walks = conditions.flatMap(({ walk }) => walk ?? [])
  return {
    sql: sql`(${join(
      conditions.map((condition) => condition.sql),
      ' and ',
    )})`,
    search: searches.length > 0 ? sql`(${join(searches, ' and ')})` : null,
    rest: rests.length > 0 ? join(rests, ' and ') : null,
    narrower: searches.length > 1 || conditions.some(({ narrower }) => narrower),
    sources: conditions.flatMap(({ sources }) => sources),
    ...(walks.length > 0 && { walk: join(walks, ' and ') }),
  }
}

export function anyOf(conditions: Condition[]): Condition {
  if (conditions.length === 1) return conditions[0]!
  const any = sql`(${join(
    conditions.map((condition) => condition.sql),
    ' or ',
  )})`
  const searches = conditions.flatMap(({ search }) => search ?? [])
  if (searches.length < conditions.length || searches.length > 20) return onlyChecked(any)
  const isAll = conditions.every(({ rest }) => rest === null)
  return { sql: any, search: sql`(${join(searches, ' or ')})`, rest: isAll ? null : any, narrower: true, sources: [] }
}

/** Longer values do not stand in `lead_search.fields`. */
const maxLength = 200

/** Leads with this among their values of that name; `value` is given as it stands there. */
export function hasValue(workspaceId: string, name: string, value: Sql, text = ''): Condition {
  if (text.length > maxLength) return onlyChecked(sql``)
  const holds = (key: string) =>
    sql`s.fields @> jsonb_build_object(${workspaceId}::text, jsonb_build_object(${key}::text, jsonb_build_array(${value})))`
  // A last touch that is also the first one stands there once.
  const first = /^last([A-Z]\w*)$/.exec(name)?.[1]
  const search = first ? sql`(${holds(name)} or ${holds(first[0]!.toLowerCase() + first.slice(1))})` : holds(name)
  return { ...onlyChecked(sql``), search, narrower: true }
}

/** Three letters or digits in a row are what the index of trigrams needs. */
const isIndexed = (text: string) => /[\p{L}\p{N}]{3}/u.test(text)

/** `_` and `%` are looked for as they are. */
export const pattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

/** Leads with this somewhere in their text, which is cut off where it is very long. */
export const hasText = (workspaceId: string, text: string): Sql | null =>
  isIndexed(text)
    ? sql`(s.text like lower(${pattern(text)}) or ${hasValue(workspaceId, 'truncated', sql`true`).search})`
    : null

/** A search: every word, in any order. Words of one or two letters stand at the beginning of a word; a phone number is looked for by its digits. */
export function searchFor(q: string, workspaceId: string): Condition | null {
  const words = [...new Set(q.normalize('NFC').split(/\s+/).filter(Boolean))].slice(0, 20)
  if (words.length === 0) return null
  const isShort = (word: string) => /^[\p{L}\p{N}]{1,2}$/u.test(word)
  const every = join(
    words.map((word) =>
      isShort(word) ? sql`s.text ~ lower(${`\\m${word}`})` : sql`s.text like lower(${pattern(word)})`,
    ),
    ' and ',
  )
  const digits = /^[\d\s().\-/+]+$/.test(q) ? q.replace(/\D/g, '').replace(/^0+/, '') : ''
  const said = digits.length >= 3 ? sql`(s.text like ${pattern(digits)} or (${every}))` : every
  const condition = sql`exists (select from lead_search s where s.workspace_id = ${workspaceId} and s.lead_id = leads.id and ${said} offset 0)`
  return words.some((word) => isShort(word) || isIndexed(word))
    ? { sql: condition, search: said, rest: null, narrower: true, sources: [] }
    : onlyChecked(condition)
}
