import { isId } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import { type Filter, refuse } from './parse.ts'

type Test = Extract<Filter, { kind: 'test' }>

/** What a field is compared as. */
type Kind = 'text' | 'exact' | 'number' | 'time' | 'id'

interface Column {
  kind: Kind
  sql: Sql
}

/** Every column that a filter may name; what is not here does not exist. */
const columns: Record<string, Column> = {
  email: { kind: 'text', sql: sql`leads.email` },
  phone: { kind: 'text', sql: sql`leads.phone` },
  name: { kind: 'text', sql: sql`coalesce(leads.name, nullif(concat_ws(' ', leads.first_name, leads.last_name), ''))` },
  firstName: { kind: 'text', sql: sql`leads.first_name` },
  lastName: { kind: 'text', sql: sql`leads.last_name` },
  company: { kind: 'text', sql: sql`leads.company` },
  externalId: { kind: 'exact', sql: sql`leads.external_id` },
  stage: { kind: 'exact', sql: sql`leads.stage` },
  lostReason: { kind: 'text', sql: sql`leads.lost_reason` },
  ownerId: { kind: 'id', sql: sql`leads.owner_id` },
  score: { kind: 'number', sql: sql`leads.score` },
  createdAt: { kind: 'time', sql: sql`leads.created_at` },
  updatedAt: { kind: 'time', sql: sql`leads.updated_at` },
  lastActivityAt: { kind: 'time', sql: sql`leads.last_activity_at` },
  utmSource: { kind: 'text', sql: sql`leads.first_attribution ->> 'utmSource'` },
  utmMedium: { kind: 'text', sql: sql`leads.first_attribution ->> 'utmMedium'` },
  utmCampaign: { kind: 'text', sql: sql`leads.first_attribution ->> 'utmCampaign'` },
}

const known = [...Object.keys(columns), 'tag', 'form', 'fields.<name>'].join(', ')

/** A condition on `leads`, for a statement that binds `leads.workspace_id`. Throws `invalid_input` with the position. */
export function filterToSql(filter: Filter, workspaceId: string, now: Date): Sql {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const [first, ...rest] = filter.parts.map((part) => filterToSql(part, workspaceId, now))
      const word = filter.kind === 'and' ? sql` and ` : sql` or `
      return sql`(${rest.reduce((left, right) => sql`${left}${word}${right}`, first!)})`
    }
    case 'not':
      // Unknown is not true, so what is empty is not like anything, and `not` of it holds.
      return sql`(${filterToSql(filter.part, workspaceId, now)}) is not true`
    case 'test':
      return testToSql(filter, workspaceId, now)
  }
}

function testToSql(test: Test, workspaceId: string, now: Date): Sql {
  if (test.field === 'tag') {
    return existence(
      test,
      (condition) => sql`exists (
      select from lead_tags t where t.workspace_id = ${workspaceId} and t.lead_id = leads.id ${condition ? sql`and t.name ${condition}` : sql``})`,
    )
  }
  if (test.field === 'form') {
    return existence(
      test,
      (condition) => sql`exists (
      select from submissions s join forms f on f.workspace_id = s.workspace_id and f.id = s.form_id
      where s.workspace_id = ${workspaceId} and s.lead_id = leads.id ${condition ? sql`and f.slug ${condition}` : sql``})`,
    )
  }
  const custom = /^fields\.(.{1,63})$/.exec(test.field)?.[1]
  if (custom) return comparison(test, customColumn(test, custom), now)
  const column = Object.hasOwn(columns, test.field) ? columns[test.field] : undefined
  if (!column) throw refuse(test.at, `There is no field “${test.field.slice(0, 50)}”. Known are ${known}.`)
  return comparison(test, column, now)
}

/** `>` and its like compare numbers where the value is one; a field that holds text is then left out. */
function customColumn({ operator, values }: Test, name: string): Column {
  const ordered = /^[<>]/.test(operator) && /^-?\d+(\.\d+)?$/.test(values[0]!)
  if (!ordered) return { kind: 'text', sql: sql`leads.fields ->> ${name}` }
  const number = sql`case when jsonb_typeof(leads.fields -> ${name}) = 'number' then (leads.fields ->> ${name})::numeric end`
  return { kind: 'number', sql: number }
}

/** Of what a lead has several: any of them counts. */
function existence({ field, operator, values, at }: Test, exists: (condition: Sql | null) => Sql): Sql {
  switch (operator) {
    case 'empty':
      return sql`not ${exists(null)}`
    case '=':
      return exists(sql`= ${values[0]}`)
    case '!=':
      return sql`not ${exists(sql`= ${values[0]}`)}`
    case 'in':
      return exists(sql`= any(${values})`)
    default:
      throw refuse(at, `${field} takes =, !=, in and is empty.`)
  }
}

function comparison({ field, operator, values, at }: Test, { kind, sql: column }: Column, now: Date): Sql {
  if (operator === 'empty')
    return kind === 'text' || kind === 'exact' ? sql`coalesce(${column}, '') = ''` : sql`${column} is null`
  if (operator === '~') {
    if (kind !== 'text') throw refuse(at, `${field} is no text, so it takes no ~.`)
    return sql`position(lower(${values[0]}) in lower(${column})) > 0`
  }
  if ((kind === 'exact' || kind === 'id') && /^[<>]/.test(operator))
    throw refuse(at, `${field} has no order. Use = or in.`)
  const left = kind === 'text' ? sql`lower(${column})` : column
  const [value, ...others] = values.map((value) => valueFor(kind, value, at, now))
  if (operator === 'in') return sql`${left} = any(${[value, ...others]}${arrays[kind]})`
  // The cast keeps Postgres from taking 0.5 for an integer, because the column is one.
  const right = sql`${value}${scalars[kind]}`
  return operator === '!=' ? sql`(${left} = ${right}) is not true` : sql`${left}${signs[operator]}${right}`
}

const signs = { '=': sql` = `, '>': sql` > `, '>=': sql` >= `, '<': sql` < `, '<=': sql` <= ` }
const scalars = {
  text: sql`::text`,
  exact: sql`::text`,
  number: sql`::numeric`,
  time: sql`::timestamptz`,
  id: sql`::uuid`,
}
const arrays = {
  text: sql`::text[]`,
  exact: sql`::text[]`,
  number: sql`::numeric[]`,
  time: sql`::timestamptz[]`,
  id: sql`::uuid[]`,
}

function valueFor(kind: Kind, value: string, at: number, now: Date): string | number | Date {
  switch (kind) {
    case 'text':
      return value.toLowerCase()
    case 'exact':
      return value
    case 'number':
      if (/^-?\d{1,15}(\.\d{1,10})?$/.test(value)) return Number(value)
      throw refuse(at, `“${value.slice(0, 50)}” is no number.`)
    case 'id':
      if (isId(value)) return value
      throw refuse(at, `“${value.slice(0, 50)}” is no id.`)
    case 'time':
      return timeFor(value, at, now)
  }
}

const units: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** A time is ISO 8601 (a day is its beginning in UTC), or so long ago: -24h, -7d, -4w. */
function timeFor(value: string, at: number, now: Date): Date {
  const ago = /^-(\d{1,4})([hdw])$/.exec(value)
  if (ago) return new Date(now.getTime() - Number(ago[1]) * units[ago[2]!]!)
  const time = /^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(value) ? new Date(value) : new Date(Number.NaN)
  if (Number.isNaN(time.getTime()))
    throw refuse(at, `“${value.slice(0, 50)}” is no time. Write 2026-11-24, 2026-11-24T09:00:00Z or -7d.`)
  return time
}
