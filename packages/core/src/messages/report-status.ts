import * as v from 'valibot'
import { providerStatuses, type StatusReport } from '../channels/channel.ts'
import type { Core } from '../core.ts'
import { bySystem } from '../events/event.ts'
import { parse } from '../parse.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { byWriter } from './by-writer.ts'
import { holdProviderId, keepEarly } from './early-statuses.ts'
import { optOut } from './opt-out.ts'
import { moveForward } from './settle-message.ts'
import { lockMessage, type MessageRow } from './statements.ts'

const ProviderId = v.pipe(v.string(), v.nonEmpty(), v.maxLength(500))
const Report = v.object({
  providerId: ProviderId,
  messageId: v.optional(v.string()),
  status: v.picklist(providerStatuses),
  error: v.optional(v.object({ code: v.string(), detail: v.optional(v.string()) })),
  optedOut: v.optional(v.boolean(), false),
  segments: v.optional(v.number()),
  cost: v.optional(v.object({ amount: v.number(), currency: v.string() })),
})

/**
 * Takes what a provider says of a message: forward only, in any order, doubled, and also before the send has returned. What nobody
 * knows here is remembered for a day. Throws `invalid_input`.
 */
export function reportStatus(
  core: Core,
  workspaceId: string,
  channel: string,
  report: StatusReport,
): Promise<{ known: boolean }> {
  const { messageId, ...said } = parse(Report, report)
  const { providerId, status, error, optedOut } = said
  return core.inWorkspace(workspaceId, async (tx) => {
    await holdProviderId(tx, workspaceId, channel, providerId)
    const message = await find(tx, workspaceId, channel, { providerId, messageId })
    if (!message) {
      const early = { status, errorCode: error?.code.slice(0, 100) ?? null, optedOut }
      await keepEarly(tx, workspaceId, channel, providerId, early, core.now())
      return { known: false }
    }
    if (optedOut) await optOut(core, tx, workspaceId, message, reasonOf(error?.code), byWriter)
    // A try before this one, that was given up.
    if (message.providerId && message.providerId !== providerId) return { known: true }
    await moveForward(core, tx, workspaceId, message, said, bySystem)
    return { known: true }
  })
}

export const reasonOf = (code: string | null | undefined) => `told by the provider${code ? ` (${code})` : ''}`

async function find(
  tx: Tx,
  workspaceId: string,
  channel: string,
  { providerId, messageId }: { providerId: string; messageId: string | undefined },
): Promise<MessageRow | undefined> {
  const [known] = await tx.query<{ id: string }>(sql`
    select id from messages where workspace_id = ${workspaceId} and channel = ${channel} and provider_id = ${providerId}`)
  const id = known?.id ?? messageId
  const message = id ? await lockMessage(tx, workspaceId, id) : undefined
  return message?.direction === 'out' && message.channel === channel ? message : undefined
}
