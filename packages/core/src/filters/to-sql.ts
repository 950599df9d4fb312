import { join, type Sql, sql } from '../postgres/sql.ts'
import { type Column, columns, customColumn, type FilterContext } from './columns.ts'
import { allOf, anyOf, type Condition, hasText, hasValue, judged, onlyChecked } from './condition.ts'
import { refuseContradictions } from './contradictions.ts'
import { happened, isHappening } from './happened.ts'
import { imported } from './imported.ts'
import { type Filter, type FilterTest, refuse } from './parse.ts'
import { valueFor } from './values.ts'

const known = [
  ...Object.keys(columns).filter(
    (name) => !/^last[A-Z]/.test(name) || name === 'lastName' || name === 'lastActivityAt',
  ),
  'last<Touch>, as in lastUtmSource',
  'pipeline',
  'tag',
  'form',
  'event',
  'import',
  'fields.<key>',
].join(', ')

/** What a filter asks of `leads`, for a statement that binds `leads.workspace_id`. Throws `invalid_input` with the position. */
export function filterToSql(filter: Filter, context: FilterContext): Condition {
  switch (filter.kind) {
    case 'and':
      if (!context.kept) refuseContradictions(filter, context, columnOf)
      return allOf(filter.parts.map((part) => filterToSql(part, context)))
    case 'or':
      return anyOf(filter.parts.map((part) => filterToSql(part, context)))
    case 'not':
      // Unknown is not true, so what is empty is not like anything, and `not` of it holds.
      return onlyChecked(sql`(${filterToSql(filter.part, context).sql}) is not true`)
    case 'test':
      return testToSql(filter, context)
  }
}

function testToSql(test: FilterTest, context: FilterContext): Condition {
  if (isHappening(test)) return happened(test, context)
  if (test.since !== undefined)
    throw refuse(test.at, `Only form and event take within and since; ${test.field} does not.`)
  if (test.field === 'tag') return tagged(test, context)
  if (test.field === 'pipeline') return inPipeline(test, context)
  if (test.field === 'import') return imported(test, context)
  return comparison(test, columnOf(test, context), context)
}

/** Throws `invalid_input` for a field that is not there. */
export function columnOf({ field, at }: FilterTest, { fields }: FilterContext): Column {
  if (Object.hasOwn(columns, field)) return columns[field]!
  const custom = field.startsWith('fields.') ? fields.get(field.slice('fields.'.length)) : undefined
  if (custom) return customColumn(custom)
  throw refuse(at, `There is no field “${field.slice(0, 70)}”. Known are ${known}.`)
}

function tagged({ operator, values, at }: FilterTest, { workspaceId }: FilterContext): Condition {
  const exists = (condition: Sql) => sql`exists (
    select from lead_tags t where t.workspace_id = ${workspaceId} and t.lead_id = leads.id ${condition} offset 0)`
  switch (operator) {
    case 'empty':
      return onlyChecked(sql`not ${exists(sql``)}`)
    case '!=':
      return onlyChecked(sql`not ${exists(sql`and t.name = ${values[0]}`)}`)
    case '=':
    case 'in': {
      const condition = exists(sql`and t.name = any(${values}::text[])`)
      const { search } = anyOf(values.map((value) => hasValue(workspaceId, 'tag', sql`${value}::text`)))
      const source = sql`select t.lead_id from lead_tags t where t.workspace_id = ${workspaceId} and t.name = any(${values}::text[])`
      return { ...onlyChecked(condition), search, ...(search && { rest: null }), sources: [source] }
    }
    default:
      throw refuse(at, 'tag takes =, !=, in and is empty.')
  }
}

/** By its name or its id. */
function inPipeline({ operator, values, at }: FilterTest, { workspaceId }: FilterContext): Condition {
  if (operator !== '=' && operator !== '!=' && operator !== 'in') throw refuse(at, 'pipeline takes =, != and in.')
  const stages = sql`array(
    select s.key from stages s join pipelines p on p.workspace_id = s.workspace_id and p.id = s.pipeline_id
    where s.workspace_id = ${workspaceId} and (p.id::text = any(${values}::text[]) or lower(p.name) = any(${lowered(values)})))`
  return onlyChecked(operator === '!=' ? sql`leads.stage <> all(${stages})` : sql`leads.stage = any(${stages})`)
}

const ordered = new Set(['text', 'number', 'integer', 'time', 'day'])
const contained = new Set(['text', 'email', 'phone', 'choices', 'json'])
const signs = { '=': sql`=`, '>': sql`>`, '>=': sql`>=`, '<': sql`<`, '<=': sql`<=` }
const casts = { number: sql`::numeric`, time: sql`::timestamptz`, id: sql`::uuid`, flag: sql`::boolean` }
const castOf = (kind: Column['kind']) => (kind in casts ? casts[kind as keyof typeof casts] : sql`::text`)

function comparison(test: FilterTest, column: Column, context: FilterContext): Condition {
  const { field, operator, at } = test
  const { kind } = column
  if (operator === 'empty') return onlyChecked(emptiness(column))
  if (operator === '~') {
    if (!contained.has(kind)) throw refuse(at, `${field} is no text, so it takes no ~.`)
    return containing(test.values[0]!, column, context)
  }
  const isOrder = /^[<>]/.test(operator)
  if (isOrder && !ordered.has(kind)) throw refuse(at, `${field} has no order. Use = or in.`)
  if (kind === 'json') throw refuse(at, `${field} takes ~ and is empty.`)
  const values = test.values.map((value, index) => valueFor(kind, value, test.valuesAt[index]!, context))
  if (operator === '!=') return onlyChecked(sql`(${equal(column, values, context).sql}) is not true`)
  if (!isOrder) return equal(column, values, context)
  if (kind === 'integer') return onlyChecked(integerOrder(column, operator as '>', values[0]!))
  const left = kind === 'text' ? sql`lower(${column.sql})` : column.sql
  const right = kind === 'text' ? sql`lower(${values[0]}::text)` : sql`${values[0]}${castOf(kind)}`
  const condition = sql`${left} ${signs[operator as '>']} ${right}`
  return onlyChecked(kind === 'time' ? condition : judged(condition))
}

function emptiness({ kind, sql: column }: Column): Sql {
  if (kind === 'choices') return sql`coalesce(${column}, 'null') in ('null', '[]')`
  if (kind === 'json') return sql`coalesce(${column}, '') in ('', 'null')`
  return kind === 'text' || kind === 'exact' ? sql`coalesce(${column}, '') = ''` : sql`${column} is null`
}

/** Phone numbers are looked for by their digits; of several choices, any counts. */
function containing(value: string, { kind, sql: column, searched }: Column, { workspaceId }: FilterContext): Condition {
  const digits = kind === 'phone' && /^[\d\s().\-/+]+$/.test(value) ? value.replace(/\D/g, '') : ''
  if (digits !== '') {
    const condition = sql`position(${digits} in regexp_replace(${column}, '[^0-9]', '', 'g')) > 0`
    return { ...onlyChecked(judged(condition)), search: hasText(workspaceId, digits), narrower: true }
  }
  const condition =
    kind === 'choices'
      ? sql`exists (select from jsonb_path_query(${column}, '$[*] ? (@.type() == "string")') as one where position(lower(${value}::text) in lower(one #>> '{}')) > 0)`
      : sql`position(lower(${value}::text) in lower(${column})) > 0`
  return { ...onlyChecked(judged(condition)), search: searched ? hasText(workspaceId, value) : null, narrower: true }
}

function equal(
  { kind, sql: column, key, searched, walks }: Column,
  values: string[],
  { workspaceId }: FilterContext,
): Condition {
  const stored = (value: string) =>
    kind === 'number' ? sql`trim_scale(${value}::numeric)::text` : sql`lower(${value}::text)`
  const { search } = anyOf(
    values.map((value) =>
      key
        ? hasValue(workspaceId, key, stored(value), value)
        : { ...onlyChecked(sql``), search: searched && kind === 'text' ? hasText(workspaceId, value) : null },
    ),
  )
  // Numbers and flags may have been text before their field was defined, and a last touch may stand there as the first.
  const isAll =
    search !== null && key !== undefined && (kind === 'text' || kind === 'choices') && !key.startsWith('last')
  const condition = (() => {
    switch (kind) {
      case 'choices':
        return judged(
          sql`exists (select from jsonb_path_query(${column}, '$[*] ? (@.type() == "string")') as one where lower(one #>> '{}') = any(${lowered(values)}))`,
        )
      case 'text':
        return judged(sql`lower(${column}) = any(${lowered(values)})`)
      case 'integer': {
        const whole = values.map(Number).filter((value) => Number.isInteger(value))
        return sql`${column} = any(${whole}::bigint[])`
      }
      case 'number':
      case 'day':
      case 'flag':
        return judged(sql`${column} = any(${values}${castOf(kind)}[])`)
      default:
        return values.length === 1
          ? sql`${column} = ${values[0]}${castOf(kind)}`
          : sql`${column} = any(${values}${castOf(kind)}[])`
    }
  })()
  return {
    ...onlyChecked(condition),
    search,
    narrower: search !== null,
    ...(isAll && { rest: null }),
    ...(walks && { walk: condition }),
  }
}

const lowered = (values: string[]) => sql`array[${join(values.map((value) => sql`lower(${value}::text)`))}]`

/** Against whole numbers, so that the index is used: a cast of the column to numeric would pass it by. */
function integerOrder({ sql: column }: Column, operator: '>' | '>=' | '<' | '<=', value: string): Sql {
  const number = Number(value)
  const whole = operator === '>' || operator === '<=' ? Math.floor(number) : Math.ceil(number)
  return sql`${column} ${signs[operator]} ${whole}::bigint`
}
