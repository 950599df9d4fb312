import { createHash } from 'node:crypto'
import PostalMime from 'postal-mime'
import { oursIn } from '../channel/message-id.ts'
import type { Answer, Bounce } from './bounce.ts'
import { readMarkup } from './read-markup.ts'

const mostLines = 20_000
const mostHeaders = 128 * 1024

/** What a mail is: an answer, a bounce (RFC 3464), or nothing that anybody wrote. Throws what the reader throws, as for headers without an end. */
export async function readMime(whole: Uint8Array): Promise<Answer | Bounce | null> {
  const raw = cut(whole)
  const mail = await PostalMime.parse(raw, { maxHeadersSize: mostHeaders })
  const header = (name: string) => mail.headers.find(({ key }) => key === name)?.value ?? ''
  const text = new TextDecoder().decode(raw)
  if (
    /multipart\/report/i.test(header('content-type')) &&
    /report-type="?delivery-status/i.test(header('content-type'))
  )
    return readReport(text)
  // A machine wrote it, as that somebody is away (RFC 3834).
  if (/^auto-/i.test(header('auto-submitted').trim())) return null
  const from = mail.from?.address
  if (!from) return null
  return {
    type: 'message',
    messageId: mail.messageId ?? `sha256:${createHash('sha256').update(whole).digest('hex')}`,
    from,
    to: mail.to?.[0]?.address ?? '',
    ...(mail.subject && { subject: mail.subject }),
    text: mail.text ?? readMarkup(mail.html ?? ''),
    inReplyTo: mail.inReplyTo ?? '',
    references: mail.references ?? '',
  }
}

/** The reader takes its time for each line: what comes after so many was attached. */
function cut(raw: Uint8Array): Uint8Array {
  let end = 0
  for (let lines = 0; lines < mostLines; lines++) {
    const found = raw.indexOf(10, end)
    if (found < 0) return raw
    end = found + 1
  }
  return raw.subarray(0, end)
}

function readReport(text: string): Bounce | null {
  const field = (name: string) =>
    new RegExp(`^${name}: *(.+(?:\\r?\\n[ \\t]+.+)*)`, 'im').exec(text)?.[1]?.replace(/\s+/g, ' ').trim()
  if (field('Action')?.toLowerCase() !== 'failed') return null
  const recipient = (field('Original-Recipient') ?? field('Final-Recipient'))
    ?.replace(/^[^;]*; */, '')
    .replace(/^<|>$/g, '')
  const sent = [...text.matchAll(/^Message-ID: *(\S+)/gim)].flatMap(([, id]) => oursIn(id!))
  const [messageId] = sent.length > 0 ? [sent.at(-1)!] : oursIn(field('References') ?? field('In-Reply-To') ?? '')
  return {
    type: 'bounce',
    permanent: true,
    ...(messageId && { messageId: `<${messageId}@ours>` }),
    ...(recipient && { recipient }),
    code: field('Status')?.split(' ')[0],
    detail: field('Diagnostic-Code')?.slice(0, 500),
  }
}
