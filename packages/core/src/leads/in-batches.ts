import type { Core } from '../core.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

/** How many leads one transaction holds. */
const size = 200

/**
 * Does `work` for leads, in transactions of their own. It locks them with `lock` and returns those it found. A
 * transaction that held some leads and waited for another could deadlock with a capture; so a batch passes over what
 * somebody else holds, and these are done one by one.
 */
export async function inBatches(
  core: Core,
  workspaceId: string,
  leadIds: string[],
  work: (tx: Tx, leadIds: string[], lock: Sql) => Promise<{ id: string }[]>,
): Promise<void> {
  for (let start = 0; start < leadIds.length; start += size) {
    const batch = leadIds.slice(start, start + size)
    const found = await core.inWorkspace(workspaceId, (tx) => work(tx, batch, sql`for update of leads skip locked`))
    const done = new Set(found.map(({ id }) => id))
    for (const id of batch)
      if (!done.has(id)) await core.inWorkspace(workspaceId, (tx) => work(tx, [id], sql`for update of leads`))
  }
}
