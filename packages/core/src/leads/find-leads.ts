import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { parseFilter } from '../filters/parse.ts'
import { filterToSql } from '../filters/to-sql.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { normaliseEmail } from './identity.ts'
import type { Lead, LeadQuery } from './lead.ts'
import { leadColumns } from './statements.ts'

/** Throws `not_found`; what is no id is answered like an unknown one. */
export async function getLead(core: Core, workspaceId: string, id: string): Promise<Lead> {
  return core.inWorkspace(workspaceId, (tx) => readLead(tx, workspaceId, id))
}

/** A lead that is not deleted; one that was merged away says into whom. Throws `not_found`. */
export async function readLead(tx: Tx, workspaceId: string, id: string, { evenDeleted = false } = {}): Promise<Lead> {
  const [lead] = isId(id)
    ? await tx.query<Lead>(sql`
        select ${leadColumns} from leads where workspace_id = ${workspaceId} and id = ${id}
        ${evenDeleted ? sql`` : sql`and deleted_at is null`}`)
    : []
  if (!lead) throw notFound('lead')
  return lead
}

/**
 * Holds a lead until the end of the transaction: against every other change, or with `forShare` against its going. Throws
 * `not_found`, and `lead_merged` where a change asks for one that was merged away.
 */
export async function lockLead(tx: Tx, workspaceId: string, id: string, { forShare = false } = {}): Promise<void> {
  const [lead] = isId(id)
    ? await tx.query<{ mergedInto: string | null }>(sql`
        select merged_into from leads where workspace_id = ${workspaceId} and id = ${id} and deleted_at is null
        ${forShare ? sql`for share` : sql`for update`}`)
    : []
  if (!lead) throw notFound('lead')
  if (lead.mergedInto && !forShare)
    throw new LeadNestError('lead_merged', `This lead was merged into ${lead.mergedInto}. Change that one.`)
}

const sorts = {
  createdAt: { column: sql`leads.created_at`, of: (lead: Lead) => lead.createdAt },
  lastActivityAt: { column: sql`leads.last_activity_at`, of: (lead: Lead) => lead.lastActivityAt },
}

/** One page of leads. `q` finds a part of name, e-mail, phone, company or a custom text. Throws `invalid_cursor`. */
export async function listLeads(core: Core, workspaceId: string, { limit, cursor, sort, q, email, filter }: LeadQuery) {
  const descending = sort.startsWith('-')
  const { column, of } = sorts[sort.replace('-', '') as keyof typeof sorts]
  const list = `${workspaceId} leads ${JSON.stringify([sort, q, email, filter])}`
  const condition = filter ? filterToSql(parseFilter(filter), workspaceId, core.now()) : null
  const after = cursor ? readCursor(core.keyring, list, cursor) : null
  const direction = descending ? sql`desc` : sql`asc`
  const beyond = after
    ? descending
      ? sql`and (${column}, leads.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`
      : sql`and (${column}, leads.id) > (${after[0]}::timestamptz, ${after[1]}::uuid)`
    : sql``

  const leads = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Lead>(sql`
      ${
        q
          ? sql`with found as materialized (
        select lead_id from lead_search where workspace_id = ${workspaceId} and text like ${`%${escapeLike(q.toLowerCase())}%`}
      )`
          : sql``
      }
      select ${leadColumns} from leads ${q ? sql`join found on found.lead_id = leads.id` : sql``}
      where leads.workspace_id = ${workspaceId} and leads.merged_into is null and leads.deleted_at is null
        ${email === undefined ? sql`` : sql`and leads.email = ${normaliseEmail(email)}`}
        ${condition ? sql`and ${condition}` : sql``}
        ${beyond}
      order by ${column} ${direction}, leads.id ${direction}
      limit ${limit + 1}`),
  )
  return toPage(leads, limit, (lead) => writeCursor(core.keyring, list, [of(lead), lead.id]))
}

/** `_` and `%` are looked for as they are. */
const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')
