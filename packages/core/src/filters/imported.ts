import { isId } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { FilterContext } from './columns.ts'
import { type Condition, onlyChecked } from './condition.ts'
import { type FilterTest, refuse } from './parse.ts'

/** Leads that an import added or changed, by its id, as long as its undo knows them. */
export function imported({ operator, values, valuesAt, at }: FilterTest, { workspaceId }: FilterContext): Condition {
  const wrong = values.findIndex((value) => !isId(value))
  if (wrong >= 0) throw refuse(valuesAt[wrong]!, `“${values[wrong]!.slice(0, 50)}” is no id.`)
  const changes = sql`import_changes c where c.workspace_id = ${workspaceId} and c.job_id = any(${values}::uuid[]) and not c.displaced`
  const exists: Sql = sql`exists (select from ${changes} and c.lead_id = leads.id offset 0)`
  switch (operator) {
    case '!=':
      return onlyChecked(sql`not ${exists}`)
    case '=':
    case 'in':
      return { ...onlyChecked(exists), sources: [sql`select c.lead_id from ${changes}`] }
    default:
      throw refuse(at, 'import takes =, != and in.')
  }
}
