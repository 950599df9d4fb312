import { SendError } from '@leadnest/core/plugin'

/** What Twilio's codes mean to whoever wrote the message: https://www.twilio.com/docs/api/errors */
const words: Record<string, string> = {
  '20003': 'Twilio does not know this account and token. Correct them under Settings → Plugins → SMS.',
  '20404': 'Twilio does not know this account or Messaging Service.',
  '21211': 'Twilio says that this is no phone number.',
  '21214': 'This number cannot be reached.',
  '21266': 'A message cannot go to the number that it leaves by.',
  '21408': 'Your Twilio account may not text this country. Allow it in Twilio under Geo Permissions.',
  '21606': 'Our number cannot send texts. Choose another one.',
  '21608': 'A trial account of Twilio only texts numbers that you verified there.',
  '21610': 'This person opted out.',
  '21611': 'Too many messages wait at Twilio for this number.',
  '21612': 'Twilio cannot send from our number to this one.',
  '21614': 'This is no mobile number.',
  '21617': 'The text is longer than Twilio takes.',
  '21619': 'The message has neither a text nor a file.',
  '21620': 'Twilio cannot fetch one of the files.',
  '21623': 'Twilio cannot fetch one of the files.',
  '21703': 'The Messaging Service has no number.',
  '30001': 'Too many messages waited at Twilio.',
  '30002': 'The Twilio account is suspended.',
  '30003': 'The phone is off, or out of reach.',
  '30004': 'The phone’s owner blocks our messages, or its carrier does.',
  '30005': 'Nobody has this number.',
  '30006': 'This is a landline, or a carrier that cannot be reached.',
  '30007': 'The carrier took it for spam.',
  '30008': 'The carrier does not say why it did not arrive.',
  '30032': 'The toll-free number is not verified.',
  '30034': 'Our number is not registered for US texts (A2P 10DLC).',
  '63038': 'The Twilio account has sent what it may in a day.',
}

export const wordsOf = (code: string | number | null | undefined): string | undefined => words[String(code)]

/** Those that tell of a busy hour, and not of this message. */
const passing = new Set(['14107', '20429', '21611', '30001', '63038'])

interface RestError {
  status?: number
  code?: number | string
  message?: string
}

/** What may be done after a send that threw. */
export function sendErrorOf(error: unknown): SendError {
  const { status, code, message = 'Twilio refused it.' } = error as RestError
  if (typeof status !== 'number') return lost(error)
  const known = wordsOf(code)
  const about = { code: code ?? status, cause: error }
  if (String(code) === '21610') return new SendError('suppressed', known!, about)
  if (status === 429 || passing.has(String(code)))
    return new SendError('retry', known ?? 'Twilio has too much to do.', { ...about, retryAfter: 5 })
  // An answer of the API itself: nothing was taken. A gateway (502, 504) does not know.
  if (status === 500 || status === 503) return new SendError('retry', 'Twilio is in trouble.', about)
  if (status > 500) return new SendError('unknown', 'A gateway of Twilio answered, which does not know.', about)
  return new SendError('refused', known ?? message.slice(0, 300), about)
}

const unreached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Only what never reached Twilio may be sent again. */
function lost(error: unknown): SendError {
  const { code, cause } = error as { code?: string; cause?: { code?: string } }
  if (code === 'address_refused')
    return new SendError('refused', 'TWILIO_API_URL cannot be reached from here.', { cause: error })
  if (unreached.has(String(code)) || unreached.has(String(cause?.code)))
    return new SendError('retry', 'Twilio cannot be reached.', { cause: error })
  return new SendError('unknown', 'The answer of Twilio was lost.', { cause: error })
}
