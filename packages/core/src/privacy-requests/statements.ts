import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { exportLifetime, type PrivacyRequest } from './request.ts'

/** `r` is the request; its lead may have been merged since, or be gone. */
export const requests = sql`
  privacy_requests r left join leads l on l.workspace_id = r.workspace_id and l.id = r.lead_id`
export const columns = sql`
  r.id, coalesce(l.merged_into, r.lead_id) as lead_id, r.kind, r.status, r.asked_at, r.done_at, r.done_by, r.until`

export async function readRequest(tx: Tx, workspaceId: string, id: string): Promise<PrivacyRequest | undefined> {
  const [request] = await tx.query<PrivacyRequest>(
    sql`select ${columns} from ${requests} where r.workspace_id = ${workspaceId} and r.id = ${id}`,
  )
  return request
}

/** Ends an open request, with its event; one that was ended in this moment stays as it is. */
export async function settle(
  tx: Tx,
  workspaceId: string,
  { id, leadId, kind }: Pick<PrivacyRequest, 'id' | 'leadId' | 'kind'>,
  status: 'done' | 'refused',
  by: By,
  at: Date,
): Promise<void> {
  const until = status === 'done' && kind === 'export' ? new Date(at.getTime() + exportLifetime) : null
  const settled = await tx.query(sql`
    update privacy_requests set status = ${status}, done_at = ${at}, done_by = ${JSON.stringify(by.actor)}, until = ${until}
    where workspace_id = ${workspaceId} and id = ${id} and status = 'open' returning 1 as settled`)
  if (settled.length === 0) return
  const type = status === 'done' ? 'privacy_request.confirmed' : 'privacy_request.refused'
  // Whoever was erased has no timeline any more.
  const about = status === 'done' && kind === 'erasure' ? null : leadId
  await recordEvents(tx, workspaceId, [newEvent({ type, leadId: about, ...by, data: { requestId: id, kind }, at })])
}
