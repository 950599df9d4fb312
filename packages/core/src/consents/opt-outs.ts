import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { ConsentKind } from './entry.ts'

/** A no that stands: to one purpose, or to all but those that the person asked for again. */
export interface OptOut {
  purpose: string | null
  liftedPurposes: string[]
}

/**
 * What the ledger says of these leads: each revocation stands until an act of the person lifts it. What was said of a purpose
 * again and again is read once: only the last of each kind matters.
 */
export async function readOptOuts(tx: Tx, workspaceId: string, leadIds: string[], channel: string): Promise<OptOut[]> {
  return standing(
    await tx.query<{ kind: ConsentKind; purpose: string | null }>(sql`
      select kind, purpose from (
        select distinct on (kind, purpose) id, kind, purpose from consents
        where workspace_id = ${workspaceId} and lead_id = any(${leadIds}::uuid[]) and channel = ${channel} and kind in ('revoked', 'lifted')
        order by kind, purpose, id desc
      ) last
      order by id`),
  )
}

/** Entries of one channel, in the order in which they were written. */
export function standing(entries: { kind: ConsentKind; purpose: string | null }[]): OptOut[] {
  let optOuts: OptOut[] = []
  for (const { kind, purpose } of entries) {
    if (kind === 'revoked') optOuts.push({ purpose, liftedPurposes: [] })
    if (kind !== 'lifted') continue
    if (purpose === null) optOuts = []
    else {
      optOuts = optOuts.filter((optOut) => optOut.purpose !== purpose)
      for (const { liftedPurposes } of optOuts) liftedPurposes.push(purpose)
    }
  }
  return optOuts
}
