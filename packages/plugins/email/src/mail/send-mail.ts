import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { LeadNestError, type PluginContext } from '@leadnest/core/plugin'
import { createTransport } from 'nodemailer'
import { readMailbox, type Settings } from '../settings.ts'

export interface Mail {
  to: string
  subject: string
  text: string
  html: string
  messageId?: string
  /** The Message-ID of the mail that this one answers. */
  answers?: string | undefined
  headers?: Record<string, string>
}

type Reaching = Pick<PluginContext<Settings>, 'settings' | 'given' | 'fetch'>

/** What stands in a header is one line. */
export const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

/** Gives a mail to the server. Throws what nodemailer throws, `begun` where the server may have it, and `address_refused` for a server in a private network. */
export async function sendMail(
  context: Reaching,
  { to, subject, answers, headers = {}, ...mail }: Mail,
): Promise<{ from: string }> {
  const { settings } = context
  const from = readMailbox(settings.from)!
  let begun = false
  const transport = createTransport({
    ...(await serverOf(context)),
    // Of an error nodemailer does not say whether the mail had begun to go; the server's own lines do.
    logger: watch((line) => (begun ||= line.startsWith('354'))),
    debug: true,
    connectionTimeout: 5000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.sendMail({
      ...mail,
      from: { name: oneLine(from.name), address: from.address },
      // As an object, so that no comma or bracket makes another recipient of it.
      to: { name: '', address: to },
      ...(settings.replyTo && { replyTo: readMailbox(settings.replyTo)! }),
      ...(answers && { inReplyTo: answers, references: answers }),
      subject: oneLine(subject),
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, { prepared: true, value: oneLine(value) }]),
      ),
    })
    return { from: from.address }
  } catch (error) {
    throw error instanceof Error ? Object.assign(error, { begun }) : error
  } finally {
    transport.close()
  }
}

/** A logger that shows what the server says, and keeps nothing. */
function watch(see: (line: string) => void) {
  const quiet = () => undefined
  const debug = (entry: object, line: unknown) => {
    if ('tnx' in entry && entry.tnx === 'server') see(String(line))
  }
  return { level: quiet, trace: quiet, debug, info: quiet, warn: quiet, error: quiet, fatal: quiet }
}

/** Whether the server is there and takes the password. Throws an Error in words for an operator. */
export async function checkServer(context: Reaching): Promise<void> {
  const transport = createTransport({ ...(await serverOf(context)), connectionTimeout: 5000, greetingTimeout: 5000 })
  try {
    await transport.verify()
  } finally {
    transport.close()
  }
}

/**
 * Where to connect. A server that an admin of a workspace names must be on the public internet; what is connected to is the
 * address that was looked at. The operator's own (SMTP_URL) may be anywhere, where nobody filled in another; who fills in the very
 * same is guarded like everybody.
 */
async function serverOf({ settings, given, fetch }: Reaching) {
  const url = new URL(settings.smtpUrl)
  const secure = url.protocol === 'smtps:'
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const server = {
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    ...(url.username && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
      // A password goes over an encrypted line, or not at all.
      requireTLS: !secure,
    }),
  }
  if (given.includes('smtpUrl')) return { ...server, host: name }
  const { address, family } = await lookup(name)
  if (!fetch.check) throw new LeadNestError('address_refused', 'Nothing here can tell whether this server is public.')
  await fetch.check(`https://${family === 6 ? `[${address}]` : address}`)
  return { ...server, host: address, ...(!isIP(name) && { tls: { servername: name } }) }
}
