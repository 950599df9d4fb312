import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { type Holder, readPreferenceToken } from './link.ts'

/** The lead behind a link, held until the end of the transaction. */
export interface HeldLead {
  id: string
  email: string | null
  phone: string | null
}

/**
 * Does `work` for whoever holds a link, with the lead that it leads to: the survivor, where it was merged. `unknown` is a link
 * that is not ours, `gone` one whose lead was erased or purged. Staff may have deleted the lead; it is the person's all the same.
 */
export async function asHolder<T>(
  core: Core,
  token: string,
  work: (tx: Tx, holder: Holder, lead: HeldLead) => Promise<T>,
): Promise<T | 'unknown' | 'gone'> {
  const holder = readPreferenceToken(core, token)
  if (!holder) return 'unknown'
  const { workspaceId, leadId } = holder
  return core.inWorkspace(workspaceId, async (tx) => {
    const lead = await holdLead(tx, workspaceId, leadId)
    return lead ? work(tx, holder, lead) : 'gone'
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
