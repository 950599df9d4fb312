import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addJob } from './add-job.ts'
import { readJob } from './find-jobs.ts'
import type { Job } from './job.ts'
import { kinds } from './kinds.ts'
import { toldAs } from './told-as.ts'

/** Adds a job that runs as soon as a worker is free; `afterSeconds` where whoever adds it begins with it. */
export async function startJob(
  core: Core,
  tx: Tx,
  workspaceId: string,
  {
    kind,
    input,
    undoOf = null,
    afterSeconds = 0,
  }: { kind: string; input: object; undoOf?: string | null; afterSeconds?: number },
  { actor, source }: By,
): Promise<Job> {
  const at = core.now()
  const id = newId(at.getTime())
  await tx.query(sql`
    insert into jobs (workspace_id, id, kind, input, undo_of, actor, source, created_at, progressed_at)
    values (${workspaceId}, ${id}, ${kind}, ${JSON.stringify(input)}, ${undoOf}, ${JSON.stringify(actor)}, ${source}, ${at}, ${at})`)
  await scheduleRun(tx, workspaceId, id, { afterSeconds })
  const type = toldAs(kind, 'started')
  // The words of an import stay with its job.
  const data = { jobId: id, kind, ...(type === 'job.started' && { input }), ...(undoOf && { undoOf }) }
  await recordEvents(tx, workspaceId, [newEvent({ type, leadId: null, actor, source, data, at })])
  return readJob(tx, workspaceId, id)
}

/** Lets a worker go on with a job; `afterSeconds` where somebody else may be at it. */
export async function scheduleRun(
  tx: Tx,
  workspaceId: string,
  jobId: string,
  { afterSeconds = 0 }: { afterSeconds?: number } = {},
): Promise<void> {
  const [job] = await tx.query<{ kind: string }>(
    sql`select kind from jobs where workspace_id = ${workspaceId} and id = ${jobId}`,
  )
  const kind = job && kinds[job.kind]
  const task = kind && 'byPlugins' in kind ? 'run_plugin_job' : 'run_job'
  const at = afterSeconds > 0 ? { at: new Date(Date.now() + afterSeconds * 1000) } : {}
  await addJob(tx, task, { workspaceId, jobId }, { key: `run_job ${jobId}`, ...at })
}
