import { lookup as dnsLookup, type LookupAddress } from 'node:dns'
import { isReachable, notPublic, readNetworks, readTarget, refused } from './public-address.ts'

export interface OutboundInit {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  signal?: AbortSignal
}

/** Sends to addresses that users and plugins name. Follows no redirect. Throws `address_refused`, and what `fetch` throws. */
export interface Outbound {
  (url: string | URL, init?: OutboundInit): Promise<Response>
  /**
   * Throws `address_refused` for what would not be sent to now, without sending: for an address that is about to be kept. A
   * name that nobody knows yet is none of them. It is checked anew whenever something is sent.
   */
  check?(url: string | URL): Promise<void>
}

interface OutboundOptions {
  /** Networks (CIDR) that may be reached although they are not public. */
  allow?: string[]
  /** Refuses plain http, as in production. */
  httpsOnly?: boolean
  /** How names are looked up; tests bring their own. */
  lookup?: (host: string, answer: (error: Error | null, addresses: LookupAddress[]) => void) => void
}

/** The most that an answer may hold, in bytes. */
const maxAnswer = 10 * 1024 * 1024

/**
 * The address that is connected to is the one that was checked: the look-up that the connection makes is ours, so a name
 * that answers otherwise the second time (DNS rebinding) gains nothing. undici is loaded at the first use.
 */
export function createOutbound({ allow = [], httpsOnly = false, lookup = lookUp }: OutboundOptions = {}): Outbound {
  const allowed = readNetworks(allow)
  let loaded: ReturnType<typeof load> | undefined

  const allReachable = (addresses: LookupAddress[]) =>
    addresses.length > 0 && addresses.every(({ address }) => isReachable(address, allowed))

  function target(address: string | URL): URL {
    const url = readTarget(address, allowed)
    if (httpsOnly && url.protocol === 'http:') throw refused('Use an address that begins with https://.')
    return url
  }

  async function load() {
    const { Agent, fetch } = await import('undici')
    const dispatcher = new Agent({
      connect: {
        timeout: 5000,
        lookup(host, options, answer) {
          lookup(host, (error, addresses) => {
            if (error) return answer(error, [])
            if (!allReachable(addresses)) return answer(refused(notPublic), [])
            if (options.all) answer(null, addresses)
            else answer(null, addresses[0]!.address, addresses[0]!.family)
          })
        },
      },
      headersTimeout: 15_000,
      bodyTimeout: 15_000,
      maxResponseSize: maxAnswer,
      // A name is looked up for each delivery, not for as long as a connection lives.
      keepAliveMaxTimeout: 10_000,
    })
    return { fetch, dispatcher }
  }

  async function check(address: string | URL): Promise<void> {
    const { hostname } = target(address)
    const addresses = await new Promise<LookupAddress[]>((done) =>
      lookup(hostname.replace(/^\[|\]$/g, ''), (error, addresses) => done(error ? [] : addresses)),
    )
    if (addresses.length > 0 && !allReachable(addresses)) throw refused(notPublic)
  }

  async function outbound(address: string | URL, init: OutboundInit = {}): Promise<Response> {
    const url = target(address)
    loaded ??= load()
    const { fetch, dispatcher } = await loaded
    try {
      return (await fetch(url, { ...init, dispatcher, redirect: 'manual' })) as unknown as Response
    } catch (error) {
      // fetch wraps what the look-up said.
      throw error instanceof Error &&
        error.cause instanceof Error &&
        'code' in error.cause &&
        error.cause.code === 'address_refused'
        ? error.cause
        : named(error, url)
    }
  }
  return Object.assign(outbound, { check })
}

/** `fetch failed` says nothing: the host and why it was not reached do. */
function named(error: unknown, { host }: URL): unknown {
  if (!(error instanceof TypeError) || !(error.cause instanceof Error)) return error
  const { cause } = error
  const why = 'code' in cause ? cause.code : cause.message
  return new TypeError(`${host} was not reached: ${why}.`, { cause })
}

function lookUp(host: string, answer: (error: Error | null, addresses: LookupAddress[]) => void): void {
  dnsLookup(host, { all: true }, answer)
}
