import { eraseConsents } from '../consents/erase-consents.ts'
import type { Core } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { removeAll } from '../merges/belongings.ts'
import { sql } from '../postgres/sql.ts'

/** For how long a deleted lead can come back. */
export const keptDays = 30
/** How many leads one transaction removes: each has a whole history. */
const batch = 20

/** Removes for good what was deleted more than 30 days ago, with all that hangs on it. */
export async function purgeDeleted(core: Core, workspaceId: string): Promise<void> {
  const at = core.now()
  const before = new Date(at.getTime() - keptDays * 86_400_000)
  let gone: number
  do {
    gone = await core.inWorkspace(workspaceId, async (tx) => {
      const leads = await tx.query<{ id: string }>(sql`
        select id from leads where workspace_id = ${workspaceId} and deleted_at <= ${before} order by id limit ${batch} for update`)
      const ids = leads.map(({ id }) => id)
      if (ids.length === 0) return 0
      await eraseConsents(core, tx, workspaceId, ids, bySystem)
      await removeAll(tx, workspaceId, ids, at)
      const events = ids.map((leadId) =>
        newEvent({ type: 'lead.purged', leadId: null, ...bySystem, data: { leadId }, at }),
      )
      await recordEvents(tx, workspaceId, events)
      return ids.length
    })
  } while (gone === batch)
}
