import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { scoreLeads } from './score-leads.ts'

const batch = 1000

/** All leads of a workspace are scored anew, by a job. */
export async function scheduleRescore(tx: Tx, workspaceId: string): Promise<void> {
  await addJob(tx, 'rescore', { workspaceId }, { key: `rescore ${workspaceId}` })
}

/** Scores all leads of a workspace, in the order of their ids. One that is stopped leaves a job that goes on from there. */
export async function rescore(
  core: Core,
  { workspaceId, after }: { workspaceId: string; after?: string },
  signal?: AbortSignal,
): Promise<void> {
  let last = after ?? null
  for (;;) {
    const leads = await core.inWorkspace(workspaceId, (tx) =>
      tx.query<{ id: string }>(sql`
        select id from leads where workspace_id = ${workspaceId} and (${last}::uuid is null or id > ${last}::uuid)
        order by id limit ${batch}`),
    )
    const ids = leads.map(({ id }) => id)
    await scoreLeads(core, workspaceId, ids)
    last = ids.at(-1) ?? last
    if (ids.length < batch) return
    if (!signal?.aborted) continue
    return core.inWorkspace(workspaceId, (tx) => addJob(tx, 'rescore', { workspaceId, after: last }))
  }
}

/** Filters that look at the clock change without an event, so their workspaces are scored anew every night. */
export async function rescoreByTheClock(core: Core): Promise<void> {
  for (const workspaceId of await everyWorkspace(core)) {
    await core.inWorkspace(workspaceId, async (tx) => {
      const [moving] = await tx.query(
        sql`select 1 as present from score_rules where workspace_id = ${workspaceId} and enabled and moves limit 1`,
      )
      if (moving) await scheduleRescore(tx, workspaceId)
    })
  }
}
