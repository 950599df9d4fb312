import { everyWorkspace } from '../accounts/every-workspace.ts'
import { linkMemory } from '../confirmations/confirmation.ts'
import type { Core } from '../core.ts'
import { firstIdAt } from '../id.ts'
import { undoDays as mergeUndoDays } from '../merges/undo-merge.ts'
import { sql } from '../postgres/sql.ts'
import { finishErasures } from '../privacy/erase-lead.ts'
import { traceLifetime } from '../spam/statements.ts'
import { undoDays } from './job.ts'
import { purgeDeleted } from './purge-deleted.ts'
import { lookAfterJobs } from './run-job.ts'

/** How many rows one transaction removes, so that none takes long however much has come together. */
const batch = 2000

const expiring = [
  (workspaceId: string, now: Date) => sql`
    delete from idempotency_records where workspace_id = ${workspaceId} and (scope, key) in (
      select scope, key from idempotency_records where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from used_form_tokens where workspace_id = ${workspaceId} and nonce in (
      select nonce from used_form_tokens where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from submission_traces where workspace_id = ${workspaceId} and (form_id, id) in (
      select form_id, id from submission_traces
      where workspace_id = ${workspaceId} and id < ${firstIdAt(new Date(now.getTime() - traceLifetime))} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from sessions where workspace_id = ${workspaceId} and id in (
      select id from sessions where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from refresh_tokens where workspace_id = ${workspaceId} and token_hash in (
      select token_hash from refresh_tokens where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from invites where workspace_id = ${workspaceId} and id in (
      select id from invites where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  // Until then whoever follows an old link is told so.
  (workspaceId: string, now: Date) => sql`
    delete from confirmation_links where workspace_id = ${workspaceId} and id in (
      select id from confirmation_links
      where workspace_id = ${workspaceId} and expires_at <= ${new Date(now.getTime() - linkMemory)} limit ${batch}
    ) returning 1 as gone`,
  // Nobody can undo it any more, so nothing of the people is kept.
  (workspaceId: string, now: Date) => sql`
    update merges set survivor_before = '{}', loser_before = '{}', survivor_after = '{}', moved = '{}'
    where workspace_id = ${workspaceId} and id in (
      select id from merges
      where workspace_id = ${workspaceId} and created_at <= ${new Date(now.getTime() - mergeUndoDays * 86_400_000)} and moved <> '{}' limit ${batch}
    ) returning 1 as gone`,
  // What a job changed goes before the job, so that no statement removes much at once.
  (workspaceId: string, now: Date) => sql`
    delete from job_changes where workspace_id = ${workspaceId} and (job_id, position) in (
      select c.job_id, c.position from jobs j join job_changes c on c.workspace_id = j.workspace_id and c.job_id = j.id
      where ${isOver(workspaceId, now)} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from jobs where workspace_id = ${workspaceId} and id in (
      select id from jobs j where ${isOver(workspaceId, now)} limit ${batch}
    ) returning 1 as gone`,
]

/** Nobody may undo it any more, nor is anybody about to. */
const isOver = (workspaceId: string, now: Date) => sql`
  j.workspace_id = ${workspaceId} and j.finished_at <= ${new Date(now.getTime() - undoDays * 86_400_000)}
  and not exists (select from jobs u where u.workspace_id = j.workspace_id and u.undo_of = j.id and u.finished_at is null)`

/** Removes what is past its time: stored answers, spent form tokens, traces of visitors, sessions, invites, counts of limits, deleted leads, ended jobs. */
export async function forgetExpired(core: Core): Promise<void> {
  const now = core.now()
  await core.outside((tx) => tx.query(sql`delete from rate_limits where expire <= ${now.getTime()}`))
  for (const workspaceId of await everyWorkspace(core)) {
    try {
      await forgetIn(core, workspaceId, now)
    } catch (error) {
      // The next hour tries again; until then the other workspaces shall not wait.
      core.log.warn({ err: error, workspaceId }, 'what is past its time could not all be removed')
    }
  }
}

async function forgetIn(core: Core, workspaceId: string, now: Date): Promise<void> {
  await lookAfterJobs(core, workspaceId)
  for (const statement of expiring) {
    let gone: number
    do {
      gone = (await core.inWorkspace(workspaceId, (tx) => tx.query(statement(workspaceId, now)))).length
    } while (gone === batch)
  }
  await purgeDeleted(core, workspaceId)
  await finishErasures(core, workspaceId)
}
