import { LeadNestError } from '../errors.ts'
import { join, type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { FilterContext } from './columns.ts'
import { hasValue } from './condition.ts'
import { parseFilter } from './parse.ts'
import { testsOf } from './saved.ts'

/** Something of the workspace that a filter names. */
interface Reference {
  field: string
  value: string
  at: number
}

const nouns: Record<string, string> = {
  stage: 'stage',
  pipeline: 'pipeline',
  form: 'form',
  tag: 'tag',
  ownerId: 'member',
  import: 'import',
}

/** What a filter names, and only the database can tell whether it is there. Options of today's fields are not asked for. */
export function referencesIn(filter: string | undefined, { fields }: Pick<FilterContext, 'fields'>): Reference[] {
  if (!filter) return []
  return testsOf(parseFilter(filter)).flatMap(({ field, operator, values, valuesAt }) => {
    if (operator !== '=' && operator !== '!=' && operator !== 'in') return []
    const { type, options = [] } = fields.get(field.replace(/^fields\./, '')) ?? {}
    const isChoice = field.startsWith('fields.') && (type === 'select' || type === 'multi_select')
    if (!isChoice && !Object.hasOwn(nouns, field)) return []
    const known = new Set(options.map(({ value }) => value.normalize('NFC').toLowerCase()))
    return values.flatMap((value, index) =>
      isChoice && (value === '' || value.length > 200 || known.has(value.toLowerCase()))
        ? []
        : [{ field, value, at: valuesAt[index]! }],
    )
  })
}

/**
 * Refuses names that nothing has, in one look-up: `not stage = wno` would be every lead. A former member is known while
 * a lead is theirs, and an option that is gone while a lead has it. Throws `unknown_reference` with the position.
 */
export async function checkReferences(tx: Tx, workspaceId: string, references: Reference[]): Promise<void> {
  if (references.length === 0) return
  const asked = [...Map.groupBy(references, ({ field }) => field)].map(
    ([field, those]) => sql`
      select k.at from unnest(${those.map(({ at }) => at)}::integer[], ${those.map(({ value }) => value)}::text[]) as k (at, value)
      where not ${existing(workspaceId, field)}`,
  )
  const [missing] = await tx.query<{ at: number }>(sql`${join(asked, ' union all ')} order by at limit 1`)
  const unknown = references.find(({ at }) => at === missing?.at)
  if (!unknown) return
  const shown = `“${unknown.value.slice(0, 50)}”`
  const noun = nouns[unknown.field]
  const message = noun ? `There is no ${noun} ${shown}.` : `${unknown.field} has no option ${shown}.`
  throw new LeadNestError('unknown_reference', 'The filter names something that is not there.', {
    issues: [{ path: 'filter', message: `Position ${unknown.at + 1}: ${message}` }],
  })
}

/** Whether `k.value` is there. */
function existing(workspaceId: string, field: string): Sql {
  const within = (table: Sql, condition: Sql) =>
    sql`exists (select from ${table} t where t.workspace_id = ${workspaceId} and ${condition} offset 0)`
  switch (field) {
    case 'stage':
      return within(sql`stages`, sql`t.key = k.value`)
    case 'pipeline':
      return within(sql`pipelines`, sql`(t.id::text = k.value or lower(t.name) = lower(k.value))`)
    case 'form':
      return within(sql`forms`, sql`(t.slug = k.value or t.id::text = k.value)`)
    case 'tag':
      return within(sql`tags`, sql`t.name = k.value`)
    case 'import':
      return within(sql`jobs`, sql`t.id = k.value::uuid and t.kind = 'import'`)
    case 'ownerId':
      return sql`(${within(sql`memberships`, sql`t.user_id = k.value::uuid`)} or ${within(sql`leads`, sql`t.owner_id = k.value::uuid`)})`
    default:
      return sql`exists (
        select from lead_search s where s.workspace_id = ${workspaceId} and ${hasValue(workspaceId, field, sql`lower(k.value)`).search} offset 0)`
  }
}
