import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { familyOf } from '../suppressions/suppressed.ts'
import type { PrivacyRequest, RequestKind } from './request.ts'

/** The latest request of each kind that somebody made, and what became of it. */
export type OwnRequests = Record<RequestKind, OwnRequest | null>
/** `fetchable`: the data was granted, and its time is not over. */
type OwnRequest = Pick<PrivacyRequest, 'id' | 'status' | 'askedAt' | 'until'> & { fetchable: boolean }

export async function readOwnRequests(core: Core, tx: Tx, workspaceId: string, leadId: string): Promise<OwnRequests> {
  const rows = await tx.query<OwnRequest & { kind: RequestKind }>(sql`
    select distinct on (kind) id, kind, status, asked_at, until, coalesce(until > ${core.now()}, false) as fetchable
    from privacy_requests
    where workspace_id = ${workspaceId} and lead_id = any(${await familyOf(tx, workspaceId, leadId)}::uuid[])
    order by kind, status = 'open' desc, id desc`)
  const latest = (kind: RequestKind) => rows.find((row) => row.kind === kind) ?? null
  return { export: latest('export'), erasure: latest('erasure') }
}
