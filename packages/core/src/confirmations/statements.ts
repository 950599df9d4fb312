import type { Capture } from '../leads/write-captures.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { hashOf } from '../secrets.ts'
import { readSubmissions } from '../submissions/list-submissions.ts'
import { capturesOf } from '../submissions/release.ts'
import { lockSubmissions } from '../submissions/statements.ts'
import type { Submission } from '../submissions/submission.ts'

/** A link as its row holds it. */
export interface Link {
  id: string
  submissionId: string
  channel: string
  expiresAt: string
  endedAt: string | null
  /** Whether this one, or another of the same submission, was used. */
  used: boolean
}

export async function readLink(tx: Tx, workspaceId: string, secret: string): Promise<Link | undefined> {
  const [link] = await tx.query<Link>(sql`
    select l.id, l.submission_id, l.channel, l.expires_at, l.ended_at, exists (
      select from confirmation_links o
      where o.workspace_id = l.workspace_id and o.submission_id = l.submission_id and o.used_at is not null
    ) as used
    from confirmation_links l
    where l.workspace_id = ${workspaceId} and l.token_hash = ${hashOf(secret)}`)
  return link
}

export interface Sent {
  submission: Submission
  capture: Capture
}

/** What was sent, held until the end of the transaction: its links are only ever changed under this lock. */
export async function lockSent(tx: Tx, workspaceId: string, submissionId: string): Promise<Sent | undefined> {
  const stored = await lockSubmissions(tx, workspaceId, [submissionId])
  const [submission] = await readSubmissions(tx, workspaceId, [submissionId])
  const [capture] = await capturesOf(tx, workspaceId, stored)
  return submission && capture && { submission, capture }
}

/** Held, and only because the person is still to confirm it. */
export const isWaiting = ({ verdict, reasons }: Pick<Submission, 'verdict' | 'reasons'>): boolean =>
  verdict === 'held' && reasons.includes('awaiting_confirmation')
