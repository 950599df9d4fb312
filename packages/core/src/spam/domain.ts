import { domainToASCII } from 'node:url'

/** A domain as domains are compared: lower case, punycode, without `www.`; an address or an e-mail is cut to its domain. */
export function normaliseDomain(text: string): string | undefined {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//, '')
    .replace(/[/?#:].*$/s, '')
    .replace(/^.*@/s, '')
    .replace(/^(\*\.|www\.)+/, '')
    .replace(/\.$/, '')
  const domain = domainToASCII(bare)
  return /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{1,62}$/.test(domain) && domain.length <= 253
    ? domain
    : undefined
}

/** Whether a domain is one of these or below one of them. */
export function isWithin(domain: string, domains: ReadonlySet<string>): boolean {
  for (let rest = domain; ; rest = rest.slice(rest.indexOf('.') + 1)) {
    if (domains.has(rest)) return true
    if (!rest.includes('.')) return false
  }
}
