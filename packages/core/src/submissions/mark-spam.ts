import type { Core } from '../core.ts'
import { LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { readSubmissions } from './list-submissions.ts'
import { lockSubmissions, spamSubmissions } from './statements.ts'
import type { Submission } from './submission.ts'
import { unknownIds } from './unknown-ids.ts'

/** Takes what was held for spam; `releaseSubmission` brings it back. Throws `not_found`, `submission_accepted`. */
export async function markSpam(core: Core, workspaceId: string, id: string, by: By): Promise<Submission> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const [submission] = await markIn(core, tx, workspaceId, [id], by)
    if (!submission) throw notFound('submission')
    return submission
  })
}

/** The same for many, all or none. Throws `unknown_reference` at `ids.<n>`, `submission_accepted`. */
export async function markManySpam(core: Core, workspaceId: string, ids: string[], by: By): Promise<Submission[]> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const submissions = await markIn(core, tx, workspaceId, ids, by)
    unknownIds(ids, submissions)
    return submissions
  })
}

async function markIn(core: Core, tx: Tx, workspaceId: string, ids: string[], by: By): Promise<Submission[]> {
  const found = await lockSubmissions(tx, workspaceId, ids)
  const accepted = found.find(({ verdict }) => verdict === 'accepted')
  if (accepted)
    throw new LeadNestError(
      'submission_accepted',
      `The submission ${accepted.id} was let through and is a lead’s. Delete the lead instead.`,
    )
  const held = found.filter(({ verdict }) => verdict === 'held')
  if (held.length > 0) {
    const at = core.now()
    await tx.query(
      spamSubmissions(
        workspaceId,
        held.map(({ id }) => id),
      ),
    )
    const names = new Map(
      (
        await tx.query<{ id: string; name: string }>(
          sql`select id, name from forms where workspace_id = ${workspaceId} and id = any(${held.map(({ formId }) => formId)}::uuid[])`,
        )
      ).map(({ id, name }) => [id, name]),
    )
    const events = held.map(({ id, formId }) =>
      newEvent({
        type: 'submission.marked_spam',
        leadId: null,
        submissionId: id,
        ...by,
        data: { submissionId: id, formId, formName: names.get(formId) },
        at,
      }),
    )
    await recordEvents(tx, workspaceId, events)
  }
  return readSubmissions(tx, workspaceId, ids)
}
