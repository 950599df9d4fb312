import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressKind } from '../suppressions/address.ts'
import { addressMark, type Holder, readPreferenceToken } from './link.ts'

/** The lead behind a link, held until the end of the transaction. */
export interface HeldLead {
  id: string
  email: string | null
  phone: string | null
}

/** Whoever has a link, and what they may do with it. */
export interface Asking extends Pick<Holder, 'workspaceId' | 'kind'> {
  /** Whether the link was sent to the address that the lead has now. What it does not prove can only be turned off. */
  isProven: boolean
  /** Whether it proves what is written to on this channel. */
  proves(channel: string): boolean
}

/**
 * Does `work` for whoever holds a link, with the lead that it leads to: the survivor, where it was merged. `unknown` is a link
 * that is not ours, `gone` one whose lead was erased or purged. Staff may have deleted the lead; it is the person's all the same.
 */
export async function asHolder<T>(
  core: Core,
  token: string,
  work: (tx: Tx, holder: Asking, lead: HeldLead) => Promise<T>,
): Promise<T | 'unknown' | 'gone'> {
  const holder = readPreferenceToken(core, token)
  if (!holder) return 'unknown'
  const { workspaceId, leadId, kind, mark } = holder
  return core.inWorkspace(workspaceId, async (tx) => {
    const lead = await holdLead(tx, workspaceId, leadId)
    if (!lead) return 'gone'
    const address = kind && lead[kind]
    const isProven = mark !== null && mark === (await addressMark(core, tx, workspaceId, { kind, address }))
    const proves = (channel: string) => isProven && (addressKind(channel) ?? kind) === kind
    return work(tx, { workspaceId, kind, isProven, proves }, lead)
  })
}

async function holdLead(tx: Tx, workspaceId: string, id: string): Promise<HeldLead | undefined> {
  const [lead] = await tx.query<HeldLead & { mergedInto: string | null }>(sql`
    select id, email, phone, merged_into from leads
    where workspace_id = ${workspaceId} and id = ${id}
      and not exists (select from erasures e where e.workspace_id = ${workspaceId} and e.lead_id = ${id})
    for no key update`)
  return lead?.mergedInto ? holdLead(tx, workspaceId, lead.mergedInto) : lead
}
