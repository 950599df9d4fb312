import { emptyConsents } from '../consents/erase-consents.ts'
import type { Core } from '../core.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { forgetLeadRows } from '../plugins/forget-lead-rows.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { blankSubmissions } from '../submissions/blank-submissions.ts'
import type { Erasing } from './begin-erasure.ts'
import type { Erasure } from './erasure.ts'
import { forgetAnswersOf } from './forget-answers.ts'
import { findUnowned } from './subject.ts'

/** Removes at most so many rows, and returns how many. */
type Step = (core: Core, tx: Tx, erasing: Erasing, limit: number) => Promise<number>

/** What a lead can have much of. */
const steps: Record<string, Step> = {
  consents,
  submissions,
  unowned,
  events,
  notes,
  messages,
  files,
  changes,
  importChanges,
}

/**
 * Removes the next rows of somebody who is being erased, at most `limit`, then the leads themselves with the event of it. Returns
 * how many went now, and the erasure once nothing is left.
 */
export async function eraseNext(
  core: Core,
  tx: Tx,
  erasing: Erasing,
  limit: number,
): Promise<{ gone: number; erased?: Erasure }> {
  const { workspaceId, leadId } = erasing
  const removed = { ...erasing.removed }
  let left = limit
  for (const [name, step] of Object.entries(steps)) {
    const gone = left > 0 ? await step(core, tx, erasing, left) : 0
    if (gone > 0) removed[name] = (removed[name] ?? 0) + gone
    left -= gone
  }
  const gone = limit - left
  if (left > 0) return { gone, erased: await finish(core, tx, { ...erasing, removed }) }
  await tx.query(sql`
    update erasures set removed = ${JSON.stringify(removed)} where workspace_id = ${workspaceId} and lead_id = ${leadId}`)
  return { gone }
}

/** Until the end nobody sees the leads, nor is known by them. A bulk deletion that is undone knows another time than this. */
export async function hide(core: Core, tx: Tx, { workspaceId, ids }: Erasing): Promise<void> {
  await tx.query(sql`
    update leads set
      email = null, phone = null, name = null, first_name = null, last_name = null, company = null, external_id = null,
      fields = '{}', first_attribution = null, last_attribution = null, lost_reason = null, next_action = null,
      next_action_at = null, remind_at = null, score_parts = '[]',
      deleted_at = greatest(${core.now()}, deleted_at + interval '1 millisecond')
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`)
}

async function finish(core: Core, tx: Tx, erasing: Erasing): Promise<Erasure> {
  const { workspaceId, leadId, ids, reason, removed, actor, source, jobId } = erasing
  const at = core.now()
  const mergedIds = ids.filter((id) => id !== leadId)
  await tx.query(sql`delete from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`)
  await tx.query(sql`
    update erasures set known = null, removed = ${JSON.stringify(removed)}, finished_at = ${at}
    where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`)
  // A plugin may have been told of something in the moment in which it began.
  await forgetLeadRows(tx, workspaceId, ids)
  const data = { reason, mergedIds, removed }
  await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.erased', leadId, actor, source, jobId, data, at })])
  return { id: leadId, mergedIds, reason, removed, erasedAt: at.toISOString() }
}

function consents(core: Core, tx: Tx, { actor, source, ...subject }: Erasing, limit: number) {
  return emptyConsents(core, tx, subject, { actor, source }, limit)
}

async function submissions(core: Core, tx: Tx, { workspaceId, ids }: Erasing, limit: number) {
  const rows = await tx.query<{ id: string }>(sql`
    select id from submissions where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) order by id limit ${limit}`)
  return forgetSubmissions(
    core,
    tx,
    workspaceId,
    rows.map(({ id }) => id),
  )
}

async function unowned(core: Core, tx: Tx, erasing: Erasing, limit: number) {
  return forgetSubmissions(core, tx, erasing.workspaceId, await findUnowned(tx, erasing, limit))
}

/** Leaves of these submissions only that there was one, and nothing of what they were answered. */
export async function forgetSubmissions(core: Core, tx: Tx, workspaceId: string, ids: string[]): Promise<number> {
  if (ids.length === 0) return 0
  await forgetAnswersOf(tx, workspaceId, ids)
  await tx.query(sql`
    delete from confirmation_links where workspace_id = ${workspaceId} and submission_id = any(${ids}::uuid[])`)
  await blankSubmissions(tx, workspaceId, { ids }, core.now())
  return ids.length
}

/** The audit log keeps what kind of thing happened, when, and who of the workspace did it. Nobody is told of it any more. */
async function events(_: Core, tx: Tx, { workspaceId, ids }: Erasing, limit: number) {
  const rows = await tx.query<{ id: string }>(sql`
    update events set lead_id = null, data = jsonb_build_object('erased', true, 'leadId', lead_id)
    where workspace_id = ${workspaceId} and id in (
      select id from events where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) order by id limit ${limit}
    )
    returning id`)
  await tx.query(sql`
    select graphile_worker.remove_job('deliver ' || plugin_id || ' ' || id)
    from installed_plugins, unnest(${rows.map(({ id }) => id)}::text[]) as id`)
  return rows.length
}

async function notes(_: Core, tx: Tx, { workspaceId, ids }: Erasing, limit: number) {
  const rows = await tx.query(sql`
    delete from notes where workspace_id = ${workspaceId} and id in (
      select id from notes where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) limit ${limit}
    )
    returning 1 as gone`)
  return rows.length
}

/** What an object store has of them goes by a job of the trigger. */
async function files(_: Core, tx: Tx, { workspaceId, ids }: Erasing, limit: number) {
  const rows = await tx.query(sql`
    delete from files where workspace_id = ${workspaceId} and id in (
      select id from files where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) limit ${limit}
    )
    returning 1 as gone`)
  return rows.length
}

/** All that was said with them, also while nobody knew who they are; the conversations go with the last of it. */
async function messages(_: Core, tx: Tx, { workspaceId, ids, known }: Erasing, limit: number) {
  const theirs = sql`
    workspace_id = ${workspaceId} and (
      lead_id = any(${ids}::uuid[]) or lead_id is null and address = any(${[...known.emails, ...known.phones]})
    )`
  const rows = await tx.query(sql`
    delete from messages where workspace_id = ${workspaceId} and id in (
      select id from messages where workspace_id = ${workspaceId} and conversation_id in (
        select id from conversations where ${theirs}
      ) limit ${limit}
    )
    returning 1 as gone`)
  if (rows.length < limit) await tx.query(sql`delete from conversations where ${theirs}`)
  return rows.length
}

/** What bulk changes wrote down for their undo. */
async function changes(_: Core, tx: Tx, { workspaceId, ids }: Erasing, limit: number) {
  const rows = await tx.query(sql`
    delete from job_changes where workspace_id = ${workspaceId} and (job_id, position) in (
      select job_id, position from job_changes where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) limit ${limit}
    )
    returning 1 as gone`)
  return rows.length
}

/** What imports wrote down for their undo, or of a dry run for its later rows. */
async function importChanges(_: Core, tx: Tx, { workspaceId, ids }: Erasing, limit: number) {
  await tx.query(sql`delete from import_drafts where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`)
  const rows = await tx.query(sql`
    delete from import_changes where workspace_id = ${workspaceId} and (job_id, lead_id) in (
      select job_id, lead_id from import_changes where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) limit ${limit}
    )
    returning 1 as gone`)
  return rows.length
}
