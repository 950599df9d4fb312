import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Job, JobRow } from './job.ts'
import { toldAs } from './told-as.ts'

/** Ends a job that the transaction holds. */
export async function finishJob(
  tx: Tx,
  { workspaceId, id, kind }: Pick<JobRow, 'workspaceId' | 'id' | 'kind'>,
  { status, error = null }: { status: 'succeeded' | 'failed' | 'cancelled'; error?: Job['error'] },
  { actor, source }: By,
  at: Date,
): Promise<void> {
  const [{ result } = { result: null }] = await tx.query<Pick<Job, 'result'>>(sql`
    update jobs set status = ${status}, error = ${error && JSON.stringify(error)}, finished_at = ${at}, progressed_at = ${at}
    where workspace_id = ${workspaceId} and id = ${id}
    returning result`)
  const data = { jobId: id, kind, status, result, ...(error && { error }) }
  await recordEvents(tx, workspaceId, [
    newEvent({ type: toldAs(kind, 'finished'), leadId: null, actor, source, data, at }),
  ])
  await tellFeed(tx, workspaceId)
}

/** Open pages look at the jobs again. */
export async function tellFeed(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query(sql`select pg_notify('leadnest_feed', ${JSON.stringify({ workspaceId, type: 'job' })})`)
}
