import { forgetSuppressed } from '../consents/erase-consents.ts'
import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { isId } from '../id.ts'
import { scheduleReminder } from '../leads/next-action.ts'
import { forgetLeadRows, forgetPluginJobs } from '../plugins/forget-lead-rows.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { ErasureReason } from './erasure.ts'
import { forgetAnswersNaming } from './forget-answers.ts'
import { readKnown, type Subject } from './subject.ts'
import { forgetInWords, forgetJobs } from './words.ts'

/** Somebody who is being erased, and who asked for it. */
export interface Erasing extends Subject, By {
  reason: ErasureReason
  /** Rows that went so far, by kind. */
  removed: Record<string, number>
}

/**
 * Claims a lead for erasure, also one that is deleted, and removes all that there is little of: identities first, so that from the
 * commit on nobody is taken for this person. What there may be much of is left to `eraseNext`. Throws `not_found`, `lead_merged`.
 */
export async function beginErasure(
  core: Core,
  tx: Tx,
  workspaceId: string,
  leadId: string,
  reason: ErasureReason,
  by: By,
): Promise<Erasing> {
  const ids = await lockFamily(tx, workspaceId, leadId)
  const known = await readKnown(tx, workspaceId, ids)
  const subject = { workspaceId, leadId, ids, known }
  await claim(core, tx, subject, reason, by)

  const suppressed = await forgetSuppressed(core, tx, subject, by)
  const filters = await forgetInWords(tx, subject)
  const jobs = await forgetJobs(tx, subject, core.now())
  await forgetMerges(tx, subject)
  await forgetInUndo(tx, subject)
  await removeFew(tx, subject)
  await forgetLeadRows(tx, workspaceId, ids)
  await forgetPluginJobs(tx, workspaceId, ids, known)
  await forgetAnswersNaming(tx, workspaceId, [...ids, ...suppressed, ...filters, ...jobs], known)
  for (const id of ids) await scheduleReminder(tx, workspaceId, id, null)
  return { ...subject, ...by, reason, removed: { filters: filters.length } }
}

/** The lead and those that were merged into it, held against every change. Ids sort by age, and the survivor is the oldest. */
async function lockFamily(tx: Tx, workspaceId: string, leadId: string): Promise<string[]> {
  const [lead] = isId(leadId)
    ? await tx.query<{ id: string; mergedInto: string | null }>(
        sql`select id, merged_into from leads where workspace_id = ${workspaceId} and id = ${leadId} for update`,
      )
    : []
  if (!lead) throw notFound('lead')
  if (lead.mergedInto)
    throw new LeadNestError('lead_merged', `This lead was merged into ${lead.mergedInto}. Erase that one.`)
  const merged = await tx.query<{ id: string }>(
    sql`select id from leads where workspace_id = ${workspaceId} and merged_into = ${leadId} order by id for update`,
  )
  return [lead.id, ...merged.map(({ id }) => id)]
}

async function claim(core: Core, tx: Tx, { workspaceId, leadId, ids, known }: Subject, reason: string, by: By) {
  await tx.query(sql`
    insert into erasures (workspace_id, lead_id, part_of, reason, actor, source, job_id, known, created_at)
    select ${workspaceId}::uuid, id, case when id <> ${leadId} then ${leadId}::uuid end, ${reason}, ${JSON.stringify(by.actor)}::jsonb,
      ${by.source}, ${by.jobId ?? null}::uuid, case when id = ${leadId} then ${JSON.stringify(known)}::jsonb end, ${core.now()}
    from unnest(${ids}::uuid[]) as id`)
}

/** Merges cannot be undone any more. One that was undone may have told another lead's timeline what this one said. */
async function forgetMerges(tx: Tx, { workspaceId, ids }: Subject): Promise<void> {
  const merges = await tx.query<{ id: string; survivorId: string }>(sql`
    delete from merges where workspace_id = ${workspaceId} and (survivor_id = any(${ids}::uuid[]) or loser_id = any(${ids}::uuid[]))
    returning id, survivor_id`)
  const others = merges.filter(({ survivorId }) => !ids.includes(survivorId))
  if (others.length === 0) return
  await tx.query(sql`
    update events set data = data - 'changes'
    where workspace_id = ${workspaceId} and lead_id = any(${others.map(({ survivorId }) => survivorId)}::uuid[])
      and type = 'lead.merged' and data ->> 'mergeId' = any(${others.map(({ id }) => id)})`)
}

/** Others had an address of this person before an import: its undo is not to bring that back. A deleted lead gets back all or nothing. */
async function forgetInUndo(tx: Tx, { workspaceId, ids, known }: Subject): Promise<void> {
  const externalIds = await tx.query<{ externalId: string }>(sql`
    select external_id from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and external_id is not null`)
  const has = {
    email: sql`before ->> 'email' = any(${known.emails})`,
    phone: sql`before ->> 'phone' = any(${known.phones})`,
    externalId: sql`before ->> 'externalId' = any(${externalIds.map(({ externalId }) => externalId)})`,
  }
  const anyOf = sql`(${has.email} or ${has.phone} or ${has.externalId})`
  const theirs = sql`array_remove(array[
    case when ${has.email} then 'email' end, case when ${has.phone} then 'phone' end, case when ${has.externalId} then 'externalId' end
  ], null)`
  const aliases = [
    ...known.emails.map((email) => `email ${email}`),
    ...known.phones.map((phone) => `phone ${phone}`),
    ...externalIds.map(({ externalId }) => `external_id ${externalId}`),
  ]
  await tx.query(sql`
    delete from import_changes where workspace_id = ${workspaceId} and displaced and (${anyOf} or aliases && ${aliases}::text[])`)
  await tx.query(sql`
    update import_changes set aliases = array(select unnest(aliases) except select unnest(${aliases}::text[]))
    where workspace_id = ${workspaceId} and aliases <> '{}' and aliases && ${aliases}::text[]`)
  // By the index of the few rows that changed by what somebody is known.
  await tx.query(sql`
    update import_changes set before = before - ${theirs}, after = after - ${theirs}
    where workspace_id = ${workspaceId} and ${anyOf}
      and (before ->> 'email' is not null or before ->> 'phone' is not null or before ->> 'externalId' is not null)`)
}

async function removeFew(tx: Tx, { workspaceId, ids }: Subject): Promise<void> {
  const ofLead = sql`workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[])`
  await tx.query(sql`delete from lead_aliases where ${ofLead}`)
  await tx.query(sql`delete from waiting_leads where ${ofLead}`)
  await tx.query(sql`
    delete from duplicates where workspace_id = ${workspaceId} and (lead_id = any(${ids}::uuid[]) or other_id = any(${ids}::uuid[]))`)
  // They may tell of this person, and can be made or sent again. What is being imported goes at its end.
  await tx.query(sql`
    delete from files where workspace_id = ${workspaceId} and purpose in ('export', 'import') and not exists (
      select from jobs j where j.workspace_id = ${workspaceId} and j.finished_at is null and j.input ->> 'fileId' = files.id::text
    )`)
  const tags = await tx.query<{ name: string }>(sql`delete from lead_tags where ${ofLead} returning name`)
  // A tag that nobody else carries may be a word about this person.
  await tx.query(sql`
    delete from tags where workspace_id = ${workspaceId} and name = any(${tags.map(({ name }) => name)})
      and not exists (select from lead_tags t where t.workspace_id = tags.workspace_id and t.name = tags.name)`)
}
