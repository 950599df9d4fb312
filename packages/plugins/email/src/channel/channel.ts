import { createHmac } from 'node:crypto'
import { type Accepted, defineChannel, html, type OutgoingMessage, type PluginContext } from '@leadnest/core/plugin'
import { markupOf } from '../mail/markup.ts'
import { sendMail } from '../mail/send-mail.ts'
import { hookName, readMailbox, type Settings } from '../settings.ts'
import { failureOf } from './failure.ts'
import { messageIdOf, threadIn } from './message-id.ts'

const longest = 50_000

/** E-mail as a way to write to leads: subjects, one-click unsubscribing, bounces and answers. */
export const channel = defineChannel<Settings>({
  id: 'email',
  title: 'E-mail',
  address: 'email',
  limits: { characters: longest, subject: true },
  measure(body) {
    const characters = [...body].length
    return { segments: 1, encoding: 'utf-8', characters, left: Math.max(0, longest - characters) }
  },
  senders: ({ from }) => [readMailbox(from)!.address],
  send,
  simulate: {
    inbound: ({ providerId, from, to, body, subject }, at) =>
      handedIn(at, { type: 'message', messageId: providerId, from, to, subject, text: body }),
    status: ({ providerId, messageId, status, error }, at) =>
      handedIn(at, { type: 'status', messageId: messageId ?? providerId, status, ...error }),
    optOut: ({ providerId, from, to }, at) =>
      handedIn(at, { type: 'message', messageId: providerId, from, to, subject: 'Re: News', text: 'STOP' }),
  },
})

async function send(
  { id, to, subject, body, inReplyTo, preferences }: OutgoingMessage,
  context: PluginContext<Settings>,
): Promise<Accepted> {
  const { settings } = context
  const from = readMailbox(settings.from)!
  const messageId = messageIdOf(id, from.address)
  const link = preferences?.link
  try {
    const sent = await sendMail(context, {
      to,
      subject: subject ?? `A message from ${from.name || from.address}`,
      text: link ? `${body}\n\n-- \nWhat we may send you, and how to stop it: ${link}\n` : body,
      html: markupOf(
        body,
        link ? html`<hr><p><a href="${link}">What we may send you, and how to stop it</a></p>` : null,
      ),
      messageId,
      answers: threadIn(inReplyTo),
      headers: preferences?.headers ?? {},
    })
    return { providerId: messageId, status: 'sent', sender: sent.from }
  } catch (error) {
    const { failure, hard } = failureOf(error)
    if (hard) await context.channel('email').unreachable(to, failure.message.slice(0, 500))
    throw failure
  }
}

/** A request of whoever hands in answers and bounces. */
function handedIn({ settings, url }: { settings: Settings; url: string }, body: object): Request {
  const text = JSON.stringify(body)
  const signature = createHmac('sha256', settings.hookSecret ?? '')
    .update(text)
    .digest('hex')
  return new Request(`${url}/hooks/${hookName(settings)}`, {
    method: 'POST',
    headers: { 'hook-signature': `sha256=${signature}`, 'content-type': 'application/json' },
    body: text,
  })
}
