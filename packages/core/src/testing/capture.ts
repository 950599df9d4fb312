import type { Core } from '../core.ts'
import type { Event, EventType } from '../events/event.ts'
import { findForm } from '../forms/find-form.ts'
import { issueFormToken } from '../forms/form-token.ts'
import { captureLead } from '../leads/capture-lead.ts'
import { getLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { orNull } from '../plugins/powers.ts'
import { sql } from '../postgres/sql.ts'
import { getSubmission } from '../submissions/list-submissions.ts'
import type { Submission, SubmissionInput } from '../submissions/submission.ts'

/** What became of something sent on a form. */
export interface Captured extends Submission {
  /** The lead that it made or updated; null where it is held, or a test. */
  lead: Lead | null
}

export type CaptureOptions = Pick<SubmissionInput, 'attribution' | 'consents' | 'test'> & {
  /** Sent by a server with a secret key; by a visitor, who took a minute for it, unless told. */
  trusted?: boolean
}

/** Sends a form as a visitor does. Throws `invalid_input` where it is refused, by the form or by a plugin. */
export async function capture(
  core: Core,
  workspaceId: string,
  slug: string,
  fields: SubmissionInput['fields'],
  { trusted = false, ...input }: CaptureOptions = {},
): Promise<Captured> {
  const found = await findForm(core, slug, workspaceId)
  const opened: Core = { ...core, now: () => new Date(core.now().getTime() - 60_000) }
  const token = issueFormToken(opened, found.form.id)
  const { result } = await captureLead(
    core,
    found,
    { fields, token, ...input },
    trusted
      ? { actor: { type: 'system', id: null, name: 'test' }, source: 'api', trusted }
      : { actor: { type: 'visitor', id: null, name: null }, source: 'form', trusted },
  )
  const submission = await getSubmission(core, workspaceId, result.id)
  return { ...submission, lead: submission.leadId ? await orNull(getLead(core, workspaceId, submission.leadId)) : null }
}

/** What happened in a workspace, the oldest first; of one type where one is named. */
export function eventsOf(core: Core, workspaceId: string, type?: EventType): Promise<Event[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<Event>(sql`
      select id, type, lead_id, actor, source, data, created_at from events
      where workspace_id = ${workspaceId} and (${type ?? null}::text is null or type = ${type ?? null})
      order by xid, id`),
  )
}
