import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { forgetAddresses } from '../suppressions/suppressions.ts'
import { insertEntries, newEntry } from './entry.ts'

/**
 * Takes salt and payload of what the ledger says about these leads, and how their suppressed addresses read; commitments
 * and keyed hashes stay. An entry of its own for each lead names the entries that went, so that the chain still verifies.
 * Name merged leads too. It writes no event: that is the one of the erasure.
 */
export async function eraseConsents(
  core: Core,
  tx: Tx,
  workspaceId: string,
  leadIds: string[],
  { actor, source }: By,
): Promise<void> {
  const said = await tx.query<{ id: string; leadId: string; address: string | null }>(sql`
    select id, lead_id, payload::jsonb ->> 'address' as address from consents
    where workspace_id = ${workspaceId} and lead_id = any(${leadIds}::uuid[]) and kind <> 'erased'
    order by id`)
  const known = await tx.query<{ address: string }>(sql`
    select unnest(array[email, phone]) as address from leads where workspace_id = ${workspaceId} and id = any(${leadIds}::uuid[])
    union
    select value from lead_aliases where workspace_id = ${workspaceId} and lead_id = any(${leadIds}::uuid[])`)
  const addresses = [...said, ...known].flatMap(({ address }) => address ?? [])
  if (addresses.length > 0) await forgetAddresses(tx, workspaceId, [...new Set(addresses)])
  if (said.length === 0) return

  await tx.query(sql`
    update consents set salt = null, payload = null
    where workspace_id = ${workspaceId} and id = any(${said.map(({ id }) => id)}::uuid[])`)
  const byLead = Map.groupBy(said, ({ leadId }) => leadId)
  const entries = [...byLead].map(([leadId, gone]) =>
    newEntry(core, workspaceId, { kind: 'erased', leadId, entries: gone.map(({ id }) => id), actor, source }),
  )
  await tx.query(insertEntries(workspaceId, entries))
}
