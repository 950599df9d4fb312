import { channelsOf, type ReadyChannel } from '../channels/find-channel.ts'
import { readChannelSettings } from '../channels/read-settings.ts'
import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { bySystem } from '../events/event.ts'
import { queueMessage } from '../messages/queue-message.ts'
import { turnOf } from '../plugins/run-plugin.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { addressFor } from '../suppressions/address.ts'
import { confirmationLink, linkIn } from './make-link.ts'
import { isWaiting, lockSent } from './statements.ts'

/**
 * Sends the link of a double opt-in to whoever sent the form, on the first channel that does so here and that they gave an address for:
 * e-mail before others. Once for each submission; where no channel does, the workspace sends links itself. A person who opted out of
 * the channel is not written to.
 */
export async function sendConfirmation(
  core: Core,
  { workspaceId, submissionId }: { workspaceId: string; submissionId: string },
): Promise<void> {
  const ready = await readyHere(core, workspaceId)
  if (ready.length === 0) return
  await core.inWorkspace(workspaceId, async (tx) => {
    const sent = await lockSent(tx, workspaceId, submissionId)
    if (!sent || !isWaiting(sent.submission) || (await hasLink(tx, workspaceId, submissionId))) return
    for (const one of ready) {
      const { confirmations, confirmationText } = await readChannelSettings(tx, workspaceId, one.channel.id)
      const address = addressFor(one.channel.id, sent.capture.person)
      if (!confirmations || !address || (one.channel.address === 'phone' && !address.startsWith('+'))) continue
      const { token } = await linkIn(core, tx, workspaceId, sent, one.channel.id, bySystem)
      const link = confirmationLink(core.publicBaseUrl, token)
      const body = (confirmationText ?? 'Please confirm what you sent us: {{ link }}').replaceAll('{{ link }}', link)
      const subject = one.channel.limits?.subject ? 'Please confirm' : null
      try {
        await queueMessage(core, tx, workspaceId, one, { address, leadId: null, body, subject }, bySystem)
      } catch (error) {
        // They said no to this channel; the link waits for whoever sends it another way.
        if (!(error instanceof LeadNestError && error.code === 'suppressed')) throw error
      }
      return
    }
  })
}

async function readyHere(core: Core, workspaceId: string): Promise<ReadyChannel[]> {
  const ready: ReadyChannel[] = []
  for (const found of channelsOf(core)) {
    const turn = await turnOf(core, workspaceId, found.plugin)
    if (turn) ready.push({ ...found, turn })
  }
  return ready.sort((one, other) => Number(other.channel.id === 'email') - Number(one.channel.id === 'email'))
}

async function hasLink(tx: Tx, workspaceId: string, submissionId: string): Promise<boolean> {
  const [link] = await tx.query(sql`
    select 1 as present from confirmation_links where workspace_id = ${workspaceId} and submission_id = ${submissionId} limit 1`)
  return link !== undefined
}
