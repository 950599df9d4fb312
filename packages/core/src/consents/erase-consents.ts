import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { forgetAddresses } from '../suppressions/suppressions.ts'
import { insertEntries, newEntry } from './entry.ts'

/**
 * Takes salt and payload of what the ledger says about these leads, and how their suppressed addresses read; commitments
 * and keyed hashes stay. An entry for each lead names those that went, so that the chain still verifies. Leads that
 * were merged into one are meant with it, so call this before their rows are gone. It writes no event: that is the one of the erasure.
 */
export async function eraseConsents(
  core: Core,
  tx: Tx,
  workspaceId: string,
  leadIds: string[],
  { actor, source }: By,
): Promise<void> {
  const family = await tx.query<{ id: string; mergedInto: string | null }>(sql`
    select id, merged_into from leads
    where workspace_id = ${workspaceId} and (id = any(${leadIds}::uuid[]) or merged_into = any(${leadIds}::uuid[]))`)
  const ids = [...new Set([...leadIds, ...family.map(({ id }) => id)])]
  const said = await tx.query<{ id: string; leadId: string; address: string | null }>(sql`
    select id, lead_id, payload::jsonb ->> 'address' as address from consents
    where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and kind <> 'erased'
    order by id`)
  const known = await tx.query<{ address: string }>(sql`
    select unnest(array[email, phone]) as address from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])
    union
    select value from lead_aliases where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`)
  const addresses = [...said, ...known].flatMap(({ address }) => address ?? [])
  if (addresses.length > 0) await forgetAddresses(tx, workspaceId, [...new Set(addresses)])
  if (said.length === 0) return

  await tx.query(sql`
    update consents set salt = null, payload = null
    where workspace_id = ${workspaceId} and id = any(${said.map(({ id }) => id)}::uuid[])`)
  const survivorOf = new Map(family.map(({ id, mergedInto }) => [id, mergedInto]))
  const byLead = Map.groupBy(said, ({ leadId }) => survivorOf.get(leadId) ?? leadId)
  const entries = [...byLead].map(([leadId, gone]) =>
    newEntry(core, workspaceId, { kind: 'erased', leadId, entries: gone.map(({ id }) => id), actor, source }),
  )
  await tx.query(insertEntries(workspaceId, entries))
}
