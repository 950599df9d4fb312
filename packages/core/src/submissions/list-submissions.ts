import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { LeadNestError, notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { checkLead } from '../leads/find-leads.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Submission, SubmissionQuery } from './submission.ts'
import type { Verdict } from './verdict.ts'

const columns = sql`
  s.id, s.form_id, f.name as form_name, s.lead_id, s.verdict, s.reasons, s.fields, s.attribution, s.consents, s.test,
  s.created_at, s.released_at, s.released_by,
  coalesce(s.hooked, '[]') as hooked`

const source = sql`submissions s join forms f on f.workspace_id = s.workspace_id and f.id = s.form_id`

interface Which {
  verdict?: readonly Verdict['verdict'][] | undefined
  formId?: string | undefined
  leadId?: string | undefined
  limit?: number
  cursor?: string | undefined
}

/** Newest first. */
export async function listSubmissions(
  core: Core,
  workspaceId: string,
  { verdict, formId, leadId, limit = 50, cursor }: Which = {},
) {
  const list = `${workspaceId} submissions ${verdict ?? ''} ${formId ?? ''} ${leadId ?? ''}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const submissions = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Submission>(sql`
      select ${columns} from ${source}
      where s.workspace_id = ${workspaceId} and s.erased_at is null
        ${verdict?.length === 1 ? sql`and s.verdict = ${verdict[0]}` : verdict ? sql`and s.verdict = any(${verdict}::text[])` : sql``}
        ${verdict && !verdict.includes('accepted') ? sql`and s.verdict <> 'accepted'` : sql``}
        ${formId ? sql`and s.form_id = ${formId}` : sql``}
        ${leadId ? sql`and s.lead_id = ${leadId}` : sql``}
        ${before ? sql`and s.id < ${before}` : sql``}
      order by s.id desc
      limit ${limit + 1}`),
  )
  return toPage(submissions, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
}

/** The same by what a caller names: a form by its id or slug. Throws `unknown_reference` for a form or a lead that is not there. */
export async function findSubmissions(
  core: Core,
  workspaceId: string,
  { form, lead, verdict, ...page }: SubmissionQuery,
) {
  const formId = form ? await core.inWorkspace(workspaceId, (tx) => readFormId(tx, workspaceId, form)) : undefined
  if (lead) await core.inWorkspace(workspaceId, (tx) => checkLead(tx, workspaceId, lead)).catch(unknown('lead'))
  return listSubmissions(core, workspaceId, { ...page, verdict, formId, leadId: lead })
}

async function readFormId(tx: Tx, workspaceId: string, name: string): Promise<string> {
  const [form] = await tx.query<{ id: string }>(sql`
    select id from forms where workspace_id = ${workspaceId} and ${isId(name) ? sql`id = ${name}` : sql`slug = ${name}`}`)
  return form?.id ?? unknown('form')(notFound('form'))
}

const unknown =
  (path: string) =>
  (error: unknown): never => {
    if (!(error instanceof LeadNestError) || error.code !== 'not_found') throw error
    throw new LeadNestError('unknown_reference', `There is no such ${path}.`, {
      issues: [{ path, message: `There is no such ${path}.` }],
    })
  }

/** Throws `not_found`, also for one that was erased. */
export async function getSubmission(core: Core, workspaceId: string, id: string): Promise<Submission> {
  const [submission] = await core.inWorkspace(workspaceId, (tx) => readSubmissions(tx, workspaceId, [id]))
  if (!submission) throw notFound('submission')
  return submission
}

/** Those of these that are there, in the order of their ids. */
export async function readSubmissions(tx: Tx, workspaceId: string, ids: string[]): Promise<Submission[]> {
  return tx.query<Submission>(sql`
    select ${columns} from ${source}
    where s.workspace_id = ${workspaceId} and s.erased_at is null and s.id = any(${ids.filter(isId)}::uuid[])
    order by s.id`)
}

/** How many wait for a person, `most` at most. */
export async function countHeld(core: Core, workspaceId: string, most: number): Promise<number> {
  const [row] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ count: number }>(sql`
      select count(*) as count from (
        select 1 from submissions
        where workspace_id = ${workspaceId} and verdict = 'held' and verdict <> 'accepted' and erased_at is null
        limit ${most}
      ) as held`),
  )
  return row!.count
}
