import type { Accepted } from '../channels/channel.ts'
import { providerStatuses } from '../channels/channel.ts'
import { isSendError, type SendError } from '../channels/send-error.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { watched } from '../plugins/run-plugin.ts'
import { type Claimed, claimMessage } from './claim-message.ts'
import { concludeMessage } from './conclude-message.ts'

/** How long a provider may take to accept a message, in ms. */
const patience = 30_000

/** What a try came to. */
export type Outcome =
  | { kind: 'accepted'; accepted: Accepted }
  | { kind: 'refused' | 'suppressed' | 'retry' | 'unknown'; code: string | null; detail: string; retryAfter?: number }

/**
 * Gives a message to its provider, once: it is taken before, in a transaction of its own, so that a run that dies in the middle
 * leaves a message whose fate is unknown, and never a second one.
 */
export async function deliverMessage(
  core: Core,
  { workspaceId, messageId }: { workspaceId: string; messageId: string },
): Promise<void> {
  const claimed = await claimMessage(core, workspaceId, messageId)
  if (!claimed) return
  await concludeMessage(core, workspaceId, messageId, await attempt(core, workspaceId, claimed))
}

/** A refusal of the provider is no failure of the plugin. */
async function attempt(core: Core, workspaceId: string, { plugin, channel, turn, message }: Claimed): Promise<Outcome> {
  try {
    return await watched(core, workspaceId, plugin, patience, async () => {
      try {
        return { kind: 'accepted' as const, accepted: checkAccepted(await channel.send(message, turn.context)) }
      } catch (error) {
        if (isSendError(error)) return outcomeOf(error)
        throw error
      }
    })
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    core.log.warn({ err: error, plugin: plugin.id, workspaceId, messageId: message.id }, 'a channel failed')
    // What the plugin may not do was not done.
    if (error instanceof LeadNestError && (error.code === 'capability_missing' || error.code === 'address_refused'))
      return { kind: 'refused', code: error.code, detail }
    return { kind: 'unknown', code: null, detail }
  }
}

const outcomeOf = ({ kind, code = undefined, message, retryAfter }: SendError): Outcome => ({
  kind,
  code: code ?? null,
  detail: message,
  ...(retryAfter !== undefined && { retryAfter }),
})

/** An answer that says nothing leaves open what happened. */
function checkAccepted(accepted: Accepted): Accepted {
  if (typeof accepted?.providerId !== 'string' || !accepted.providerId || !providerStatuses.includes(accepted.status))
    throw new Error('The channel did not say by which id, and how far, the provider has the message.')
  return accepted
}
