import { raw } from 'sql-template-tag'
import { everyWorkspace } from '../accounts/every-workspace.ts'
import { linkMemory } from '../confirmations/confirmation.ts'
import type { Core } from '../core.ts'
import { forgetFiles, forgetUnfinished } from '../files/remove-file.ts'
import { firstIdAt } from '../id.ts'
import { letGoOfImports } from '../imports/let-go.ts'
import { undoDays as mergeUndoDays } from '../merges/undo-merge.ts'
import { earlyMemory } from '../messages/early-statuses.ts'
import { type Sql, sql } from '../postgres/sql.ts'
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
  (workspaceId: string, now: Date) => sql`
    delete from early_statuses where workspace_id = ${workspaceId} and (channel, provider_id, status) in (
      select channel, provider_id, status from early_statuses
      where workspace_id = ${workspaceId} and created_at <= ${new Date(now.getTime() - earlyMemory)} limit ${batch}
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
  ...['import_batches', 'import_changes', 'import_errors'].map(
    (table) => (workspaceId: string, now: Date) => ofJobs(workspaceId, table, isOver(workspaceId, now)),
  ),
  // Copies of leads, of no use behind the dry run: one that was cancelled, or that failed, left its own.
  (workspaceId: string) =>
    ofJobs(workspaceId, 'import_drafts', sql`j.workspace_id = ${workspaceId} and j.finished_at is not null`),
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

/** Of no workspace. */
const expiringOutside = [
  (now: Date) => sql`
    delete from rate_limits where key in (
      select key from rate_limits where expire <= ${now.getTime()} limit ${batch}
    ) returning 1 as gone`,
  (now: Date) => sql`
    delete from password_resets where user_id in (
      select user_id from password_resets where expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
]

/** Nobody may undo it any more, nor is anybody about to. */
const isOver = (workspaceId: string, now: Date) => sql`
  j.workspace_id = ${workspaceId} and j.finished_at <= ${new Date(now.getTime() - undoDays * 86_400_000)}
  and not exists (select from jobs u where u.workspace_id = j.workspace_id and u.undo_of = j.id and u.finished_at is null)`

const ofJobs = (workspaceId: string, table: string, which: Sql) => sql`
  delete from ${raw(table)} where ctid = any (array(
    select c.ctid from jobs j join ${raw(table)} c on c.workspace_id = j.workspace_id and c.job_id = j.id
    where ${which} limit ${batch}
  )) and workspace_id = ${workspaceId} returning 1 as gone`

/** Removes what is past its time: stored answers, spent form tokens, traces of visitors, sessions, invites, counts of limits, links to set a password, files, deleted leads, ended jobs. */
export async function forgetExpired(core: Core): Promise<void> {
  const now = core.now()
  const outside = (statement: Sql) => core.outside((tx) => tx.query(statement))
  for (const statement of expiringOutside) await orNextHour(core, {}, () => removeAll(outside, statement(now)))
  const workspaceIds = await everyWorkspace(core)
  for (const workspaceId of workspaceIds)
    await orNextHour(core, { workspaceId }, () => forgetIn(core, workspaceId, now))
  // A store lists them for all at once.
  await orNextHour(core, {}, () => forgetUnfinished(core, workspaceIds))
}

/** What fails is tried again in the next hour; until then the others shall not wait. */
async function orNextHour(core: Core, where: object, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    core.log.warn({ err: error, ...where }, 'what is past its time could not all be removed')
  }
}

async function removeAll(run: (statement: Sql) => Promise<unknown[]>, statement: Sql): Promise<void> {
  while ((await run(statement)).length === batch);
}

async function forgetIn(core: Core, workspaceId: string, now: Date): Promise<void> {
  await lookAfterJobs(core, workspaceId)
  const run = (statement: Sql) => core.inWorkspace(workspaceId, (tx) => tx.query(statement))
  for (const statement of expiring) await removeAll(run, statement(workspaceId, now))
  await letGoOfImports(core, workspaceId)
  await forgetFiles(core, workspaceId)
  await purgeDeleted(core, workspaceId)
  await finishErasures(core, workspaceId)
}
