import type { PluginContext } from '@leadnest/core/plugin'
import { isHardBounce } from '../channel/failure.ts'
import { messageIdOf, oursIn } from '../channel/message-id.ts'
import { readMailbox, type Settings } from '../settings.ts'

/** What somebody wrote, as a mail or as a service tells it. */
export interface Answer {
  type: 'message'
  messageId: string
  from: string
  to: string
  subject?: string | undefined
  text: string
  inReplyTo: string
  references: string
}

/** A mail that did not arrive. `code` is an enhanced status (RFC 3463), as 5.1.1, where it is known. */
export interface Bounce {
  type: 'bounce'
  messageId?: string | undefined
  recipient?: string | undefined
  permanent: boolean
  code?: string | undefined
  detail?: string | undefined
}

/**
 * Notes that a message did not arrive, and that nothing reaches its address where that is gone for good. One that only waits is left
 * alone. Only what we sent can bounce.
 */
export async function noteBounce(
  context: PluginContext<Settings>,
  { messageId = '', permanent, code = '', detail }: Bounce,
): Promise<'bounced' | 'nothing'> {
  const [id] = oursIn(messageId)
  const message = id ? await context.messages.get(id) : null
  if (!permanent || !message || message.direction !== 'out' || message.channel !== 'email') return 'nothing'
  const channel = context.channel('email')
  await channel.status({
    providerId: messageIdOf(message.id, message.sender ?? readMailbox(context.settings.from)!.address),
    messageId: message.id,
    status: 'undelivered',
    error: { code: code || 'bounced', ...(detail && { detail }) },
  })
  // A service that has no code says by `permanent` alone that the address is gone.
  if (isHardBounce(code) || code === '')
    await channel.unreachable(message.address, `Bounced: ${detail ?? code}`.slice(0, 500))
  return 'bounced'
}
