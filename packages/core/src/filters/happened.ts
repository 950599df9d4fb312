import { EventType } from '../events/event.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { FilterContext } from './columns.ts'
import { type Condition, onlyChecked } from './condition.ts'
import { type FilterTest, refuse } from './parse.ts'
import { timeFor } from './values.ts'

/** Whether a test asks for something that happened: a form that was sent, or an event, by its type. */
export const isHappening = ({ field }: FilterTest): boolean => field === 'form' || field === 'event'

const types = new Set<string>(EventType.options)

/** Any time of it counts, or any since the time that was said. */
export function happened(test: FilterTest, context: FilterContext): Condition {
  const { field, operator, values, valuesAt, since, sinceAt, at } = test
  const { workspaceId } = context
  const from =
    since === undefined ? sql`` : sql`and h.created_at >= ${timeFor(since, sinceAt ?? at, context.now)}::timestamptz`
  if (field === 'event' && operator !== '~') {
    const unknown = values.findIndex((value) => !types.has(value))
    if (unknown >= 0)
      throw refuse(
        valuesAt[unknown]!,
        `There is no event “${values[unknown]!.slice(0, 50)}”. Known are ${EventType.options.join(', ')}.`,
      )
  }
  const table = field === 'form' ? sql`submissions h` : sql`events h`
  const is =
    field === 'form'
      ? sql`and h.form_id = any(array(select f.id from forms f where f.workspace_id = ${workspaceId} and (f.slug = any(${values}::text[]) or f.id::text = any(${values}::text[]))))`
      : sql`and h.type = any(${values}::text[])`
  const exists = (condition: Sql) => sql`exists (
    select from ${table} where h.workspace_id = ${workspaceId} and h.lead_id = leads.id ${condition} ${from} offset 0)`
  switch (operator) {
    case 'empty':
      return onlyChecked(sql`not ${exists(sql``)}`)
    case '!=':
      return onlyChecked(sql`not ${exists(is)}`)
    case '=':
    case 'in': {
      const source = sql`select h.lead_id from ${table} where h.workspace_id = ${workspaceId} and h.lead_id is not null ${is} ${from}`
      return { ...onlyChecked(exists(is)), sources: [source] }
    }
    default:
      throw refuse(at, `${field} takes =, !=, in and is empty.`)
  }
}
