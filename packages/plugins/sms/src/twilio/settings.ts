import * as v from 'valibot'
import { commonEntries } from '../settings.ts'

const sid = /^AC\w+$/
const sender = /^(\+[1-9]\d{6,14}|MG\w+|\d{3,8}|[A-Za-z][\w ]{0,10})$/
const line = /^(AC\w+)\s+(\S+)((?:\s+\S+)+)$/

const Sender = v.pipe(
  v.string(),
  v.transform((text) => text.replace(/[\s().-]+/g, (gap) => (/[A-Za-z]/.test(text) ? gap : ''))),
  v.regex(sender, 'Write a number like +15005550006, or the SID of a Messaging Service (MG…).'),
)

export const TwilioSettings = v.object({
  accountSid: v.pipe(
    v.string(),
    v.trim(),
    v.regex(sid, 'It begins with AC.'),
    v.title('Account SID'),
    v.description('Twilio → Console → Account Info.'),
    v.metadata({ env: 'TWILIO_ACCOUNT_SID' }),
  ),
  authToken: v.pipe(
    v.string(),
    v.trim(),
    v.nonEmpty('Copy it from the console of Twilio.'),
    v.title('Auth token'),
    v.description('While you change it: the new one, a comma, the old one.'),
    v.metadata({ secret: true, env: 'TWILIO_AUTH_TOKEN' }),
  ),
  senders: v.pipe(
    v.array(Sender),
    v.minLength(1, 'At least one.'),
    v.title('Numbers and Messaging Services'),
    v.description('One a line, the usual one first: +15005550006, or MG….'),
    v.metadata({ env: 'TWILIO_FROM' }),
  ),
  moreAccounts: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.trim(), v.regex(line, 'Write the Account SID, its token and its numbers.'))),
      v.title('More accounts and subaccounts'),
      v.description(
        'One a line: Account SID, its auth token and its numbers or Messaging Services, with spaces between.',
      ),
      v.metadata({ secret: true }),
    ),
    [],
  ),
  ...commonEntries,
})

export type TwilioSettings = v.InferOutput<typeof TwilioSettings>

export interface Account {
  sid: string
  /** The newest first. */
  tokens: string[]
  senders: string[]
}

const tokensIn = (text: string) =>
  text
    .split(',')
    .map((token) => token.trim())
    .filter(Boolean)

export function accountsOf({ accountSid, authToken, senders, moreAccounts }: TwilioSettings): Account[] {
  const more = moreAccounts.map((text) => {
    const [sid = '', token = '', ...own] = text.split(/\s+/)
    return { sid, tokens: tokensIn(token), senders: own }
  })
  return [{ sid: accountSid, tokens: tokensIn(authToken), senders }, ...more]
}

/** The account that a message leaves by: the one that has the number. */
export function accountOf(settings: TwilioSettings, sender: string | null): Account {
  const accounts = accountsOf(settings)
  return accounts.find(({ senders }) => sender !== null && senders.includes(sender)) ?? accounts[0]!
}
