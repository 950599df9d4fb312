import { domainToASCII } from 'node:url'
import { invalid, LeadNestError } from '../errors.ts'
import type { Lead } from './lead.ts'

/**
 * The form of an e-mail address that identity goes by: trimmed, NFC, lower case, punycode; no provider's own rules
 * (dots and +tags count). Throws `invalid_input` at `path` where it is no address (RFC 5321's lengths).
 */
export function normaliseEmail(text: string, path = 'email'): string {
  const typed = text.trim()
  if (typed.length > longest) throw noAddress(path)
  const email = typed.normalize('NFC').toLowerCase()
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  const given = email.slice(at + 1)
  // Of `example.com/x` or `ex%61mple.com` it would make a host, as browsers do.
  const domain = /[^a-z0-9.\-\u{80}-\u{10ffff}]/u.test(given) ? '' : domainToASCII(given)
  const plausible =
    at > 0 &&
    local.length <= 64 &&
    /^[^\s@"(),:;<>[\\\]\p{Cc}\p{Cf}]+$/u.test(local) &&
    !/^\.|\.\.|\.$/.test(local) &&
    domain.length <= 253 &&
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})$/.test(domain)
  if (!plausible) throw noAddress(path)
  return `${local}@${domain}`
}

/** Measured before it is looked at, which takes longer. */
const longest = 320

const noAddress = (path: string) => invalid(path, 'Enter an e-mail address, like name@example.com.')

type Knowable = Partial<Pick<Lead, 'email' | 'phone' | 'name' | 'externalId' | 'firstName' | 'lastName'>>

export const isKnowable = ({ email, phone, name, externalId, firstName, lastName }: Knowable): boolean =>
  Boolean(email || phone || name || externalId || firstName || lastName)

/** Throws `invalid_input` for a lead that nobody could find again. */
export function checkKnowable(lead: Knowable): void {
  if (isKnowable(lead)) return
  throw new LeadNestError('invalid_input', 'A lead needs an e-mail, a phone, a name or an externalId.', {
    issues: [{ path: 'email', message: 'Send at least one of email, phone, name, externalId.' }],
  })
}
