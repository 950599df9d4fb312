import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressKind } from '../suppressions/address.ts'
import { addressesOf } from '../suppressions/suppressed.ts'
import { suppress } from '../suppressions/suppressions.ts'
import { readOptOuts } from './opt-outs.ts'

/**
 * Suppresses every address of these leads for each no that stands in their ledger, also those that came after it: for when
 * the ledger is about to go, or not to be theirs any more. `more` are addresses that only their history tells. It writes no event.
 */
export async function keepOptOuts(
  core: Core,
  tx: Tx,
  workspaceId: string,
  leadIds: string[],
  by: By,
  more: { emails: string[]; phones: string[] } = { emails: [], phones: [] },
): Promise<void> {
  const channels = await tx.query<{ channel: string }>(sql`
    select distinct channel from consents
    where workspace_id = ${workspaceId} and lead_id = any(${leadIds}::uuid[]) and kind = 'revoked'
    order by channel`)
  for (const { channel } of channels) {
    const kind = addressKind(channel)
    if (!kind) continue
    const optOuts = await readOptOuts(tx, workspaceId, leadIds, channel)
    const others = kind === 'email' ? more.emails : more.phones
    const addresses = new Set([...(await addressesOf(tx, workspaceId, leadIds, channel)), ...others])
    for (const address of [...addresses].sort())
      for (const optOut of optOuts)
        await suppress(core, tx, workspaceId, { ...optOut, channel, address, reason: null, origin: 'opt_out' }, by)
  }
}
