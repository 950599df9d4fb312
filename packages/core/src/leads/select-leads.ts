import type { Core } from '../core.ts'
import type { FilterContext } from '../filters/columns.ts'
import { allOf, type Condition, onlyChecked, searchFor } from '../filters/condition.ts'
import { recentFilterContext } from '../filters/context.ts'
import { parseFilter } from '../filters/parse.ts'
import { checkReferences, referencesIn } from '../filters/references.ts'
import { keptFilter } from '../filters/saved.ts'
import { filterToSql } from '../filters/to-sql.ts'
import { sql } from '../postgres/sql.ts'
import { readSegment } from '../segments/read-segment.ts'
import { normaliseEmail } from './identity.ts'

/** Which leads: all that is named holds. Nothing named is every lead. */
export interface Selection {
  filter?: string | undefined
  q?: string | undefined
  email?: string | undefined
  /** The id of a segment. */
  segment?: string | undefined
  ids?: string[] | undefined
}

/**
 * Leads that are neither deleted nor merged away and that a selection names, for lists, counts, bulk changes and exports:
 * `sql` is the whole condition on `leads`, for a statement that binds `leads.workspace_id`; see `list-leads.ts`
 * for how they are found without reading all. Call it before the transaction that uses it. Throws `invalid_input` with the position in
 * the filter, `unknown_reference` for a segment that is not there, and for what the filter names that is not.
 */
export async function selectLeads(core: Core, workspaceId: string, selection: Selection): Promise<Condition> {
  const context = await recentFilterContext(core, workspaceId)
  const segment = selection.segment === undefined ? undefined : await readSegment(core, workspaceId, selection.segment)
  const condition = allThat(context, [
    ...(segment ? [{ filter: segment.filter, q: segment.q, kept: true }] : []),
    selection,
  ])
  const references = referencesIn(selection.filter, context)
  if (references.length > 0) await core.inWorkspace(workspaceId, (tx) => checkReferences(tx, workspaceId, references))
  return condition
}

/** A part of a selection; of one that was kept, a filter that cannot be read any more is nobody. */
export type SelectionPart = Omit<Selection, 'segment'> & { kept?: boolean }

/** The same where the segment was read before; every part holds. */
export function allThat(context: FilterContext, parts: SelectionPart[]): Condition {
  return allOf([
    // Every row of `lead_search` is a lead that is there.
    { ...onlyChecked(sql`leads.merged_into is null and leads.deleted_at is null`), rest: null },
    ...parts.flatMap(({ email }) => (email === undefined ? [] : [knownBy(normaliseEmail(email), context.workspaceId)])),
    ...parts.flatMap(({ ids }) => (ids === undefined ? [] : [idsIn(ids)])),
    ...parts.flatMap(({ filter, kept }) => (filter ? [filterOf(filter, context, kept)] : [])),
    ...parts.flatMap(({ q }) => searchFor(q ?? '', context.workspaceId) ?? []),
  ])
}

/** By its own e-mail, or by that of a lead that was merged into it. */
function knownBy(email: string, workspaceId: string): Condition {
  return onlyChecked(sql`leads.id = any(array(
    select id from leads where workspace_id = ${workspaceId} and email = ${email}
    union all
    select lead_id from lead_aliases where workspace_id = ${workspaceId} and kind = 'email' and value = ${email}))`)
}

const filterOf = (filter: string, context: FilterContext, kept = false): Condition =>
  kept ? keptFilter(filter, context) : filterToSql(parseFilter(filter), context)

const idsIn = (ids: string[]): Condition => ({
  ...onlyChecked(sql`leads.id = any(${ids}::uuid[])`),
  sources: [sql`select id as lead_id from unnest(${ids}::uuid[]) as id`],
})
