import { createHash } from 'node:crypto'
import type { JobContext, Link } from '@leadnest/core/plugin'
import { failureOf } from '../channel/failure.ts'
import { messageIdOf } from '../channel/message-id.ts'
import { readMailbox, type Settings } from '../settings.ts'
import { markupOf } from './markup.ts'
import { sendMail } from './send-mail.ts'

const words: Record<Link['kind'], (workspace: string) => { subject: string; text: string }> = {
  invite: (workspace) => ({
    subject: `You are invited to ${workspace}`,
    text: `You are invited to work in ${workspace} on LeadNest.`,
  }),
  password_reset: (workspace) => ({
    subject: 'A new password',
    text: `Somebody asked for a new password for your account in ${workspace}. If that was not you, do nothing: your password stays.`,
  }),
}

/** Sends a link to whom it is for. A refusal for good is told in the log, without the link; anything else is tried again. */
export async function sendLink(
  { kind, to, url, expiresAt, workspace }: Link,
  context: JobContext<Settings>,
): Promise<void> {
  const { subject, text } = words[kind](workspace)
  const until = `${expiresAt.slice(0, 16).replace('T', ' ')} UTC`
  const whole = `${text}\n\n${url}\n\nIt works once, until ${until}.`
  try {
    await sendMail(context, {
      to,
      subject,
      text: `${whole}\n`,
      html: markupOf(whole),
      // A job that runs twice sends the same mail, and whoever gets both can tell.
      messageId: messageIdOf(`link-${digest(context.idempotencyKey)}`, readMailbox(context.settings.from)!.address),
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  } catch (error) {
    const { failure } = failureOf(error)
    context.log.warn(`a link (${kind}) was not sent: ${failure.message}`)
    if (failure.kind === 'retry') throw failure
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
