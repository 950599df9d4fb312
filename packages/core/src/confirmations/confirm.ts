import { recordConsents, type Said } from '../consents/record-consent.ts'
import type { Given } from '../consents/wordings.ts'
import type { Core } from '../core.ts'
import { byPerson } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { readForm } from '../forms/find-form.ts'
import { type Capture, overtakenBy } from '../leads/write-captures.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { maskAddress } from '../preferences/mask.ts'
import { readBound } from '../secrets.ts'
import { releaseIn } from '../submissions/release.ts'
import type { Submission } from '../submissions/submission.ts'
import { addressFor, addressKind } from '../suppressions/address.ts'
import type { Confirmation, LinkState } from './confirmation.ts'
import { isWaiting, type Link, lockSent, readLink } from './statements.ts'

/** What a link is about; it changes nothing. Undefined for one that is not ours, or not whole. */
export function findConfirmation(core: Core, token: string): Promise<Confirmation | undefined> {
  return withLink(core, token, async (_, found) => found)
}

/**
 * What the person does who follows a link: what they sent becomes a lead's by the same pipeline, once, and what they agreed to
 * stands as confirmed. `state` is what it was before: nothing is changed but where it was `open`.
 */
export function confirmSubmission(core: Core, token: string): Promise<Confirmation | undefined> {
  return withLink(core, token, async (tx, found, { workspaceId, link, submission, capture }) => {
    if (found.state !== 'open') return found
    const waited = isWaiting(submission)
    await tx.query(sql`
      update confirmation_links set used_at = ${core.now()} where workspace_id = ${workspaceId} and id = ${link.id}`)
    // Somebody of the workspace may have let it through meanwhile; then only what the person proves is added.
    const way = { event: 'submission.confirmed', consents: false } as const
    const [after] = waited ? await releaseIn(core, tx, workspaceId, [submission.id], byPerson, way) : [submission]
    if (!waited) await tell(core, tx, workspaceId, submission)
    if (after?.leadId) await agree(core, tx, workspaceId, after.leadId, { link, capture, waited })
    return found
  })
}

/** `waited: false`: it was let through before, so this decided nothing. */
function tell(core: Core, tx: Tx, workspaceId: string, { id, leadId, formId, formName }: Submission): Promise<void> {
  const data = { submissionId: id, formId, formName, waited: false }
  return recordEvents(tx, workspaceId, [
    newEvent({ type: 'submission.confirmed', leadId, submissionId: id, ...byPerson, data, at: core.now() }),
  ])
}

/** A link proves the address that it was sent to, and no other: what is about another one stays a single opt-in. */
async function agree(
  core: Core,
  tx: Tx,
  workspaceId: string,
  leadId: string,
  { link, capture, waited }: { link: Link; capture: Capture; waited: boolean },
): Promise<void> {
  const { id: submissionId, form, person, input, at } = capture
  const page = input.attribution?.landingPage ?? null
  const said = capture.consents.flatMap(({ channel, purpose, wording }): Said[] => {
    const address = addressFor(channel, person)
    const proven = isProven(link, channel, address)
    if (!proven && !waited) return []
    const about = { leadId, channel, purpose, wording, address, page, formId: form.id, submissionId }
    return [
      {
        action: 'grant',
        ...about,
        ...(proven ? { step: 'double', proof: 'confirmation link' } : { step: 'single', at }),
      },
    ]
  })
  await recordConsents(core, tx, workspaceId, said, byPerson)
}

function isProven(link: Link, channel: Given['channel'], address: string | null): boolean {
  const kind = addressKind(channel)
  return kind === null ? link.channel === channel : address !== null && addressKind(link.channel) === kind
}

interface Behind {
  workspaceId: string
  link: Link
  submission: Submission
  capture: Capture
}

/** Does `work` with what is behind a link that is ours, held until the end of the transaction. */
async function withLink(
  core: Core,
  token: string,
  work: (tx: Tx, found: Confirmation, behind: Behind) => Promise<Confirmation>,
): Promise<Confirmation | undefined> {
  const bound = readBound(token)
  if (!bound) return undefined
  const { workspaceId, secret } = bound
  return core.inWorkspace(workspaceId, (tx) =>
    overtakenBy(async () => {
      const first = await readLink(tx, workspaceId, secret)
      if (!first) return undefined
      const sent = await lockSent(tx, workspaceId, first.submissionId)
      // Read again: it may have been used or ended while the lock was waited for.
      const link = (await readLink(tx, workspaceId, secret))!
      const found = await confirmationOf(core, tx, workspaceId, link, sent)
      return sent ? work(tx, found, { workspaceId, link, ...sent }) : found
    }),
  )
}

async function confirmationOf(
  core: Core,
  tx: Tx,
  workspaceId: string,
  link: Link,
  sent: { submission: Submission; capture: Capture } | undefined,
): Promise<Confirmation> {
  const [row] = await tx.query<{ workspaceName: string; formId: string }>(sql`
    select w.name as workspace_name, s.form_id from submissions s join workspaces w on w.id = s.workspace_id
    where s.workspace_id = ${workspaceId} and s.id = ${link.submissionId}`)
  const form = (await readForm(tx, workspaceId, row!.formId))!
  const address = sent ? addressFor(link.channel, sent.capture.person) : null
  return {
    state: stateOf(link, sent?.submission, core.now()),
    workspaceName: row!.workspaceName,
    form: { id: form.id, name: form.name, language: form.language },
    address: address && maskAddress(address),
    wordings: sent ? sent.capture.consents.map(({ wording }) => wording.text) : [],
  }
}

function stateOf(link: Link, submission: Submission | undefined, now: Date): LinkState {
  if (!submission) return 'closed'
  if (link.used) return 'confirmed'
  if (submission.verdict !== 'accepted' && !isWaiting(submission)) return 'closed'
  if (link.endedAt) return 'replaced'
  return Date.parse(link.expiresAt) <= now.getTime() ? 'expired' : 'open'
}
