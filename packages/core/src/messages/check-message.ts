import type { Channel, Measure } from '../channels/channel.ts'
import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
import type { CheckedMessage } from './message.ts'

const year = 366 * 86_400_000

/** Throws `invalid_input` for what the channel does not take. */
export function checkMessage(
  core: Core,
  { id, limits = {} }: Channel,
  { body = '', subject, mediaUrls, sendAt }: Pick<CheckedMessage, 'body' | 'subject' | 'mediaUrls' | 'sendAt'>,
): void {
  const { characters, media } = limits
  if (characters !== undefined && [...body].length > characters)
    throw invalid('body', `By ${id} a message has at most ${characters} characters.`)
  if (subject !== undefined && !limits.subject) throw invalid('subject', `A message by ${id} has no subject.`)
  if (mediaUrls.length > 0 && !media) throw invalid('mediaUrls', `A message by ${id} takes no files.`)
  if (media && mediaUrls.length > media.count)
    throw invalid('mediaUrls', `A message by ${id} takes at most ${media.count} files.`)
  if (sendAt && Date.parse(sendAt) > core.now().getTime() + year)
    throw invalid('sendAt', 'This is more than a year ahead.')
}

/** Throws `invalid_input` at `sender` for one that is not the channel's. */
export function checkSender({ id, senders }: Channel, settings: unknown, sender: string | undefined): void {
  if (sender === undefined || !senders) return
  const all = senders(settings)
  if (!all.includes(sender))
    throw invalid('sender', `${id} has no such sender here. There are: ${all.join(', ') || 'none'}.`)
}

/** Which of our numbers a message leaves by: the one that was asked for, else the one that they wrote to, else the usual one. */
export function chooseSender(
  { senders }: Channel,
  settings: unknown,
  { asked, last }: { asked: string | undefined; last: string | null },
): string | null {
  if (asked !== undefined) return asked
  const all = senders?.(settings)
  if (!all) return last
  return last !== null && all.includes(last) ? last : (all[0] ?? null)
}

/** What a text comes to; undefined where the channel cannot tell, which holds no message up. */
export function measureOn(
  core: Core,
  channel: Channel,
  body: string,
  about: { media: number; settings: unknown },
): Measure | undefined {
  try {
    return channel.measure(body, about)
  } catch (error) {
    core.log.warn({ err: error, channel: channel.id }, 'a channel could not measure a message')
    return undefined
  }
}
