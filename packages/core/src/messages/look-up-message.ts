import { channelsOf } from '../channels/find-channel.ts'
import type { Core } from '../core.ts'
import { turnOf, watched } from '../plugins/run-plugin.ts'
import { askLater } from './conclude-message.ts'
import { reportStatus } from './report-status.ts'
import { readMessage } from './statements.ts'

const patience = 30_000

/** Asks the provider what became of a message whose answer was lost. It is never sent again, whatever it says. */
export async function lookUpMessage(
  core: Core,
  { workspaceId, messageId, look }: { workspaceId: string; messageId: string; look: number },
): Promise<void> {
  const message = await core.inWorkspace(workspaceId, (tx) => readMessage(tx, workspaceId, messageId))
  if (message?.status !== 'unknown') return
  const found = channelsOf(core).find(({ channel }) => channel.id === message.channel)
  const turn = found?.channel.lookUp && (await turnOf(core, workspaceId, found.plugin))
  if (!found || !turn) return
  const { id, address: to, sender, subject, body } = message
  const media = message.media.map(({ url }) => ({ url }))
  const askedAt = new Date(message.claimedAt!)
  const asked = { id, to, sender, subject, body, media, inReplyTo: null, preferences: null, askedAt }
  try {
    const report = await watched(core, workspaceId, found.plugin, patience, () =>
      found.channel.lookUp!(asked, turn.context),
    )
    if (report) {
      await reportStatus(core, workspaceId, message.channel, { ...report, messageId })
      return
    }
  } catch (error) {
    core.log.warn({ err: error, plugin: found.plugin.id, workspaceId, messageId }, 'a message could not be looked up')
  }
  await core.inWorkspace(workspaceId, (tx) => askLater(core, tx, workspaceId, messageId, look + 1))
}
