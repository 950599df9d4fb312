import { isIP } from 'node:net'
import type { Client } from '@leadnest/core'
import type { Context, MiddlewareHandler } from 'hono'
import ipaddr from 'ipaddr.js'
import type { Env } from './env.ts'

/** Notes whose request it is. */
export function knowClient(trustedProxyHops: number): MiddlewareHandler<Env> {
  return async function knowClient(c, next) {
    c.set('client', clientAddress(c, trustedProxyHops))
    c.set('visitor', visitorOf(c, trustedProxyHops))
    await next()
  }
}

/**
 * Whose request it is, as far as an address can tell: IPv4 in full, of IPv6 the network (/64), since each of its
 * 2⁶⁴ addresses is as good to whoever has one. Of `X-Forwarded-For` the last `trustedProxyHops` entries are believed,
 * which our own proxies wrote; everything before them may be made up.
 */
export function clientAddress(c: Context<Env>, trustedProxyHops: number): string | undefined {
  const forwarded = trustedEntry(c, 'x-forwarded-for', trustedProxyHops)
  return (forwarded && networkOf(forwarded)) || networkOf(c.env?.incoming?.socket.remoteAddress ?? '')
}

/**
 * What a browser shows of itself to the rules against spam. An address of a private network that no trusted proxy wrote is
 * a proxy's, or everybody's in the house: it tells nobody from anybody, so it is left out.
 */
function visitorOf(c: Context<Env>, trustedProxyHops: number): Client {
  const forwarded = networkOf(trustedEntry(c, 'x-forwarded-for', trustedProxyHops) ?? '')
  const address = forwarded ?? networkOf(c.env?.incoming?.socket.remoteAddress ?? '')
  const hidden = !forwarded && address && shared.has(ipaddr.parse(address.replace(/\/64$/, '')).range())
  return { address: hidden ? undefined : address, userAgent: c.req.header('user-agent') }
}

const shared = new Set(['unspecified', 'loopback', 'private', 'linkLocal', 'uniqueLocal'])

/** How the client came to the outermost proxy of ours; undefined where no proxy is trusted, or none says. */
export function forwardedProto(c: Context<Env>, trustedProxyHops: number): string | undefined {
  return trustedEntry(c, 'x-forwarded-proto', trustedProxyHops)?.toLowerCase()
}

/** The entry that the outermost trusted proxy wrote: each appends one, so it is counted from the right. */
function trustedEntry(c: Context<Env>, header: string, hops: number): string | undefined {
  if (hops === 0) return undefined
  const entries = c.req.header(header)?.split(',') ?? []
  return entries[Math.max(0, entries.length - hops)]?.trim()
}

function networkOf(text: string): string | undefined {
  // Some proxies append a port: 192.0.2.1:4711, [2001:db8::1]:4711.
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  // ipaddr.js alone would read 1 as 0.0.0.1.
  if (!isIP(bare)) return undefined
  const address = ipaddr.process(bare)
  if (address.kind() === 'ipv4') return address.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${bare.replace(/%.*$/, '')}/64`).toString()}/64`
}
