import parseAddresses from 'nodemailer/lib/addressparser'
import * as v from 'valibot'

/** One mailbox, as `Ada <ada@example.com>`; undefined for anything else. */
export function readMailbox(text: string): { name: string; address: string } | undefined {
  const [found, ...others] = /[\r\n]/.test(text) ? [] : parseAddresses(text, { flatten: true })
  return found && others.length === 0 && /^[^\s@<>]+@[^\s@<>]+$/.test(found.address ?? '')
    ? { name: found.name ?? '', address: found.address! }
    : undefined
}

const Mailbox = v.pipe(
  v.string(),
  v.maxLength(320, 'At most 320 characters.'),
  v.check((text) => readMailbox(text) !== undefined, 'Write an address, as “Ada <ada@example.com>”.'),
)

export const Settings = v.object({
  smtpUrl: v.pipe(
    v.string(),
    v.check(isSmtp, 'Write it like smtps://user:password@smtp.example.com:465.'),
    v.title('SMTP server'),
    v.description('smtps://user:password@smtp.example.com:465, or smtp://…:587 for STARTTLS.'),
    v.metadata({ secret: true, env: 'SMTP_URL' }),
  ),
  from: v.pipe(
    Mailbox,
    v.title('From'),
    v.description('As “Acme <hello@acme.example>”. The server must be allowed to send for it (SPF, DKIM).'),
    v.metadata({ env: 'MAIL_FROM' }),
  ),
  replyTo: v.pipe(
    v.optional(Mailbox),
    v.title('Answers go to'),
    v.description('Where a service forwards them to the hook.'),
  ),
  hookSecret: v.pipe(
    v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,500}$/, 'Use 16 to 500 characters, without spaces.'))),
    v.title('Secret of the hook'),
    v.description('With it answers and bounces can be handed in: see docs/email.md.'),
    v.metadata({ secret: true }),
  ),
  autoReplySubject: v.pipe(
    v.optional(v.pipe(v.string(), v.maxLength(200, 'At most 200 characters.'))),
    v.title('Subject of what visitors are answered'),
  ),
  autoReplyBody: v.pipe(
    v.optional(v.pipe(v.string(), v.maxLength(10_000, 'At most 10,000 characters.'))),
    v.title('What visitors are answered'),
    v.description('Sent once a day at most to whoever sent a form. Leave it empty to answer nothing.'),
    v.metadata({ multiline: true }),
  ),
  escalateAfterMinutes: v.pipe(
    v.optional(
      v.pipe(
        v.number('Give a number.'),
        v.integer('Whole minutes.'),
        v.minValue(1, 'At least 1.'),
        v.maxValue(10_080, 'At most 10,080: a week.'),
      ),
    ),
    v.title('Escalate after so many minutes without an answer'),
  ),
})

export type Settings = v.InferOutput<typeof Settings>

function isSmtp(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return /^smtps?:$/.test(protocol) && hostname !== ''
}

/** What the address of the hook ends with: the mailbox that people answer to. */
export const hookName = ({ from }: Pick<Settings, 'from'>) => readMailbox(from)!.address.toLowerCase()
