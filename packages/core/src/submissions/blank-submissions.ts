import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

/**
 * Leaves of these submissions, or of all that these leads sent, only that there was one: who has a receipt is told that it was
 * erased. Nothing personal stays, and with its salt gone the hash in a receipt cannot be guessed at any more.
 */
export async function blankSubmissions(
  tx: Tx,
  workspaceId: string,
  which: { ids: string[] } | { leadIds: string[] },
  at: Date,
): Promise<void> {
  const theirs = 'ids' in which ? sql`id = any(${which.ids}::uuid[])` : sql`lead_id = any(${which.leadIds}::uuid[])`
  await tx.query(sql`
    delete from submission_traces where workspace_id = ${workspaceId} and (form_id, id) in (
      select form_id, id from submissions where workspace_id = ${workspaceId} and erased_at is null and ${theirs}
    )`)
  await tx.query(sql`
    update submissions set
      fields = '{}', attribution = null, consents = null, reasons = '{}', receipt_salt = null, lead_id = null,
      actor = '{"type": "visitor", "id": null, "name": null}', responded_at = null, responded_by = null,
      released_by = null, hooked = null, sender_email = null, sender_phone = null, erased_at = ${at}
    where workspace_id = ${workspaceId} and erased_at is null
      and ${theirs}`)
}
