import { everyWorkspace } from '../accounts/every-workspace.ts'
import type { Core } from '../core.ts'
import { isRefusal, LeadNestError, saidOf } from '../errors.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { lockJob } from './find-jobs.ts'
import { finishJob, tellFeed } from './finish-job.ts'
import type { Job, JobRow } from './job.ts'
import { JobFailure } from './job-failure.ts'
import type { Kind, Outcome } from './kind.ts'
import { kinds } from './kinds.ts'
import { Later } from './later.ts'
import { scheduleRun } from './start-job.ts'

interface Which {
  workspaceId: string
  jobId: string
}

/** How often a batch is tried, smaller each time, before the job has failed. */
const most = 5

/**
 * Does the work of a job. Most kinds go batch by batch, each one transaction with its checkpoint, so that one that was killed goes on
 * where it was; a kind with a `run` of its own, as imports and exports have, sees to that itself: an export begins anew. After `patience` ms, and when it is to stop, it lets others go first. Of two runs of a job one goes on.
 */
export async function runJob(
  core: Core,
  which: Which,
  { signal, patience, size = 500 }: { signal?: AbortSignal; patience?: number; size?: number } = {},
): Promise<void> {
  const begun = await begin(core, which)
  if (!begun) return
  const { job, attempts } = begun
  const batch = Math.ceil(size / 4 ** (attempts - 1))
  try {
    const kind = kinds[job.kind]
    if (!kind) throw new LeadNestError('internal', `Nothing here knows how to do “${job.kind}”.`)
    const until = performance.now() + (patience ?? ('run' in kind ? kind.patience : 5000))
    let outcome: Outcome
    if ('run' in kind) outcome = await kind.run(core, job, { until, signal })
    else
      do outcome = await core.foreground.behind(() => runBatch(core, which, kind, batch))
      while (outcome === 'more' && !signal?.aborted && performance.now() < until)
    if (outcome === 'more') await goOn(core, which)
    if (outcome === 'held') await lookAgain(core, which)
  } catch (error) {
    if (error instanceof Later) return postpone(core, which, error.ms)
    await giveUp(core, which, error, attempts)
  }
}

/** Returns the job, and how often it was begun since its last batch; undefined where it rests or has ended, or somebody else is at it. */
async function begin(
  core: Core,
  { workspaceId, jobId }: Which,
): Promise<{ job: JobRow; attempts: number } | undefined> {
  const begun = await core.inWorkspace(workspaceId, async (tx) => {
    const job = await lockJob(tx, workspaceId, jobId, { skipHeld: true })
    if (!job) return undefined
    if (job.finishedAt || job.status === 'paused') return { job, attempts: 0 }
    const [row] = await tx.query<{ attempts: number }>(sql`
      update jobs set status = 'running', attempts = attempts + 1 where workspace_id = ${workspaceId} and id = ${jobId}
      returning attempts`)
    return { job, attempts: row!.attempts }
  })
  if (!begun) await lookAgain(core, { workspaceId, jobId })
  return begun?.attempts ? begun : undefined
}

async function runBatch(core: Core, which: Which, kind: Kind, size: number): Promise<Outcome> {
  const { workspaceId, jobId } = which
  const ahead = kind.ahead && (await goAhead(core, which, kind.ahead))
  if (ahead === 'held' || ahead === 'over') return ahead
  return core.inWorkspace(workspaceId, async (tx) => {
    const at = core.now()
    const job = await lockJob(tx, workspaceId, jobId, { skipHeld: true })
    if (!job) return 'held'
    if (job.finishedAt) return 'over'
    // Somebody else did that batch meanwhile.
    if (ahead && JSON.stringify(job.checkpoint) !== ahead.from) return 'more'
    const { checkpoint, done, total, result } = await kind.step(core, tx, job, size, ahead?.made)
    await tx.query(sql`
      update jobs set checkpoint = ${checkpoint && JSON.stringify(checkpoint)}, done = ${done}, total = ${checkpoint ? total : done},
        result = ${JSON.stringify(result)}, attempts = 0, progressed_at = ${at}
      where workspace_id = ${workspaceId} and id = ${jobId}`)
    if (checkpoint) await tellFeed(tx, workspaceId)
    else await finishJob(tx, job, { status: 'succeeded' }, job, at)
    return checkpoint ? 'more' : 'over'
  })
}

/** What a kind does before its batch, and at which checkpoint that was. */
async function goAhead(core: Core, { workspaceId, jobId }: Which, work: NonNullable<Kind['ahead']>) {
  const job = await core.inWorkspace(workspaceId, (tx) => lockJob(tx, workspaceId, jobId, { skipHeld: true }))
  if (!job) return 'held'
  if (job.finishedAt) return 'over'
  return { made: await work(core, job), from: JSON.stringify(job.checkpoint) }
}

const goOn = (core: Core, { workspaceId, jobId }: Which) =>
  core.inWorkspace(workspaceId, (tx) => scheduleRun(tx, workspaceId, jobId))

/** Waiting is no attempt. */
const postpone = (core: Core, { workspaceId, jobId }: Which, ms: number) =>
  core.inWorkspace(workspaceId, async (tx) => {
    await tx.query(sql`update jobs set attempts = 0 where workspace_id = ${workspaceId} and id = ${jobId}`)
    await scheduleRun(tx, workspaceId, jobId, { afterSeconds: ms / 1000 })
  })

/** Whoever holds it may die, so it is looked after in a moment. */
const lookAgain = (core: Core, { workspaceId, jobId }: Which) =>
  core.inWorkspace(workspaceId, async (tx) => {
    const [left] = await tx.query(
      sql`select 1 as present from jobs where workspace_id = ${workspaceId} and id = ${jobId} and finished_at is null`,
    )
    if (left) await scheduleRun(tx, workspaceId, jobId, { afterSeconds: 2 })
  })

/** A refusal ends the job. What may go better next time is thrown, so that the worker tries again, a few times. */
async function giveUp(core: Core, { workspaceId, jobId }: Which, error: unknown, attempts: number): Promise<void> {
  const refused = error instanceof JobFailure || isRefusal(error)
  if (!refused && attempts < most) throw error
  const said: Job['error'] =
    error instanceof JobFailure
      ? { code: error.code, detail: error.message, ...(error.row !== undefined && { row: error.row }) }
      : error instanceof LeadNestError
        ? saidOf(error)
        : { code: 'internal', detail: `Something went wrong on our side, ${most} times. Try again later, or tell us.` }
  if (refused) core.log.info({ ...said, workspaceId, jobId }, 'a job failed')
  else core.log.error({ err: error, workspaceId, jobId }, 'a job failed')
  await core.inWorkspace(workspaceId, async (tx) => {
    const job = await lockJob(tx, workspaceId, jobId)
    if (job && !job.finishedAt) await finishJob(tx, job, { status: 'failed', error: said }, job, core.now())
  })
}

/** Jobs of which nothing was heard for an hour get a run: what was to run them may be lost. */
export async function lookAfterJobs(core: Core, workspaceId: string): Promise<void> {
  const before = new Date(core.now().getTime() - 3_600_000)
  await core.inWorkspace(workspaceId, async (tx: Tx) => {
    const silent = await tx.query<{ id: string }>(sql`
      select id from jobs
      where workspace_id = ${workspaceId} and finished_at is null and status <> 'paused' and progressed_at <= ${before}
      limit 1000`)
    for (const { id } of silent) await scheduleRun(tx, workspaceId, id)
  })
}

/** For how long a job that is being done may be silent, in s, before a worker that has just started goes on with it. */
const startsAfter = 3

/** Lets jobs go on that were being done when a worker was killed: what it held is set free only later. Where it lives, of two runs one goes on. */
export async function resumeJobs(core: Core): Promise<void> {
  for (const workspaceId of await everyWorkspace(core))
    await core.inWorkspace(workspaceId, async (tx) => {
      const running = await tx.query<{ id: string }>(sql`
        select id from jobs where workspace_id = ${workspaceId} and finished_at is null and status = 'running' limit 1000`)
      for (const { id } of running) await scheduleRun(tx, workspaceId, id, { afterSeconds: startsAfter })
    })
}
