import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import { checkLead, lockLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { leadColumns } from '../leads/statements.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Duplicate } from './duplicate.ts'
import { type Pair, recordDuplicates } from './statements.ts'

type Stored = Omit<Duplicate, 'leads'> & { leadId: string; otherId: string }

/** Pairs that nobody has decided on, newest first. Throws `invalid_cursor`, and `not_found` for the lead. */
export async function listDuplicates(
  core: Core,
  workspaceId: string,
  { leadId, limit = 50, cursor }: { leadId?: string; limit?: number; cursor?: string | undefined } = {},
) {
  const list = `${workspaceId} duplicates ${leadId ?? ''}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  return core.inWorkspace(workspaceId, async (tx) => {
    if (leadId !== undefined) await checkLead(tx, workspaceId, leadId)
    const pairs = await tx.query<Stored>(sql`
      select d.id, d.lead_id, d.other_id, d.reasons, d.created_at
      from duplicates d
      join leads a on a.workspace_id = d.workspace_id and a.id = d.lead_id
      join leads b on b.workspace_id = d.workspace_id and b.id = d.other_id
      where d.workspace_id = ${workspaceId} and d.dismissed_at is null
        and a.deleted_at is null and a.merged_into is null and b.deleted_at is null and b.merged_into is null
        ${leadId === undefined ? sql`` : sql`and (d.lead_id = ${leadId} or d.other_id = ${leadId})`}
        ${before ? sql`and d.id < ${before}` : sql``}
      order by d.id desc
      limit ${limit + 1}`)
    const page = toPage(pairs, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
    return { ...page, data: await withLeads(tx, workspaceId, page.data) }
  })
}

async function withLeads(tx: Tx, workspaceId: string, pairs: Stored[]): Promise<Duplicate[]> {
  const ids = pairs.flatMap(({ leadId, otherId }) => [leadId, otherId])
  const leads = await tx.query<Lead>(
    sql`select ${leadColumns} from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`,
  )
  const byId = new Map(leads.map((lead) => [lead.id, lead]))
  return pairs.map(({ leadId, otherId, ...pair }) => ({ ...pair, leads: [byId.get(leadId)!, byId.get(otherId)!] }))
}

/** Says that two are not the same; they are not suggested again. Throws `not_found`, `lead_merged`. */
export async function dismissDuplicate(core: Core, workspaceId: string, id: string, by: By): Promise<void> {
  const at = core.now()
  await core.inWorkspace(workspaceId, async (tx) => {
    const [pair] = isId(id)
      ? await tx.query<{ leadId: string; otherId: string; dismissedAt: string | null }>(
          sql`select lead_id, other_id, dismissed_at from duplicates where workspace_id = ${workspaceId} and id = ${id} for update`,
        )
      : []
    if (!pair) throw notFound('suggestion')
    if (pair.dismissedAt) return
    await lockLead(tx, workspaceId, pair.leadId)
    await tx.query(sql`
      update duplicates set dismissed_at = ${at}, dismissed_by = ${JSON.stringify(by.actor)} where workspace_id = ${workspaceId} and id = ${id}`)
    const data = { otherId: pair.otherId }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'duplicate.dismissed', leadId: pair.leadId, ...by, data, at }),
    ])
  })
}

/** In a company with more leads none are compared by name: of a provider's customers nobody wants to see all pairs. */
const mostCompared = 500
/** How many are suggested for one lead, by phone and by name each: whoever looks at them is a person. */
const mostSuggested = 20
/** How alike two names are, from 0 to 1, by their trigrams. */
const alike = 0.5
/** How many leads one transaction looks at: 50,000 names are compared in a fraction of the time that a statement has. */
const batch = 100

/** Looks for leads that may be the same person as these: the same phone, or a similar name at the same company. */
export async function suggestDuplicates(core: Core, workspaceId: string, leadIds: string[]): Promise<void> {
  for (let start = 0; start < leadIds.length; start += batch) {
    const some = leadIds.slice(start, start + batch)
    await core.foreground.behind(() => core.inWorkspace(workspaceId, (tx) => suggestFor(core, tx, workspaceId, some)))
  }
}

async function suggestFor(core: Core, tx: Tx, workspaceId: string, leadIds: string[]): Promise<void> {
  const pairs = await tx.query<Pair>(sql`
    with changed as (
      select id, phone, company_key, lower(coalesce(name, concat_ws(' ', first_name, last_name))) as name from leads
      where workspace_id = ${workspaceId} and id = any(${leadIds}::uuid[]) and deleted_at is null and merged_into is null
    ), small as (
      select company_key from (select distinct company_key from changed) company
      where not exists (
        select from leads
        where workspace_id = ${workspaceId} and company_key = company.company_key and deleted_at is null and merged_into is null
        offset ${mostCompared}
      )
    )
    select changed.id as lead_id, other.id as other_id, 'phone' as kind
    from changed cross join lateral (
      select id from leads
      where workspace_id = ${workspaceId} and phone = changed.phone and id <> changed.id and deleted_at is null and merged_into is null
      order by id limit ${mostSuggested}
    ) other
    union all
    select changed.id, other.id, 'name'
    from changed join small using (company_key) cross join lateral (
      select id from (
        select id, similarity(changed.name, lower(coalesce(name, concat_ws(' ', first_name, last_name)))) as alike from (
          select id, name, first_name, last_name from leads
          where workspace_id = ${workspaceId} and company_key = changed.company_key and id <> changed.id and deleted_at is null and merged_into is null
        ) of_company
      ) compared
      where alike >= ${alike}
      order by alike desc, id
      limit ${mostSuggested}
    ) other
    where changed.name <> ''`)
  if (pairs.length > 0) await recordDuplicates(tx, workspaceId, pairs, core.now())
}
