import { isObject } from '../payloads/answers.ts'

/** Fewer digits are no phone number; a country code has three at most. */
const [fewest, countryCode] = [7, 3]

export interface Addresses {
  emails: string[]
  phones: string[]
}

/** What in a call may be somebody's address, in lower case, and numbers as digits. */
export function addressesOf(body: unknown): Addresses {
  const text = wordsOf(body).join('\n').toLowerCase()
  const emails = text.match(/[^\s@"'<>,;:()[\]\\]+@[^\s@"'<>,;:()[\]\\]+/g) ?? []
  const phones = text.match(/\+?\(?\d[\d ().\-/]{5,30}\d/g) ?? []
  return {
    emails: [...new Set(emails.map((email) => email.replace(/\.+$/, '')))],
    phones: [...new Set(phones.map(digitsOf))].filter((digits) => digits.length >= fewest),
  }
}

const wordsOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.flatMap(wordsOf)
    : isObject(value)
      ? Object.values(value).flatMap(wordsOf)
      : [String(value)]

/** A number without what people write around it: 020 7946 0958 and +44 (0)20 7946 0958 end alike. */
export const digitsOf = (phone: string) => phone.replace('(0)', '').replace(/\D/g, '').replace(/^0+/, '')

/** One of them may lack its country code. */
export function isSamePhone(one: string, other: string): boolean {
  const [short, long] = [digitsOf(one), digitsOf(other)].sort((a, b) => a.length - b.length) as [string, string]
  return short.length >= fewest && long.length - short.length <= countryCode && long.endsWith(short)
}

/** What both of them end with, to look for. */
export const endOf = (phone: string) => digitsOf(phone).slice(-fewest)
