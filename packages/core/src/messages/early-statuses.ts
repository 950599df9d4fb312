import type { ProviderStatus } from '../channels/channel.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

/** What a provider said of a message before its answer to the send was here. */
export interface EarlyStatus {
  status: ProviderStatus
  errorCode: string | null
  optedOut: boolean
}

/** How long what nobody knows is remembered, in ms. */
export const earlyMemory = 24 * 3_600_000

/** Lets nobody else work with this id of a provider until the end of the transaction. */
export async function holdProviderId(tx: Tx, workspaceId: string, channel: string, providerId: string): Promise<void> {
  await tx.query(
    sql`select pg_advisory_xact_lock(hashtextextended(${`${workspaceId} ${channel} id ${providerId}`}, 0))`,
  )
}

export async function keepEarly(
  tx: Tx,
  workspaceId: string,
  channel: string,
  providerId: string,
  { status, errorCode, optedOut }: EarlyStatus,
  at: Date,
): Promise<void> {
  await tx.query(sql`
    insert into early_statuses (workspace_id, channel, provider_id, status, error_code, opted_out, created_at)
    values (${workspaceId}, ${channel}, ${providerId}, ${status}, ${errorCode}, ${optedOut}, ${at})
    on conflict do nothing`)
}

export function takeEarly(tx: Tx, workspaceId: string, channel: string, providerId: string): Promise<EarlyStatus[]> {
  return tx.query<EarlyStatus>(sql`
    delete from early_statuses where workspace_id = ${workspaceId} and channel = ${channel} and provider_id = ${providerId}
    returning status, error_code, opted_out`)
}
