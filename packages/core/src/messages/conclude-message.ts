import type { ProviderStatus } from '../channels/channel.ts'
import type { Core } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { byWriter } from './by-writer.ts'
import type { Outcome } from './deliver-message.ts'
import { holdProviderId, takeEarly } from './early-statuses.ts'
import { optOut } from './opt-out.ts'
import { reasonOf } from './report-status.ts'
import { moveForward, settle } from './settle-message.ts'
import { lockMessage, type MessageRow, scheduleSend } from './statements.ts'
import { furthest } from './status.ts'

/** How long is waited after each try that the provider did not take, in ms; after the last the message has failed. */
const waits = [5_000, 30_000, 2 * 60_000, 10 * 60_000, 30 * 60_000, 2 * 3_600_000, 6 * 3_600_000]
const longest = 24 * 3_600_000

/** Writes down what a try came to. A status that came before it stands. */
export async function concludeMessage(
  core: Core,
  workspaceId: string,
  messageId: string,
  outcome: Outcome,
): Promise<void> {
  await core.inWorkspace(workspaceId, async (tx) => {
    if (outcome.kind === 'accepted') return accept(core, tx, workspaceId, messageId, outcome)
    const message = await lockMessage(tx, workspaceId, messageId)
    if (!message) return
    if (outcome.kind === 'suppressed') await suppressed(core, tx, workspaceId, message, outcome)
    // The provider has said more since: it had it after all.
    if (message.status !== 'sending' || message.providerId) return
    const { kind, detail } = outcome
    const at = core.now()
    const error = { code: outcome.code ?? kind, detail: detail.slice(0, 500) }
    if (kind === 'retry') return again(core, tx, workspaceId, message, outcome)
    if (kind === 'unknown') {
      await settle(tx, workspaceId, message, 'unknown', { error: { ...error, code: 'unknown' }, by: bySystem, at })
      return askLater(core, tx, workspaceId, messageId, 0)
    }
    const code = kind === 'suppressed' ? 'suppressed' : error.code
    await settle(tx, workspaceId, message, 'failed', { error: { ...error, code }, by: bySystem, at })
  })
}

async function accept(
  core: Core,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  { accepted }: Extract<Outcome, { kind: 'accepted' }>,
): Promise<void> {
  const { providerId } = accepted
  const [row] = await tx.query<{ channel: string }>(
    sql`select channel from messages where workspace_id = ${workspaceId} and id = ${messageId}`,
  )
  if (!row) return
  await holdProviderId(tx, workspaceId, row.channel, providerId)
  const message = await lockMessage(tx, workspaceId, messageId)
  if (!message) return
  const [other] = await tx.query(sql`
    select 1 as present from messages
    where workspace_id = ${workspaceId} and channel = ${row.channel} and provider_id = ${providerId} and id <> ${messageId}`)
  if (other) {
    const error = { code: 'unknown', detail: 'The provider gave the id of another message.' }
    await settle(tx, workspaceId, message, 'unknown', { error, by: bySystem, at: core.now() })
    return
  }
  const early = await takeEarly(tx, workspaceId, row.channel, providerId)
  const said = furthest([{ status: accepted.status as ProviderStatus, errorCode: null, optedOut: false }, ...early])
  const error = said.errorCode ? { code: said.errorCode } : undefined
  await moveForward(core, tx, workspaceId, message, { ...accepted, status: said.status, error }, bySystem)
  if (early.some(({ optedOut }) => optedOut)) await optOut(core, tx, workspaceId, message, reasonOf(null), byWriter)
}

async function suppressed(
  core: Core,
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
  { code }: { code: string | null },
) {
  await optOut(core, tx, workspaceId, message, reasonOf(code), byWriter)
}

async function again(
  core: Core,
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
  { detail, code, retryAfter = 0 }: { detail: string; code: string | null; retryAfter?: number },
): Promise<void> {
  const at = core.now()
  const usual = waits[message.attempts - 1]
  const error = { code: code ?? (usual === undefined ? 'gave_up' : 'retry'), detail: detail.slice(0, 500) }
  if (usual === undefined) {
    await settle(tx, workspaceId, message, 'failed', { error, by: bySystem, at })
    return
  }
  const wait = Math.min(longest, Math.max(usual, retryAfter * 1000))
  const dueAt = new Date(at.getTime() + wait)
  await tx.query(sql`
    update messages set status = 'queued', claimed_at = null, slot = null, due_at = ${dueAt}, error = ${JSON.stringify(error)}
    where workspace_id = ${workspaceId} and id = ${message.id}`)
  await scheduleSend(tx, workspaceId, message.id, { at: dueAt })
}

/** When the provider is asked what became of a message, in ms after the try before. */
const looks = [60_000, 5 * 60_000, 3_600_000, 6 * 3_600_000]

export async function askLater(
  core: Core,
  tx: Tx,
  workspaceId: string,
  messageId: string,
  look: number,
): Promise<void> {
  const wait = looks[look]
  if (wait === undefined) return
  await addJob(
    tx,
    'look_up_message',
    { workspaceId, messageId, look },
    { key: `look ${messageId}`, at: new Date(core.now().getTime() + wait) },
  )
}
