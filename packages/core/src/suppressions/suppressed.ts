import { type OptOut, readOptOuts } from '../consents/opt-outs.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressKind, normaliseAddress } from './address.ts'
import { hashAddress } from './pepper.ts'

/** Whom somebody is about to write to. Name the lead where it is known: an opt-out follows it to a new address. */
export interface Target {
  channel: string
  address?: string | null
  leadId?: string | null
  /** For what; unsaid, any opt-out on the channel counts. */
  purpose?: string | null
}

/** Whether this must not be written to, because somebody said no. Throws `invalid_input` at `address` for what is none. */
export function isSuppressed(core: Core, workspaceId: string, target: Target): Promise<boolean> {
  return core.inWorkspace(workspaceId, (tx) => isSuppressedIn(core, tx, workspaceId, target))
}

/** The same in a transaction that does more. */
export async function isSuppressedIn(core: Core, tx: Tx, workspaceId: string, target: Target): Promise<boolean> {
  const { channel, address, leadId, purpose = null } = target
  const family = leadId && isId(leadId) ? await familyOf(tx, workspaceId, leadId) : []
  const addresses = [
    ...(address ? [await normaliseAddress(tx, workspaceId, channel, address)] : []),
    ...(await addressesOf(tx, workspaceId, family, channel)),
  ]
  const [byAddress, byLead] = [
    await readSuppressions(core, tx, workspaceId, channel, addresses),
    family.length > 0 ? await readOptOuts(tx, workspaceId, family, channel) : [],
  ]
  return [...byAddress, ...byLead].some((optOut) => forbids(optOut, purpose))
}

/** What every send goes by, right before it. Throws `suppressed`. */
export async function assertSendable(core: Core, workspaceId: string, target: Target, tx?: Tx): Promise<void> {
  const suppressed = tx
    ? await isSuppressedIn(core, tx, workspaceId, target)
    : await isSuppressed(core, workspaceId, target)
  if (suppressed)
    throw new LeadNestError('suppressed', `This person does not want to be written to by ${target.channel}.`)
}

/** Whether a no speaks against this purpose. */
export function forbids({ purpose, liftedPurposes }: OptOut, asked: string | null): boolean {
  if (asked === null) return true
  return purpose === null ? !liftedPurposes.includes(asked) : purpose === asked
}

/** A lead and those that were merged into it; of one that was merged away, all of whom it went to. */
export async function familyOf(tx: Tx, workspaceId: string, leadId: string): Promise<string[]> {
  const others = await tx.query<{ id: string }>(sql`
    with survivor as (
      select coalesce(merged_into, id) as id from leads where workspace_id = ${workspaceId} and id = ${leadId}
    )
    select id from leads where workspace_id = ${workspaceId} and merged_into = (select id from survivor)
    union
    select id from survivor`)
  return [...new Set([leadId, ...others.map(({ id }) => id)])]
}

/** Every address that these leads are known by on a channel. */
export async function addressesOf(tx: Tx, workspaceId: string, leadIds: string[], channel: string): Promise<string[]> {
  const kind = addressKind(channel)
  if (!kind || leadIds.length === 0) return []
  const rows = await tx.query<{ address: string }>(sql`
    select ${kind === 'email' ? sql`email` : sql`phone`} as address from leads
    where workspace_id = ${workspaceId} and id = any(${leadIds}::uuid[]) and ${kind === 'email' ? sql`email` : sql`phone`} is not null
    union
    select value from lead_aliases where workspace_id = ${workspaceId} and lead_id = any(${leadIds}::uuid[]) and kind = ${kind}`)
  return rows.map(({ address }) => address)
}

export async function readSuppressions(
  core: Core,
  tx: Tx,
  workspaceId: string,
  channel: string,
  addresses: string[],
  origin: 'opt_out' | 'staff' | null = null,
): Promise<OptOut[]> {
  if (addresses.length === 0) return []
  const hashes = await Promise.all(addresses.map((address) => hashAddress(core, tx, workspaceId, channel, address)))
  return tx.query<OptOut>(sql`
    select purpose, lifted_purposes from suppressions
    where workspace_id = ${workspaceId} and channel = ${channel} and address_hash = any(${hashes}::bytea[])
      and (${origin}::text is null or origin = ${origin})`)
}
