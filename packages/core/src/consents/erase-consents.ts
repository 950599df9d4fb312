import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { readKnown, type Subject } from '../privacy/subject.ts'
import { forgetAddresses } from '../suppressions/suppressions.ts'
import { insertEntries, newEntry } from './entry.ts'
import { keepOptOuts } from './keep-opt-outs.ts'

/** How many entries one statement empties. */
const batch = 2000

/**
 * Takes salt and payload of what the ledger says about these leads, and how their suppressed addresses read; commitments
 * and keyed hashes stay, and what they said no to holds for all their addresses. Leads that were merged into one are meant
 * with it, so call this before their rows are gone. It writes no event: that is the one of the erasure.
 */
export async function eraseConsents(core: Core, tx: Tx, workspaceId: string, leadIds: string[], by: By): Promise<void> {
  for (const leadId of leadIds) {
    const merged = await tx.query<{ id: string }>(
      sql`select id from leads where workspace_id = ${workspaceId} and merged_into = ${leadId}`,
    )
    const ids = [leadId, ...merged.map(({ id }) => id)]
    const subject = { workspaceId, leadId, ids, known: await readKnown(tx, workspaceId, ids) }
    await forgetSuppressed(core, tx, subject, by)
    for (let gone = batch; gone === batch; ) gone = await emptyConsents(core, tx, subject, by, batch)
  }
}

/**
 * Leaves of somebody's suppressions the keyed hashes, and has one for every address where a no stands. For before the ledger
 * and the leads are emptied. Returns the ids of those whose address went.
 */
export async function forgetSuppressed(
  core: Core,
  tx: Tx,
  { workspaceId, ids, known }: Subject,
  by: By,
): Promise<string[]> {
  await keepOptOuts(core, tx, workspaceId, ids, by, known)
  // Also what somebody else is known by now: what was said of it is this person's.
  const said = await tx.query<{ address: string }>(sql`
    select distinct payload::jsonb ->> 'address' as address from consents
    where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and payload::jsonb ->> 'address' is not null`)
  return forgetAddresses(tx, workspaceId, [
    ...new Set([...known.emails, ...known.phones, ...said.map(({ address }) => address)]),
  ])
}

/** Empties at most so many entries, with an entry that names them, so that the chain still verifies. Returns how many. */
export async function emptyConsents(
  core: Core,
  tx: Tx,
  { workspaceId, leadId, ids }: Subject,
  { actor, source }: By,
  limit: number,
): Promise<number> {
  const gone = await tx.query<{ id: string }>(sql`
    update consents set salt = null, payload = null
    where workspace_id = ${workspaceId} and id in (
      select id from consents
      where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) and kind <> 'erased'
      order by id limit ${limit}
    )
    returning id`)
  if (gone.length === 0) return 0
  const entries = gone.map(({ id }) => id).sort()
  const erased = newEntry(core, workspaceId, { kind: 'erased', leadId, entries, actor, source })
  await tx.query(insertEntries(workspaceId, [erased]))
  return gone.length
}
