import type { PluginContext, StatusReport } from '@leadnest/core/plugin'
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

/** How far a mail is, as whoever sends our mail tells it. */
export interface Status {
  type: 'status'
  messageId: string
  status: StatusReport['status']
  code?: string | undefined
  detail?: string | undefined
}

/** Only what we sent goes anywhere. */
export async function noteStatus(
  context: PluginContext<Settings>,
  { messageId, status, code, detail }: Status,
): Promise<Status['status'] | 'nothing'> {
  const message = await sentAs(context, messageId)
  if (!message) return 'nothing'
  await context.channel('email').status({
    providerId: messageIdOf(message.id, message.sender ?? readMailbox(context.settings.from)!.address),
    messageId: message.id,
    status,
    ...(code && { error: { code, ...(detail && { detail }) } }),
  })
  return status
}

/**
 * Notes that a message did not arrive, and that nothing reaches its address where that is gone for good. One that only waits is left
 * alone. Only what we sent can bounce.
 */
export async function noteBounce(
  context: PluginContext<Settings>,
  { messageId = '', permanent, code = '', detail }: Bounce,
): Promise<'bounced' | 'nothing'> {
  const message = permanent ? await sentAs(context, messageId) : undefined
  if (!message) return 'nothing'
  await noteStatus(context, { type: 'status', messageId, status: 'undelivered', code: code || 'bounced', detail })
  // A service that has no code says by `permanent` alone that the address is gone.
  if (isHardBounce(code) || code === '')
    await context.channel('email').unreachable(message.address, `Bounced: ${detail ?? code}`.slice(0, 500))
  return 'bounced'
}

async function sentAs({ messages }: PluginContext<Settings>, messageId: string) {
  const [id] = oursIn(messageId)
  const message = id ? await messages.get(id) : null
  return message?.direction === 'out' && message.channel === 'email' ? message : undefined
}
