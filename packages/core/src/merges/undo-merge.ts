import { keepWaiting } from '../assignment/waiting.ts'
import { keepOptOuts } from '../consents/keep-opt-outs.ts'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { readShape } from '../fields/shape.ts'
import { isId } from '../id.ts'
import { checkLead, readLead } from '../leads/find-leads.ts'
import { orTaken } from '../leads/update-lead.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type Moved, moveBack } from './belongings.ts'
import type { Merge, UndoneMerge } from './merge.ts'
import { type Row, unmergedRow } from './merged-row.ts'
import { followRows, lockRows, writeRow } from './rows.ts'

/** For how long a merge can be undone. */
export const undoDays = 90

interface StoredMerge {
  survivorId: string
  loserId: string
  survivorBefore: Row
  loserBefore: Row
  survivorAfter: Row
  moved: Moved & { tags: string[]; newAliases: string[]; pairs?: string[]; waited?: boolean }
  createdAt: string
  undoneAt: string | null
}

/**
 * Makes two leads of one again: both as they were, but for what was edited since, which stays with the survivor, as does
 * what came in since. Throws `not_found`, and `merge_not_possible` where it was undone already, is older than 90 days, or
 * the survivor is deleted or merged away itself.
 */
export function undoMerge(core: Core, workspaceId: string, id: string, by: By): Promise<UndoneMerge> {
  return orTaken(() => core.inWorkspace(workspaceId, (tx) => unmerge(core, tx, workspaceId, id, by)))
}

/** The same in a transaction that does more; a refusal has written nothing. */
export async function unmerge(core: Core, tx: Tx, workspaceId: string, id: string, by: By): Promise<UndoneMerge> {
  const at = core.now()
  const merge = await lockMerge(tx, workspaceId, id, at)
  const { survivorId, loserId, survivorBefore, survivorAfter, loserBefore, moved } = merge
  const rows = await lockRows(tx, workspaceId, [survivorId, loserId])
  const now = rows.find((row) => row.id === survivorId)
  const loser = rows.find((row) => row.id === loserId)
  checkUndoable(now, loser, survivorId)

  await moveBack(tx, workspaceId, survivorId, loserId, moved)
  await takeBack(tx, workspaceId, survivorId, loserId, moved, at)
  const rowsAfter: [string, Row][] = [
    [survivorId, unmergedRow({ now: now!, after: survivorAfter, before: survivorBefore })],
    [loserId, { ...loserBefore, merged_into: null, deleted_at: null }],
  ]
  for (const [leadId, row] of rowsAfter)
    await writeRow(tx, workspaceId, leadId, {
      ...row,
      ...(await freeIdentities(tx, workspaceId, row, [survivorId, loserId])),
      ...(await standingStage(tx, workspaceId, row)),
      reminded_at: isPast(row.remind_at, at) ? (row.reminded_at ?? at) : row.reminded_at,
      updated_at: at,
    })
  await followRows(tx, workspaceId, [survivorId, loserId])
  // What one of them took back while they were one was not the other's to take back.
  for (const leadId of [survivorId, loserId]) await keepOptOuts(core, tx, workspaceId, [leadId], by)
  await tx.query(sql`update merges set undone_at = ${at} where workspace_id = ${workspaceId} and id = ${id}`)
  const data = { mergeId: id, restoredId: loserId }
  await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.unmerged', leadId: survivorId, ...by, data, at })])
  return {
    lead: await readLead(tx, workspaceId, survivorId),
    restored: await readLead(tx, workspaceId, loserId),
  }
}

async function lockMerge(tx: Tx, workspaceId: string, id: string, at: Date): Promise<StoredMerge> {
  const [merge] = isId(id)
    ? await tx.query<StoredMerge>(sql`
        select survivor_id, loser_id, survivor_before, loser_before, survivor_after, moved, created_at, undone_at
        from merges where workspace_id = ${workspaceId} and id = ${id} for update`)
    : []
  if (!merge) throw notFound('merge')
  if (merge.undoneAt) throw notPossible('This merge was undone already.')
  if (at.getTime() - Date.parse(merge.createdAt) > undoDays * 86_400_000)
    throw notPossible(`A merge can be undone for ${undoDays} days.`)
  return merge
}

function checkUndoable(survivor: Row | undefined, loser: Row | undefined, survivorId: string): void {
  if (!survivor || !loser || survivor.deleted_at)
    throw notPossible('The lead is deleted; only one that is there can be parted again.')
  if (survivor.merged_into)
    throw notPossible(`This lead was merged into ${survivor.merged_into} since. Undo that merge first.`)
  if (loser.merged_into !== survivorId) throw notPossible('The two are not one lead any more.')
}

const notPossible = (message: string) => new LeadNestError('merge_not_possible', message)

/** What the merge gave to the survivor beside the rows that moved. */
async function takeBack(
  tx: Tx,
  workspaceId: string,
  survivorId: string,
  loserId: string,
  moved: StoredMerge['moved'],
  at: Date,
) {
  const { tags, newAliases, pairs = [], waited = false } = moved
  await Promise.all([
    tx.query(
      sql`delete from lead_tags where workspace_id = ${workspaceId} and lead_id = ${survivorId} and name = any(${tags})`,
    ),
    tx.query(sql`
      delete from lead_aliases
      where workspace_id = ${workspaceId} and lead_id = ${survivorId} and kind || ' ' || value = any(${newAliases})`),
    tx.query(sql`
      delete from duplicates where workspace_id = ${workspaceId} and id = any(${pairs}::uuid[]) and dismissed_by is null`),
    waited && keepWaiting(tx, workspaceId, [{ leadId: loserId, ruleId: null }], at),
  ])
}

/** The identities that nobody has taken since; the others stay where they are. */
async function freeIdentities(tx: Tx, workspaceId: string, row: Row, own: string[]): Promise<Row> {
  const { email, external_id, phone } = row as Record<string, string | null>
  const [taken] = await tx.query<{ email: boolean; externalId: boolean; phone: boolean }>(sql`
    select
      exists (select from leads where workspace_id = ${workspaceId} and email = ${email} and id <> all(${own}::uuid[])) as email,
      exists (select from leads where workspace_id = ${workspaceId} and external_id = ${external_id} and id <> all(${own}::uuid[])) as external_id,
      exists (
        select from leads
        where workspace_id = ${workspaceId} and phone = ${phone} and email is null and not phone_shared and id <> all(${own}::uuid[])
      ) as phone`)
  const free = { email: taken!.email ? null : email, external_id: taken!.externalId ? null : external_id }
  // A phone says who somebody is only where there is no e-mail to say it.
  return { ...free, phone: taken!.phone && !free.email ? null : phone }
}

/** The stage that the row had, or the first where that is gone. */
async function standingStage(tx: Tx, workspaceId: string, row: Row): Promise<Row> {
  const [stage] = await tx.query(
    sql`select 1 as present from stages where workspace_id = ${workspaceId} and key = ${row.stage as string} for share`,
  )
  return stage ? {} : { stage: (await readShape(tx, workspaceId)).firstStage, lost_reason: null }
}

const isPast = (time: unknown, at: Date) => typeof time === 'string' && Date.parse(time) <= at.getTime()

/** Merges that a lead survived, newest first. Throws `not_found`. */
export async function listMerges(core: Core, workspaceId: string, leadId: string): Promise<Merge[]> {
  return core.inWorkspace(workspaceId, async (tx) => {
    await checkLead(tx, workspaceId, leadId)
    const merges = await tx.query<Omit<Merge, 'undoUntil'>>(sql`
      select id, survivor_id, loser_id as merged_id, actor, created_at, undone_at from merges
      where workspace_id = ${workspaceId} and survivor_id = ${leadId}
      order by id desc
      limit 100`)
    return merges.map((merge) => ({
      ...merge,
      undoUntil: new Date(Date.parse(merge.createdAt) + undoDays * 86_400_000).toISOString(),
    }))
  })
}
