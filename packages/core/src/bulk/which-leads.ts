import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import type { FilterContext } from '../filters/columns.ts'
import { allThat, type Selection, type SelectionPart } from '../leads/select-leads.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { readSegment } from '../segments/read-segment.ts'
import type { BulkInput } from './bulk.ts'

/** Which leads, as a job keeps it: all of it holds, and nothing named is every lead. */
export type Which = Pick<Selection, 'ids'> & { parts: Pick<SelectionPart, 'filter' | 'q' | 'kept'>[] }

/**
 * Reads which leads are meant; of a segment what it says now, so that an edit of it does not change a job that is under
 * way. Throws `invalid_input` where it is said in no way, or in several, and `unknown_reference`.
 */
export async function readWhich(
  core: Core,
  workspaceId: string,
  { filter, q, segment, ids, all }: Pick<BulkInput, 'filter' | 'q' | 'segment' | 'ids' | 'all'>,
): Promise<Which> {
  const ways = [...(filter || q || segment ? ['filter'] : []), ...(ids ? ['ids'] : []), ...(all ? ['all'] : [])]
  if (ways.length === 0)
    throw invalid('filter', 'Say which leads: filter, q, segment, ids, or all: true for every one.')
  if (ways.length > 1) throw invalid(ways[1]!, 'Say in one way which leads: filter, q and segment, or ids, or all.')
  if (ids) return { ids: [...new Set(ids)].sort(), parts: [] }
  const saved = segment === undefined ? undefined : await readSegment(core, workspaceId, segment)
  const parts = [saved && { filter: saved.filter, q: saved.q, kept: true }, { filter, q }].flatMap((part) => part ?? [])
  return { parts }
}

/** A condition on `leads`. Throws `invalid_input` with the position in the filter. */
export const conditionOf = (context: FilterContext, { ids, parts }: Which): Sql =>
  allThat(context, [{ ids }, ...parts]).sql

/** Throws `unknown_reference` for the first id that is no lead. */
export async function checkIds(tx: Tx, workspaceId: string, ids: string[]): Promise<void> {
  const found = await tx.query<{ id: string }>(sql`
    select id from leads
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and deleted_at is null and merged_into is null`)
  const known = new Set(found.map(({ id }) => id))
  const unknown = ids.findIndex((id) => !known.has(id))
  if (unknown >= 0) throw unknownReference(`ids.${unknown}`, 'There is no such lead.')
}
