import { invalid } from '../errors.ts'
import { findStage, unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { LeadPatch } from './lead.ts'

/**
 * Moves leads to a stage and hands them to an owner. A lost reason goes with a lost stage. Throws `unknown_reference`, and
 * `invalid_input` for a reason where the stage is not lost.
 */
export async function place(
  tx: Tx,
  workspaceId: string,
  ids: string[],
  { stage, ownerId, lostReason }: Pick<LeadPatch, 'stage' | 'ownerId' | 'lostReason'>,
  at: Date,
): Promise<void> {
  const kind = stage === undefined ? undefined : (await findStage(tx, workspaceId, stage)).kind
  if (ownerId) await checkMember(tx, workspaceId, ownerId)
  if (lostReason && kind !== 'lost' && (kind || (await isAnyNotLost(tx, workspaceId, ids))))
    throw invalid('lostReason', 'A reason goes with a lost stage. Move the lead to one, or leave the reason out.')
  await tx.query(sql`
    update leads set
      stage_changed_at = case when stage <> coalesce(${stage}, stage) then ${at}::timestamptz else stage_changed_at end,
      stage = coalesce(${stage}, stage),
      lost_reason = ${kind && kind !== 'lost' ? sql`null` : lostReason === undefined ? sql`lost_reason` : sql`${lostReason || null}`},
      owner_id = ${ownerId === undefined ? sql`owner_id` : sql`${ownerId}::uuid`}
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`)
}

async function isAnyNotLost(tx: Tx, workspaceId: string, ids: string[]): Promise<boolean> {
  const open = await tx.query(sql`
    select 1 as present from leads l join stages s on s.workspace_id = l.workspace_id and s.key = l.stage
    where l.workspace_id = ${workspaceId} and l.id = any(${ids}::uuid[]) and s.kind <> 'lost'
    limit 1`)
  return open.length > 0
}

/** Throws `unknown_reference` for somebody who is no member of this workspace. */
export async function checkMember(
  tx: Tx,
  workspaceId: string,
  userId: string,
  { path = 'ownerId' } = {},
): Promise<string> {
  const [member] = await tx.query(
    sql`select 1 as present from memberships where workspace_id = ${workspaceId} and user_id = ${userId}`,
  )
  if (!member) throw unknownReference(path, 'There is no such member.')
  return userId
}
