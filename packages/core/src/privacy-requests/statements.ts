import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { exportLifetime, type PrivacyRequest } from './request.ts'

/** `r` is the request; its lead may have been merged since, or be gone. */
export const requests = sql`
  privacy_requests r left join leads l on l.workspace_id = r.workspace_id and l.id = r.lead_id`
export const columns = sql`
  r.id, case when r.kind = 'erasure' and r.status = 'done' then null else coalesce(l.merged_into, r.lead_id) end as lead_id, r.kind, r.status, r.asked_at, r.done_at, r.done_by, r.until`

export async function readRequest(
  tx: Tx,
  workspaceId: string,
  id: string,
  { lock = false } = {},
): Promise<PrivacyRequest | undefined> {
  const [request] = await tx.query<PrivacyRequest>(
    sql`select ${columns} from ${requests} where r.workspace_id = ${workspaceId} and r.id = ${id} ${lock ? sql`for update of r` : sql``}`,
  )
  return request
}

/** Ends an open request, with its event. */
export async function settle(
  tx: Tx,
  workspaceId: string,
  { id, leadId, kind }: Pick<PrivacyRequest, 'id' | 'leadId' | 'kind'>,
  status: 'done' | 'refused',
  by: By,
  at: Date,
): Promise<void> {
  const until = status === 'done' && kind === 'export' ? new Date(at.getTime() + exportLifetime) : null
  await tx.query(sql`
    update privacy_requests set status = ${status}, done_at = ${at}, done_by = ${JSON.stringify(by.actor)}, until = ${until}
    where workspace_id = ${workspaceId} and id = ${id} and status = 'open'`)
  const type = status === 'done' ? 'privacy_request.confirmed' : 'privacy_request.refused'
  // Whoever was erased has no timeline any more.
  const about = status === 'done' && kind === 'erasure' ? null : leadId
  await recordEvents(tx, workspaceId, [newEvent({ type, leadId: about, ...by, data: { requestId: id, kind }, at })])
}
