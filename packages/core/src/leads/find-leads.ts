import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { recentFilterContext } from '../filters/context.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Lead } from './lead.ts'
import { allThat } from './select-leads.ts'
import { leadColumns } from './statements.ts'

/** Throws `not_found`; what is no id is answered like an unknown one. */
export async function getLead(core: Core, workspaceId: string, id: string): Promise<Lead> {
  return core.inWorkspace(workspaceId, (tx) => readLead(tx, workspaceId, id))
}

/** Not deleted; one that was merged away goes with its survivor. */
const isThere = sql`leads.deleted_at is null and not exists (
  select from leads s where s.workspace_id = leads.workspace_id and s.id = leads.merged_into and s.deleted_at is not null
)`

/** A lead that is not deleted; one that was merged away says into whom. Throws `not_found`. */
export async function readLead(tx: Tx, workspaceId: string, id: string, { evenDeleted = false } = {}): Promise<Lead> {
  const [lead] = isId(id)
    ? await tx.query<Lead>(sql`
        select ${leadColumns} from leads where workspace_id = ${workspaceId} and id = ${id}
        ${evenDeleted ? sql`` : sql`and ${isThere}`}`)
    : []
  if (!lead) throw notFound('lead')
  return lead
}

/** Those of these leads that are there; with a filter, as one that was kept, those that match it. */
export async function getLeads(core: Core, workspaceId: string, ids: string[], filter?: string): Promise<Lead[]> {
  if (ids.length === 0) return []
  const context = filter ? await recentFilterContext(core, workspaceId) : undefined
  const matches = context && filter ? allThat(context, [{ filter, kept: true }]).sql : sql`true`
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<Lead>(sql`
      select ${leadColumns} from leads
      where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and ${isThere} and ${matches}`),
  )
}

/** That a lead is there, or was merged away. Throws `not_found`. */
export async function checkLead(tx: Tx, workspaceId: string, id: string): Promise<void> {
  const [lead] = isId(id)
    ? await tx.query(
        sql`select 1 as present from leads where workspace_id = ${workspaceId} and id = ${id} and ${isThere}`,
      )
    : []
  if (!lead) throw notFound('lead')
}

/** Holds a lead against every other change until the end of the transaction. Throws `not_found`, `lead_merged`. */
export async function lockLead(tx: Tx, workspaceId: string, id: string): Promise<void> {
  const [lead] = isId(id)
    ? await tx.query<{ mergedInto: string | null }>(sql`
        select merged_into from leads where workspace_id = ${workspaceId} and id = ${id} and ${isThere}
        for update of leads`)
    : []
  if (!lead) throw notFound('lead')
  if (lead.mergedInto)
    throw new LeadNestError('lead_merged', `This lead was merged into ${lead.mergedInto}. Change that one.`)
}
