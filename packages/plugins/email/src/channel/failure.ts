import { LeadNestError, SendError } from '@leadnest/core/plugin'

interface SmtpError extends Error {
  code?: string
  responseCode?: number
  response?: string
  command?: string
  begun?: boolean
}

/** Whether an address is gone for good, by its enhanced status code (RFC 3463): no such mailbox or domain, or one that was closed. */
export const isHardBounce = (status: string | undefined): boolean =>
  /^5\.(1\.(0|1|2|3|6|10)|2\.1|4\.4)$/.test(status ?? '')

/** What may be done after a mail did not leave. `hard`: this address takes nothing any more. */
export function failureOf(error: unknown): { failure: SendError; hard: boolean } {
  const { code, responseCode, response = '', command, begun, message } = error as SmtpError
  const make = (kind: SendError['kind'], said: string, about: string | number | undefined) =>
    new SendError(kind, said.slice(0, 500), { code: about, cause: error })
  if (error instanceof LeadNestError) return { failure: make('refused', message, error.code), hard: false }
  if (responseCode) {
    const [, enhanced] = /\b([245]\.\d{1,3}\.\d{1,3})\b/.exec(response) ?? []
    const said = `The mail server answered: ${response}`
    // A wrong password is for the operator to mend, and no fault of the message.
    if (responseCode < 500 || code === 'EAUTH') return { failure: make('retry', said, responseCode), hard: false }
    // As Amazon SES, Postmark and others say it of whom their own list holds back.
    if (/suppress|unsubscribed|opted out/i.test(response))
      return { failure: make('suppressed', said, responseCode), hard: false }
    return {
      failure: make('refused', said, enhanced ?? responseCode),
      hard: isHardBounce(enhanced) && command !== 'DATA',
    }
  }
  if (code === 'EMESSAGE' || code === 'EENVELOPE') return { failure: make('refused', message, code), hard: false }
  if (begun) return { failure: make('unknown', 'The answer of the mail server was lost.', code), hard: false }
  return { failure: make('retry', `The mail server cannot be reached: ${message}`, code), hard: false }
}
