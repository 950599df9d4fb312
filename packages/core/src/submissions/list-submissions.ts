import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import type { Answers } from '../forms/check-fields.ts'
import { sql } from '../postgres/sql.ts'
import type { Attribution } from './submission.ts'
import type { Reason } from './verdict.ts'

/** One act of sending a form, as it was stored. */
export interface Submission {
  id: string
  formId: string
  formName: string
  leadId: string | null
  verdict: 'accepted' | 'held' | 'spam'
  reasons: Reason[]
  fields: Answers
  attribution: Attribution | null
  test: boolean
  createdAt: string
}

/** Newest first. `held` includes spam: both wait for a person. */
export async function listSubmissions(
  core: Core,
  workspaceId: string,
  {
    verdict,
    leadId,
    limit = 50,
    cursor,
  }: { verdict?: 'held' | 'accepted'; leadId?: string; limit?: number; cursor?: string | undefined } = {},
) {
  const list = `${workspaceId} submissions ${verdict ?? ''} ${leadId ?? ''}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const submissions = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<Submission>(sql`
      select s.id, s.form_id, f.name as form_name, s.lead_id, s.verdict, s.reasons, s.fields, s.attribution, s.test, s.created_at
      from submissions s join forms f on f.workspace_id = s.workspace_id and f.id = s.form_id
      where s.workspace_id = ${workspaceId} and s.erased_at is null
        ${verdict === 'held' ? sql`and s.verdict <> 'accepted'` : verdict ? sql`and s.verdict = 'accepted'` : sql``}
        ${leadId ? sql`and s.lead_id = ${leadId}` : sql``}
        ${before ? sql`and s.id < ${before}` : sql``}
      order by s.id desc
      limit ${limit + 1}`),
  )
  return toPage(submissions, limit, ({ id, createdAt }) => writeCursor(core.keyring, list, [createdAt, id]))
}
