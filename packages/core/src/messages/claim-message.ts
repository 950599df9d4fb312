import type { OutgoingMessage } from '../channels/channel.ts'
import { channelsOf, type ReadyChannel } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { postpone, turnOf } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { prepareMessage } from './prepare-message.ts'
import { isForbidden } from './sendable.ts'
import { settle } from './settle-message.ts'
import { lockMessage, type MessageRow, readMessage, scheduleSend } from './statements.ts'
import { waitsUntil } from './waits-until.ts'

export interface Claimed extends ReadyChannel {
  message: OutgoingMessage
}

const waits = ({ status }: MessageRow) => status === 'queued' || status === 'scheduled'

/**
 * Takes a message that is due, for one try, in a transaction of its own: whoever comes later, or after a crash, finds it taken.
 * Undefined where it is not to leave, or not now; that is written down then.
 */
export async function claimMessage(core: Core, workspaceId: string, messageId: string): Promise<Claimed | undefined> {
  const known = await core.inWorkspace(workspaceId, (tx) => readMessage(tx, workspaceId, messageId))
  if (!known || !waits(known)) return undefined
  const found = channelsOf(core).find(({ channel }) => channel.id === known.channel)
  const turn = found && (await turnOf(core, workspaceId, found.plugin))
  if (turn && turn.restsFor > 0) {
    await postpone(core, workspaceId, turn, {
      task: 'send_message',
      payload: { workspaceId, messageId },
      key: `send ${messageId}`,
    })
    return undefined
  }
  return core.inWorkspace(workspaceId, async (tx) => {
    const message = await lockMessage(tx, workspaceId, messageId)
    if (!message || !waits(message)) return undefined
    const early = Date.parse(message.dueAt!) - core.now().getTime()
    if (early > 0) return later(tx, workspaceId, message, early)
    if (!found || !turn) return fail(core, tx, workspaceId, message, off)
    const refusal = await refusalOf(core, tx, workspaceId, message)
    if (refusal) return fail(core, tx, workspaceId, message, refusal)
    const ready = { ...found, turn }
    const turnAt = await waitsUntil(core, tx, workspaceId, message, ready)
    if (turnAt) return putOff(tx, workspaceId, message, turnAt)
    const outgoing = await prepareMessage(core, tx, workspaceId, message, ready)
    if ('code' in outgoing) return fail(core, tx, workspaceId, message, outgoing)
    await tx.query(sql`
      update messages set status = 'sending', claimed_at = ${core.now()}, attempts = attempts + 1, error = null
      where workspace_id = ${workspaceId} and id = ${messageId}`)
    return { ...ready, message: outgoing }
  })
}

/** By the real clock: where a test's stands before the job's time, it would run again and again. */
async function later(tx: Tx, workspaceId: string, { id }: MessageRow, ms: number): Promise<undefined> {
  await scheduleSend(tx, workspaceId, id, { at: new Date(Date.now() + ms) })
  return undefined
}

const off = { code: 'plugin_off', detail: 'The plugin of this channel is off, or needs settings.' }
const gone = { code: 'lead_gone', detail: 'The lead was deleted.' }
const suppressed = { code: 'suppressed', detail: 'This person does not want to be written to any more.' }

async function fail(
  core: Core,
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
  error: { code: string; detail: string },
): Promise<undefined> {
  await settle(tx, workspaceId, message, 'failed', { error, by: bySystem, at: core.now() })
  return undefined
}

/** Asked again right before the provider is: much may have happened since the message was queued. */
async function refusalOf(
  core: Core,
  tx: Tx,
  workspaceId: string,
  message: MessageRow,
): Promise<{ code: string; detail: string } | undefined> {
  if (message.leadId) {
    // A STOP that comes in this moment holds the lead; it is waited for.
    const [lead] = await tx.query<{ deletedAt: string | null }>(sql`
      select deleted_at from leads where workspace_id = ${workspaceId} and id = ${message.leadId} for share`)
    if (!lead || lead.deletedAt) return gone
  }
  return (await isForbidden(core, tx, workspaceId, message)) ? suppressed : undefined
}

async function putOff(tx: Tx, workspaceId: string, { id }: MessageRow, at: Date): Promise<undefined> {
  await tx.query(sql`
    update messages set status = 'scheduled', due_at = ${at} where workspace_id = ${workspaceId} and id = ${id}`)
  await scheduleSend(tx, workspaceId, id, { at })
  return undefined
}
