import type { Core } from '../core.ts'
import { invalid, LeadNestError, notFound } from '../errors.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { bindToWorkspace, hashOf, newSecret } from '../secrets.ts'
import { addressFor, addressKind } from '../suppressions/address.ts'
import { linkLifetime } from './confirmation.ts'
import { isWaiting, lockSent, type Sent } from './statements.ts'

export const confirmationLink = (publicBaseUrl: string, token: string): string => `${publicBaseUrl}/c/${token}`

/**
 * Makes the link by which somebody confirms what they sent, and ends those that were made before. `token` is what it carries.
 * Whoever sends it says through which channel, for it proves that address alone. Throws `not_found`, `not_waiting`, and
 * `invalid_input` where no such address was given.
 */
export function makeConfirmationLink(
  core: Core,
  workspaceId: string,
  submissionId: string,
  { channel }: { channel?: string | undefined },
  by: By,
): Promise<MadeLink> {
  return core.inWorkspace(workspaceId, async (tx) => {
    const sent = await lockSent(tx, workspaceId, submissionId)
    if (!sent) throw notFound('submission')
    return linkIn(core, tx, workspaceId, sent, channel, by)
  })
}

export interface MadeLink {
  token: string
  channel: string
  expiresAt: string
}

/** The same for what is held in a transaction that does more. */
export async function linkIn(
  core: Core,
  tx: Tx,
  workspaceId: string,
  { submission, capture }: Sent,
  asked: string | undefined,
  by: By,
): Promise<MadeLink> {
  const secret = newSecret()
  const now = core.now()
  const expiresAt = new Date(now.getTime() + linkLifetime)
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
  return { token: bindToWorkspace(workspaceId, secret), channel, expiresAt: expiresAt.toISOString() }
}
