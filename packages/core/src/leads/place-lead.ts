import { findStage, unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { LeadPatch } from './lead.ts'

/** Moves leads to a stage and hands them to an owner. A lost reason goes with a lost stage. Throws `unknown_reference`. */
export async function place(
  tx: Tx,
  workspaceId: string,
  ids: string[],
  { stage, ownerId, lostReason }: Pick<LeadPatch, 'stage' | 'ownerId' | 'lostReason'>,
  at: Date,
): Promise<void> {
  const kind = stage === undefined ? undefined : (await findStage(tx, workspaceId, stage)).kind
  if (ownerId) await checkMember(tx, workspaceId, ownerId)
  const leaves = kind !== undefined && kind !== 'lost'
  await tx.query(sql`
    update leads set
      stage_changed_at = case when stage <> coalesce(${stage}, stage) then ${at}::timestamptz else stage_changed_at end,
      stage = coalesce(${stage}, stage),
      lost_reason = ${lostReason !== undefined ? sql`${lostReason || null}` : leaves ? sql`case when stage <> ${stage} then null else lost_reason end` : sql`lost_reason`},
      owner_id = ${ownerId === undefined ? sql`owner_id` : sql`${ownerId}::uuid`}
    where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`)
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
