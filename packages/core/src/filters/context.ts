import type { Core } from '../core.ts'
import { readShape, recentShape } from '../fields/shape.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { FilterContext } from './columns.ts'

/** What a filter is read in, inside of a transaction. */
export async function filterContext(tx: Tx, workspaceId: string, now: Date): Promise<FilterContext> {
  return { workspaceId, now, ...(await readShape(tx, workspaceId)) }
}

/** The same before a transaction, as it was at most a second ago. */
export async function recentFilterContext(core: Core, workspaceId: string): Promise<FilterContext> {
  return { workspaceId, now: core.now(), ...(await recentShape(core, workspaceId)) }
}
