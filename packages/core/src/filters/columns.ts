import type { LeadField } from '../fields/field.ts'
import type { Shape } from '../fields/shape.ts'
import { rotten } from '../leads/statements.ts'
import { type Sql, sql } from '../postgres/sql.ts'

/** What a filter is read in: whose leads, their own fields, the country of phone numbers, and what is now. */
export interface FilterContext extends Pick<Shape, 'fields' | 'country'> {
  workspaceId: string
  now: Date
  /** Kept from an earlier day: what contradicts itself by now is nobody's, and no mistake of who asks. */
  kept?: boolean
}

/** What a field is compared as. `choices` are several at once; `day` is a date without a time. */
export type Kind =
  | 'text'
  | 'exact'
  | 'email'
  | 'phone'
  | 'id'
  | 'number'
  | 'integer'
  | 'time'
  | 'day'
  | 'flag'
  | 'choices'
  | 'json'

export interface Column {
  kind: Kind
  sql: Sql
  /** Whether its text stands in `lead_search.text`. */
  searched?: boolean
  /** The name of its values in `lead_search.fields`. */
  key?: string
  /** Whether `leads` has an index of it that goes on with `created_at`. */
  walks?: boolean
}

const name = sql`coalesce(leads.name, nullif(concat_ws(' ', leads.first_name, leads.last_name), ''))`

/** Every column that a filter may name, a line each; what is not here does not exist. */
export const columns: Record<string, Column> = {
  email: { kind: 'email', sql: sql`leads.email`, searched: true },
  phone: { kind: 'phone', sql: sql`leads.phone`, searched: true },
  name: { kind: 'text', sql: name, searched: true },
  firstName: { kind: 'text', sql: sql`leads.first_name`, searched: true },
  lastName: { kind: 'text', sql: sql`leads.last_name`, searched: true },
  company: { kind: 'text', sql: sql`leads.company`, searched: true, key: 'company' },
  externalId: { kind: 'exact', sql: sql`leads.external_id` },
  stage: { kind: 'exact', sql: sql`leads.stage`, walks: true },
  rotten: { kind: 'flag', sql: rotten },
  lostReason: { kind: 'text', sql: sql`leads.lost_reason` },
  ownerId: { kind: 'id', sql: sql`leads.owner_id`, walks: true },
  score: { kind: 'integer', sql: sql`leads.score` },
  createdAt: { kind: 'time', sql: sql`leads.created_at` },
  updatedAt: { kind: 'time', sql: sql`leads.updated_at` },
  lastActivityAt: { kind: 'time', sql: sql`leads.last_activity_at` },
  stageChangedAt: { kind: 'time', sql: sql`coalesce(leads.stage_changed_at, leads.created_at)` },
  nextActionAt: { kind: 'time', sql: sql`leads.next_action_at` },
  ...touch('utmSource'),
  ...touch('utmMedium'),
  ...touch('utmCampaign'),
  ...touch('utmTerm'),
  ...touch('utmContent'),
  ...touch('utmId'),
  ...touch('gclid'),
  ...touch('dclid'),
  ...touch('gbraid'),
  ...touch('wbraid'),
  ...touch('fbclid'),
  ...touch('msclkid'),
  ...touch('ttclid'),
  ...touch('referrer'),
  ...touch('landingPage'),
}

/** The first touch by its name, the last one as `lastUtmSource`. */
function touch(name: string): Record<string, Column> {
  const last = `last${name[0]!.toUpperCase()}${name.slice(1)}`
  return {
    [name]: { kind: 'text', sql: sql`leads.first_attribution ->> ${name}`, key: name },
    [last]: { kind: 'text', sql: sql`leads.last_attribution ->> ${name}`, key: last },
  }
}

const kinds: Record<LeadField['type'], Kind> = {
  text: 'text',
  long_text: 'text',
  number: 'number',
  date: 'day',
  boolean: 'flag',
  select: 'text',
  multi_select: 'choices',
  email: 'text',
  phone: 'text',
  url: 'text',
  json: 'json',
}

/** A field of the workspace's own. What a lead has of another type, from before it was defined, is left out of comparisons. */
export function customColumn({ key, type }: LeadField): Column {
  const value = sql`leads.fields ->> ${key}`
  const typed = (name: string, cast: Sql) =>
    sql`case when jsonb_typeof(leads.fields -> ${key}) = ${name} then (${value})${cast} end`
  const kind = kinds[type]
  const sqlOf = { number: () => typed('number', sql`::numeric`), flag: () => typed('boolean', sql`::boolean`) }
  return {
    kind,
    sql:
      kind === 'number' || kind === 'flag' ? sqlOf[kind]() : kind === 'choices' ? sql`leads.fields -> ${key}` : value,
    ...(kind !== 'json' && { key: `fields.${key}` }),
    ...((kind === 'text' || kind === 'choices') && { searched: true }),
  }
}
