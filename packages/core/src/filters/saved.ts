import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { FilterContext } from './columns.ts'
import { type Condition, onlyChecked } from './condition.ts'
import { type Filter, type FilterTest, parseFilter, refuse } from './parse.ts'
import { filterToSql } from './to-sql.ts'

/** Reads a filter that is about to be kept; an empty one is everybody, and has no tests. Throws `invalid_input`. */
export function checkFilter(text: string, context: FilterContext): FilterTest[] {
  if (text === '') return []
  const filter = parseFilter(text)
  filterToSql(filter, context)
  const tests = testsOf(filter)
  const passing = tests.find(({ field }) => field === 'import')
  // `not import = …` would become everybody.
  if (passing) throw refuse(passing.at, 'An import is known for 30 days, and this is kept for longer: tag its leads.')
  return tests
}

export function testsOf(filter: Filter): FilterTest[] {
  if (filter.kind === 'test') return [filter]
  return filter.kind === 'not' ? testsOf(filter.part) : filter.parts.flatMap(testsOf)
}

/** A filter that was kept, as a condition. One that cannot be read any more, as its field is gone, is nobody. */
export function savedFilter(core: Core, text: string, context: FilterContext): Sql {
  return keptFilter(text, context, (message) =>
    core.log.warn({ workspaceId: context.workspaceId, filter: text }, `A filter matches nobody: ${message}`),
  ).sql
}

/** The same with how its leads are found. */
export function keptFilter(
  text: string,
  context: FilterContext,
  tell: (message: string) => void = () => {},
): Condition {
  if (text === '') return onlyChecked(sql`true`)
  try {
    return filterToSql(parseFilter(text), { ...context, kept: true })
  } catch (error) {
    if (!(error instanceof LeadNestError)) throw error
    tell(error.message)
    return onlyChecked(sql`false`)
  }
}
