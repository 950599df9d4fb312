import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import { bindToWorkspace, hashOf, newSecret } from '../secrets.ts'
import { addressFor, addressKind } from '../suppressions/address.ts'
import { linkLifetime } from './confirmation.ts'
import { isWaiting, lockSent } from './statements.ts'

export const confirmationLink = (publicBaseUrl: string, token: string): string => `${publicBaseUrl}/c/${token}`

/**
 * Makes the link by which somebody confirms what they sent, and ends those that were made before. `token` is what it carries.
 * Whoever sends it says through which channel, for it proves that address alone. Throws `not_found`, `not_waiting`, and
 * `invalid_input` where no such address was given.
 */
export async function makeConfirmationLink(
  core: Core,
  workspaceId: string,
  submissionId: string,
  { channel: asked }: { channel?: string | undefined },
  by: By,
): Promise<{ token: string; channel: string; expiresAt: string }> {
  const secret = newSecret()
  const now = core.now()
  const expiresAt = new Date(now.getTime() + linkLifetime)
  const channel = await core.inWorkspace(workspaceId, async (tx) => {
    const sent = await lockSent(tx, workspaceId, submissionId)
    if (!sent) throw notFound('submission')
    const { submission, capture } = sent
    if (!isWaiting(submission))
      throw new LeadNestError('not_waiting', 'This submission does not wait for the person to confirm it.')
    const channel = asked ?? (capture.person.email || !capture.person.phone ? 'email' : 'sms')
    if (addressKind(channel) && !addressFor(channel, capture.person))
      throw invalid('channel', `Nothing was sent that can be written to by ${channel}.`)

    const before = await tx.query<{ endedAt: string | null }>(sql`
      update confirmation_links set ended_at = coalesce(ended_at, ${now})
      where workspace_id = ${workspaceId} and submission_id = ${submission.id} returning ended_at`)
    await tx.query(sql`
      insert into confirmation_links (workspace_id, id, submission_id, token_hash, channel, created_at, expires_at)
      values (${workspaceId}, ${newId(now.getTime())}, ${submission.id}, ${hashOf(secret)}, ${channel}, ${now}, ${expiresAt})`)
    const { id, formId, formName } = submission
    const data = { submissionId: id, formId, formName, channel, number: before.length + 1, expiresAt }
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'submission.link_made', leadId: null, submissionId: id, ...by, data, at: now }),
    ])
    return channel
  })
  return { token: bindToWorkspace(workspaceId, secret), channel, expiresAt: expiresAt.toISOString() }
}
