import ipaddr from 'ipaddr.js'
import { LeadNestError } from '../errors.ts'

/** Networks that may be reached although they are not public, as in `127.0.0.0/8`. Throws an Error for what is none. */
export const readNetworks = (texts: string[]) => texts.map((text) => ipaddr.parseCIDR(text))

type Networks = ReturnType<typeof readNetworks>

/** What IANA gives out of IPv6 (RFC 4291); the rest of “unicast” is IPv4 in old clothes, or reserved. */
const globalUnicast = ipaddr.parseCIDR('2000::/3')

/** Whether an address is on the public internet, or in one of these networks. */
export function isReachable(address: string, allowed: Networks): boolean {
  // Scope ids are of the own machine alone.
  if (!ipaddr.isValid(address) || address.includes('%')) return false
  // What stands for an IPv4 address within IPv6 counts as that one.
  const ip = ipaddr.process(address)
  if (ip.range() === 'unicast' && (ip.kind() === 'ipv4' || ip.match(globalUnicast as never))) return true
  return allowed.some(([network, bits]) => ip.kind() === network.kind() && ip.match([network, bits] as never))
}

/**
 * Reads an address that we shall send to. Throws `address_refused` for what is no plain http or https, has credentials, or
 * names a private address outright; names are looked up only when something is sent.
 */
export function readTarget(text: string | URL, allowed: Networks): URL {
  if (!URL.canParse(String(text))) throw refused(`“${String(text).slice(0, 100)}” is no address.`)
  const url = new URL(String(text))
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw refused('Use an address that begins with https://.')
  if (url.username || url.password) throw refused('Leave user and password out of the address.')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(host) && !isReachable(host, allowed)) throw refused(notPublic)
  // These never leave the machine, whatever a resolver says.
  if (/(^|\.)localhost\.?$/.test(host) && !isReachable('127.0.0.1', allowed)) throw refused(notPublic)
  return url
}

export const notPublic = 'This address is not on the public internet.'
export const refused = (message: string) =>
  new LeadNestError('address_refused', message, { issues: [{ path: 'url', message }] })
