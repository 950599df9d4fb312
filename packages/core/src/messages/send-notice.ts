import type { Notice } from '../channels/channel.ts'
import { readyChannel } from '../channels/find-channel.ts'
import { isSendError } from '../channels/send-error.ts'
import type { Core } from '../core.ts'
import { newId } from '../id.ts'
import { dropKey, takeKey } from '../idempotency/once.ts'
import { normaliseAddress } from '../suppressions/address.ts'
import { checkMessage, chooseSender } from './check-message.ts'
import { assertAllowed } from './sendable.ts'

/**
 * Gives a notice to the channel, once for each key: it is taken before, so that whoever dies over it leaves it unsent rather than sent
 * twice. It is stored nowhere. Returns false where it was sent before. Throws `suppressed`, `plugin_off`, `invalid_input`, and what
 * the channel does; what the provider surely did not take can be tried again.
 */
export async function sendNotice(
  core: Core,
  workspaceId: string,
  channelId: string,
  { to, body }: Notice,
  key: string,
): Promise<boolean> {
  const { channel, turn } = await readyChannel(core, workspaceId, channelId)
  checkMessage(core, channel, { body, mediaUrls: [] })
  const sender = chooseSender(channel, turn.context.settings, { asked: undefined, last: null })
  const name = { scope: `notice ${channelId}`, key }
  const address = await core.inWorkspace(workspaceId, async (tx) => {
    const address = await normaliseAddress(tx, workspaceId, channelId, to)
    const purpose = channel.purposeDefault ?? null
    await assertAllowed(core, tx, workspaceId, { channel: channelId, address, leadId: null, purpose, sender })
    return (await takeKey(core, tx, workspaceId, name)) ? address : undefined
  })
  if (address === undefined) return false
  const message = {
    id: newId(),
    to: address,
    sender,
    subject: null,
    body,
    media: [],
    inReplyTo: null,
    preferences: null,
  }
  try {
    await channel.send(message, turn.context)
    return true
  } catch (error) {
    if (isSendError(error) && error.kind === 'retry') await dropKey(core, workspaceId, name)
    throw error
  }
}
