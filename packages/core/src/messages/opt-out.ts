import { readChannelSettings } from '../channels/read-settings.ts'
import { readOptOuts } from '../consents/opt-outs.ts'
import { recordConsent } from '../consents/record-consent.ts'
import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { hashAddress } from '../suppressions/pepper.ts'
import { addressesOf, familyOf } from '../suppressions/suppressed.ts'
import { suppress } from '../suppressions/suppressions.ts'
import { isChosenLater, purposeOfNumber } from './sendable.ts'

/** Who said it, and to which of our numbers. */
export interface Person {
  channel: string
  address: string
  leadId: string | null
  sender: string | null
}

/**
 * A person's no, by a word or as the provider tells it: into the ledger, and onto every address of theirs. Of somebody unknown only
 * the address is suppressed. What stands already is not said again.
 */
export async function optOut(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, address, leadId, sender }: Person,
  reason: string,
  by: By,
): Promise<void> {
  const { optOutScope } = await readChannelSettings(tx, workspaceId, channel)
  // A no to what stands for several numbers may be to any of them.
  const number = optOutScope === 'number' && !isChosenLater(core, channel, sender) ? sender : null
  const purpose = number ? purposeOfNumber(number) : null
  if (await stands(core, tx, workspaceId, { channel, address, leadId, purpose })) return
  if (leadId) {
    await recordConsent(core, tx, workspaceId, { action: 'revoke', leadId, channel, purpose, address, reason }, by)
    return
  }
  const { isNew, id } = await suppress(
    core,
    tx,
    workspaceId,
    { channel, address, purpose, reason, origin: 'opt_out' },
    by,
  )
  if (isNew)
    await recordEvents(tx, workspaceId, [
      newEvent({
        type: 'suppression.added',
        leadId: null,
        ...by,
        data: { suppressionId: id, channel, purpose },
        at: core.now(),
      }),
    ])
}

/** The same no, whole: for the person, and at every address. */
async function stands(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { channel, address, leadId, purpose }: Omit<Person, 'sender'> & { purpose: string | null },
): Promise<boolean> {
  const family = leadId ? await familyOf(tx, workspaceId, leadId) : []
  const same = (optOut: { purpose: string | null; liftedPurposes: string[] }) =>
    optOut.purpose === purpose && optOut.liftedPurposes.length === 0
  if (leadId && !(await readOptOuts(tx, workspaceId, family, channel)).some(same)) return false
  const addresses = new Set([address, ...(await addressesOf(tx, workspaceId, family, channel))])
  for (const known of addresses) {
    const hash = await hashAddress(core, tx, workspaceId, channel, known)
    const [found] = await tx.query(sql`
      select 1 as present from suppressions
      where workspace_id = ${workspaceId} and channel = ${channel} and address_hash = ${hash} and origin = 'opt_out'
        and purpose is not distinct from ${purpose}::text and lifted_purposes = '{}'`)
    if (!found) return false
  }
  return true
}
