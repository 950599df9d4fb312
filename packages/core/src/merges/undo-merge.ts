import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import { lockLead, readLead } from '../leads/find-leads.ts'
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
  moved: Moved & { tags: string[]; newAliases: string[] }
  createdAt: string
  undoneAt: string | null
}

/**
 * Makes two leads of one again: both as they were, but for what was edited since, which stays with the survivor, as does
 * what came in since. Throws `not_found`, and `merge_not_possible` where it was undone already, is older than 90 days, or
 * the survivor is deleted or merged away itself.
 */
export function undoMerge(core: Core, workspaceId: string, id: string, by: By): Promise<UndoneMerge> {
  return core.inWorkspace(workspaceId, (tx) => unmerge(core, tx, workspaceId, id, by))
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
  await tx.query(sql`
    delete from lead_tags where workspace_id = ${workspaceId} and lead_id = ${survivorId} and name = any(${moved.tags})`)
  await tx.query(sql`
    delete from lead_aliases
    where workspace_id = ${workspaceId} and lead_id = ${survivorId} and kind || ' ' || value = any(${moved.newAliases})`)
  const restored = unmergedRow({ now: now!, after: survivorAfter, before: survivorBefore })
  await writeRow(tx, workspaceId, survivorId, { ...restored, updated_at: at })
  await writeRow(tx, workspaceId, loserId, {
    ...loserBefore,
    ...(await freeIdentities(tx, workspaceId, loserBefore)),
    merged_into: null,
    updated_at: at,
  })
  await followRows(tx, workspaceId, [survivorId, loserId])
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
  if (!survivor || !loser || survivor.deleted_at) throw notPossible('The lead is deleted. Bring it back first.')
  if (survivor.merged_into)
    throw notPossible(`This lead was merged into ${survivor.merged_into} since. Undo that merge first.`)
  if (loser.merged_into !== survivorId) throw notPossible('The two are not one lead any more.')
}

const notPossible = (message: string) => new LeadNestError('merge_not_possible', message)

/** The identities that nobody has taken since; the others stay where they are. */
async function freeIdentities(tx: Tx, workspaceId: string, before: Row): Promise<Row> {
  const { email, external_id, phone } = before as Record<string, string | null>
  const [taken] = await tx.query<{ email: boolean; externalId: boolean; phone: boolean }>(sql`
    select
      exists (select from leads where workspace_id = ${workspaceId} and email = ${email}) as email,
      exists (select from leads where workspace_id = ${workspaceId} and external_id = ${external_id}) as external_id,
      ${email}::text is null and exists (
        select from leads where workspace_id = ${workspaceId} and phone = ${phone} and email is null and not phone_shared
      ) as phone`)
  return {
    email: taken!.email ? null : email,
    external_id: taken!.externalId ? null : external_id,
    phone: taken!.phone ? null : phone,
  }
}

/** Merges that a lead survived, newest first. Throws `not_found`. */
export async function listMerges(core: Core, workspaceId: string, leadId: string): Promise<Merge[]> {
  return core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, leadId, { forShare: true })
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
