import { readOptOut } from '@leadnest/core/plugin'
import { plainHeader } from './synonyms.ts'

/**
 * As HubSpot, Salesforce, Mailchimp and others call it, without spaces and marks, also with the time when it was. Where it says yes,
 * nobody may be written to: to leave it out would lose that.
 */
const headers: Record<string, RegExp> = {
  email:
    /^((has)?opt(ed)?out(ofe?mail.*|time|date|at|on)?|e?mail(has)?opt(ed)?out.*|(e?mail)?unsub(scribed?)?(frome?mails?|fromalle?mails?|time|date|at|on)?|donot(e?mail|contact)|(newsletter)?(abgemeldet|abbestellt)(am)?|desabonnee?|desinscrite?)$/,
  phone: /^(donot(call|phone)|(has)?opt(ed)?outof(phone|calls?)|(phone|calls?)opt(ed)?out)$/,
  sms: /^(donot(sms|text)|(has)?opt(ed)?outof(sms|texts?)|(sms|text)(opt(ed)?out|unsubscribed?))$/,
}

/** The channel that people opted out of, where a column is called so and most of its cells say whether they did. */
export function optOutOf(header: string, cells: string[], enough: number): string | undefined {
  const plain = plainHeader(header)
  const [channel] = Object.entries(headers).find(([, like]) => like.test(plain)) ?? []
  const told = cells.filter((cell) => readOptOut(cell) !== undefined)
  return told.length >= cells.length * enough ? channel : undefined
}
