import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Job, JobQuery, JobRow } from './job.ts'
import { undoDays } from './job.ts'
import { undoneBy } from './kinds.ts'

type Read = Omit<Job, 'undoUntil'> & { undone: boolean }

/** What of the jobs `u` take another back for good: those that were cut short do not, nor does one of an import that left some alone, which are tried again. */
export const isForGood = sql`u.status not in ('cancelled', 'failed')
  and not (u.kind = 'import_undo' and u.status = 'succeeded' and u.result ->> 'leftAlone' <> '0')`

/** Whether a job was taken back, or is about to be. */
export const undone = sql`exists (
    select from jobs u where u.workspace_id = jobs.workspace_id and u.undo_of = jobs.id and ${isForGood}
  ) as undone`

/** An undo has none of its own. */
const name = sql`coalesce(
    jobs.input ->> 'name', (select o.input ->> 'name' from jobs o where o.workspace_id = jobs.workspace_id and o.id = jobs.undo_of)
  ) as name`

const columns = sql`
  jobs.id, jobs.kind, ${name}, jobs.status, jsonb_build_object('done', jobs.done, 'total', jobs.total) as progress, jobs.result, jobs.error,
  jobs.actor, jobs.undo_of, jobs.created_at, jobs.finished_at, ${undone}`

function toJob({ undone, ...job }: Read): Job {
  const until = undoneBy(job.kind) && job.finishedAt && !undone ? undoableUntil(job.finishedAt) : null
  return { ...job, undoUntil: until }
}

export const undoableUntil = (finishedAt: string): string =>
  new Date(Date.parse(finishedAt) + undoDays * 86_400_000).toISOString()

/** Throws `not_found`. */
export async function getJob(core: Core, workspaceId: string, id: string): Promise<Job> {
  return core.inWorkspace(workspaceId, (tx) => readJob(tx, workspaceId, id))
}

export async function readJob(tx: Tx, workspaceId: string, id: string): Promise<Job> {
  const [job] = isId(id)
    ? await tx.query<Read>(sql`select ${columns} from jobs where workspace_id = ${workspaceId} and id = ${id}`)
    : []
  if (!job) throw notFound('job')
  return toJob(job)
}

/** Newest first. Throws `invalid_cursor`. */
export async function listJobs(core: Core, workspaceId: string, { limit, cursor }: JobQuery) {
  const list = `${workspaceId} jobs`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const jobs = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Read>(sql`
      select ${columns} from jobs
      where workspace_id = ${workspaceId} and (${before}::uuid is null or id < ${before}::uuid)
      order by id desc
      limit ${limit + 1}`),
  )
  return toPage(jobs.map(toJob), limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
}

/** Holds a job's row until the end of the transaction; with `skipHeld` undefined where somebody else holds it. */
export async function lockJob(
  tx: Tx,
  workspaceId: string,
  id: string,
  { skipHeld = false } = {},
): Promise<(JobRow & { finishedAt: string | null }) | undefined> {
  const [job] = isId(id)
    ? await tx.query<JobRow & { finishedAt: string | null }>(sql`
        select workspace_id, id, kind, status, input, checkpoint, done, total, result, undo_of, actor, source, created_at, finished_at
        from jobs where workspace_id = ${workspaceId} and id = ${id}
        for update ${skipHeld ? sql`skip locked` : sql``}`)
    : []
  return job
}
