import type { PluginContext, Received } from '@leadnest/core/plugin'
import { oursIn } from '../channel/message-id.ts'
import { readMailbox, type Settings } from '../settings.ts'
import type { Answer } from './bounce.ts'

/**
 * Hands on what somebody wrote, without what they quote. What answers a message of ours belongs to the conversation of that one, also
 * when it was written from another address: the subject names that one then, for of the body each word may count, as a STOP.
 */
export async function receiveAnswer(
  context: PluginContext<Settings>,
  { messageId, from, to, subject, text, inReplyTo, references }: Answer,
): Promise<Received> {
  const writer = readMailbox(from)?.address.toLowerCase() ?? from
  const answered = await answeredMessage(context, `${references} ${inReplyTo}`)
  const other = answered && answered.address !== writer
  const about = other ? [subject, `(written from ${writer})`].filter(Boolean).join(' ') : subject
  return context.channel('email').receive({
    providerId: messageId,
    from: other ? answered.address : writer,
    to: readMailbox(to)?.address ?? to,
    body: withoutQuotes(text),
    ...(about && { subject: about }),
  })
}

async function answeredMessage({ messages }: PluginContext<Settings>, ids: string) {
  for (const id of oursIn(ids).slice(0, 20)) {
    const message = await messages.get(id)
    if (message?.direction === 'out' && message.channel === 'email') return message
  }
  return undefined
}

/** Where the quoted mail begins, as mail programs write it. */
const quoted = [
  /^On .{1,300} wrote:$/m,
  /^Am .{1,300} schrieb.{0,200}:$/m,
  /^Le .{1,300} a écrit ?:$/m,
  /^-{2,} ?Original Message ?-{2,}$/im,
  /^_{10,}$/m,
  /^From: .+$/m,
]

function withoutQuotes(text: string): string {
  const plain = text.replaceAll('\r\n', '\n')
  const ends = quoted.flatMap((mark) => mark.exec(plain)?.index ?? [])
  const own = plain
    .slice(0, Math.min(plain.length, ...ends))
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join('\n')
    .trim()
  // Whoever writes below what they quote is read whole.
  return own || plain.trim()
}
