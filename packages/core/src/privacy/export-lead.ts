import { consentOf, ledgerOf } from '../consents/list-consents.ts'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { isId } from '../id.ts'
import { leadColumns } from '../leads/statements.ts'
import { messageColumns, ofMessages } from '../messages/statements.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressedChannels } from '../suppressions/address.ts'
import { hashAddress } from '../suppressions/pepper.ts'
import { exportFormat, type LeadExport } from './lead-export.ts'
import { findUnowned, readKnown, type Subject } from './subject.ts'

/** How many submissions without a lead are looked for: a robot may send without end in somebody's name. */
const mostUnowned = 10_000

/**
 * Everything about a lead, also a deleted one, and about those that were merged into it; that it was exported is an event. Throws
 * `not_found`, `lead_merged`.
 */
export async function exportLead(core: Core, workspaceId: string, leadId: string, by: By): Promise<LeadExport> {
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    const subject = await holdSubject(tx, workspaceId, leadId)
    const result: LeadExport = {
      format: exportFormat,
      exportedAt: at.toISOString(),
      ...(await readLeadItself(tx, subject)),
      ...(await readMerges(tx, subject)),
      submissions: await readSubmissions(tx, subject),
      ...(await readConsents(core, tx, subject)),
      timeline: await readTimeline(tx, subject),
      messages: await readMessages(tx, subject),
      notes: await tx.query<LeadExport['notes'][number]>(sql`
        select id, lead_id, author, body, created_at, edited_at from notes where ${ofLeads(subject)} order by id`),
      bulkChanges: await tx.query<LeadExport['bulkChanges'][number]>(sql`
        select job_id, before, after from job_changes where ${ofLeads(subject)} order by job_id, position`),
    }
    await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.exported', leadId, ...by, data: {}, at })])
    return result
  })
}

const ofLeads = ({ workspaceId, ids }: Subject) => sql`workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`

/** Held, so that all of it is of one moment. */
async function holdSubject(tx: Tx, workspaceId: string, leadId: string): Promise<Subject> {
  const [lead] = isId(leadId)
    ? await tx.query<{ mergedInto: string | null }>(sql`
        select merged_into from leads where workspace_id = ${workspaceId} and id = ${leadId}
          and not exists (select from erasures e where e.workspace_id = ${workspaceId} and e.lead_id = ${leadId})
        for no key update`)
    : []
  if (!lead) throw notFound('lead')
  if (lead.mergedInto)
    throw new LeadNestError('lead_merged', `This lead was merged into ${lead.mergedInto}. Export that one.`)
  const merged = await tx.query<{ id: string }>(
    sql`select id from leads where workspace_id = ${workspaceId} and merged_into = ${leadId} order by id`,
  )
  const ids = [leadId, ...merged.map(({ id }) => id)]
  return { workspaceId, leadId, ids, known: await readKnown(tx, workspaceId, ids) }
}

async function readLeadItself(tx: Tx, { workspaceId, leadId, ids }: Subject) {
  const [row] = await tx.query<
    LeadExport['lead'] & { allFields: LeadExport['lead']['fields']; parts: LeadExport['score']['parts'] }
  >(sql`
    select ${leadColumns}, leads.deleted_at, leads.fields as all_fields, leads.score_parts as parts
    from leads where leads.workspace_id = ${workspaceId} and leads.id = ${leadId}`)
  const { allFields, parts, ...lead } = row!
  const [workspace] = await tx.query<LeadExport['workspace']>(
    sql`select id, name from workspaces where id = ${workspaceId}`,
  )
  const [owner] = await tx.query<NonNullable<LeadExport['owner']>>(
    sql`select id, name, email from users where id = ${lead.ownerId}`,
  )
  return {
    workspace: workspace!,
    lead: { ...lead, fields: allFields },
    owner: owner ?? null,
    score: { score: lead.score, parts },
    aliases: await tx.query<LeadExport['aliases'][number]>(sql`
      select kind, value, lead_id from lead_aliases
      where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) order by kind, value`),
  }
}

async function readMerges(tx: Tx, { workspaceId, leadId, ids }: Subject) {
  const own = sql`any(${ids}::uuid[])`
  // Of a merge that was undone the other lead is somebody else.
  const merges = await tx.query<LeadExport['merges'][number]>(sql`
    select id, survivor_id, loser_id as merged_id, actor, created_at, undone_at,
      case when survivor_id = ${own} then survivor_before else '{}' end as survivor_before,
      case when loser_id = ${own} then loser_before else '{}' end as merged_before
    from merges where workspace_id = ${workspaceId} and (survivor_id = ${own} or loser_id = ${own}) order by id`)
  const duplicates = await tx.query<LeadExport['duplicates'][number]>(sql`
    select id, case when lead_id = ${own} then other_id else lead_id end as other_id, reasons, created_at, dismissed_at
    from duplicates where workspace_id = ${workspaceId} and (lead_id = ${own} or other_id = ${own}) order by id`)
  return { mergedIds: ids.filter((id) => id !== leadId), merges, duplicates }
}

/** Also what was said while nobody knew who they are. */
const readMessages = (tx: Tx, { workspaceId, ids, known }: Subject) =>
  tx.query<LeadExport['messages'][number]>(sql`
    select ${messageColumns} from ${ofMessages}
    where m.workspace_id = ${workspaceId} and (
      c.lead_id = any(${ids}::uuid[]) or c.lead_id is null and c.address = any(${[...known.emails, ...known.phones]})
    )
    order by m.id`)

/** What a merge changed is what the other lead said: once that is somebody else again, it is theirs. */
const readTimeline = (tx: Tx, subject: Subject) =>
  tx.query<LeadExport['timeline'][number]>(sql`
    select id, type, lead_id, actor, source, created_at,
      case when type = 'lead.merged' and not coalesce(data ->> 'mergedId' = any(${subject.ids}), false)
        then data - 'changes' else data end as data
    from events where ${ofLeads(subject)} order by id`)

async function readSubmissions(tx: Tx, subject: Subject) {
  const unowned = await findUnowned(tx, subject, mostUnowned)
  return tx.query<LeadExport['submissions'][number]>(sql`
    select s.id, s.form_id, f.name as form_name, s.form_version, s.verdict, s.reasons, s.fields, s.attribution, s.consents, s.test,
      s.source, s.created_at
    from submissions s join forms f on f.workspace_id = s.workspace_id and f.id = s.form_id
    where s.workspace_id = ${subject.workspaceId}
      and s.id in (
        select id from submissions where ${ofLeads(subject)}
        union all
        select id from unnest(${unowned}::uuid[]) as id
      )
    order by s.id`)
}

async function readConsents(core: Core, tx: Tx, subject: Subject) {
  const { workspaceId, ids, known } = subject
  const entries = await tx.query<Parameters<typeof consentOf>[0]>(sql`
    ${ledgerOf(workspaceId, ids)} order by c.id`)
  const addresses = [...known.emails, ...known.phones]
  const hashes = await Promise.all(
    addressedChannels.flatMap((channel) =>
      addresses.map((address) => hashAddress(core, tx, workspaceId, channel, address)),
    ),
  )
  const suppressions = await tx.query<LeadExport['suppressions'][number]>(sql`
    select id, channel, purpose, lifted_purposes, origin, address, reason, actor, source, created_at from suppressions
    where workspace_id = ${workspaceId} and (address = any(${addresses}) or address_hash = any(${hashes}::bytea[]))
    order by id`)
  return { consents: entries.map(consentOf), suppressions }
}
