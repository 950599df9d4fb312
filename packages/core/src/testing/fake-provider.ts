import type { Outbound, OutboundInit } from '../outbound/outbound.ts'

/** A request that reached a fake provider. */
export interface ProviderCall {
  method: string
  url: string
  /** The values of `:names` in the route. */
  params: Record<string, string>
  headers: Headers
  /** As text; empty where nothing was sent. */
  body: string
}

/** What a provider answers at a route: a Response, or anything else as JSON. */
export type ProviderRoute = (call: ProviderCall) => unknown

interface Which {
  /** A route as it was declared; any unless told. */
  route?: string
  /** How many calls; one unless told. */
  times?: number
}

export interface FakeProvider {
  /** What `testNest({ outbound })` takes. */
  fetch: Outbound
  /** What reached it, the oldest first. */
  calls: ProviderCall[]
  /** The next calls are answered with this status; the route does not see them. */
  fail(status: number, which?: Which & { body?: unknown; headers?: Record<string, string> }): void
  /** The connection of the next calls breaks; with `accepted` after the route has seen them. */
  drop(which?: Which & { accepted?: boolean }): void
  /** The next calls get no answer until `release`. `arrived` resolves with the first of them. */
  hold(which?: Which): { arrived: Promise<ProviderCall>; release(): void }
}

interface Mishap {
  which: Which
  left: number
  meet(call: ProviderCall, answer: () => Promise<Response>): Promise<Response>
}

/**
 * Somebody else's server, for the tests of a plugin:
 * `fakeProvider({ 'POST https://api.example.com/orders/:id': ({ params }) => ({ id: params.id }) })`. What no route
 * answers throws, naming the address.
 */
export function fakeProvider(routes: Record<string, ProviderRoute>): FakeProvider {
  const calls: ProviderCall[] = []
  const mishaps: Mishap[] = []
  const patterns = Object.entries(routes).map(([route, answer]) => ({ route, answer, read: reader(route) }))

  const next = (which: Which, meet: Mishap['meet']) => void mishaps.push({ which, left: which.times ?? 1, meet })

  async function fetch(address: string | URL, init: OutboundInit = {}): Promise<Response> {
    init.signal?.throwIfAborted()
    const { method = 'GET' } = init
    const url = String(address)
    for (const { route, answer, read } of patterns) {
      const params = read(method, url)
      if (!params) continue
      const call = { method, url, params, headers: new Headers(init.headers), body: textOf(init.body) }
      calls.push(call)
      const mishap = mishaps.find(({ which, left }) => left > 0 && (which.route ?? route) === route)
      const respond = async () => asResponse(await answer(call))
      if (!mishap) return respond()
      mishap.left--
      return unlessAborted(mishap.meet(call, respond), init.signal)
    }
    throw new Error(`No fake provider answers ${method} ${url}. There are: ${Object.keys(routes).join(', ')}.`)
  }

  return {
    fetch,
    calls,
    fail: (status, { body = {}, headers = {}, ...which } = {}) =>
      next(which, async () => Response.json(body, { status, headers })),
    drop: ({ accepted = false, ...which } = {}) =>
      next(which, async (_call, answer) => {
        if (accepted) await answer()
        throw new TypeError('fetch failed', { cause: new Error('The connection was dropped.') })
      }),
    hold(which = {}) {
      const arrival = Promise.withResolvers<ProviderCall>()
      const released = Promise.withResolvers<void>()
      next(which, async (call, answer) => {
        arrival.resolve(call)
        await released.promise
        return answer()
      })
      return { arrived: arrival.promise, release: () => released.resolve() }
    },
  }
}

/** Reads a request by a route; undefined where it is none of it. */
function reader(route: string): (method: string, url: string) => Record<string, string> | undefined {
  const [verb, address] = route.split(' ') as [string, string]
  const { origin, pathname } = new URL(address)
  const wanted = pathname.split('/')
  return function read(method, url) {
    const target = new URL(url)
    const given = target.pathname.split('/')
    if (method !== verb || target.origin !== origin || given.length !== wanted.length) return undefined
    const params: Record<string, string> = {}
    for (const [i, part] of wanted.entries()) {
      if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(given[i]!)
      else if (part !== given[i]) return undefined
    }
    return params
  }
}

const textOf = (body: OutboundInit['body']): string =>
  body === undefined ? '' : typeof body === 'string' ? body : new TextDecoder().decode(body)

const asResponse = (answer: unknown): Response =>
  answer instanceof Response
    ? answer
    : answer === undefined
      ? new Response(null, { status: 204 })
      : Response.json(answer)

/** As a real one: who gives up is not kept waiting. */
function unlessAborted(answer: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  if (!signal) return answer
  const aborted = new Promise<never>((_, fail) =>
    signal.addEventListener('abort', () => fail(signal.reason), { once: true }),
  )
  return Promise.race([answer, aborted])
}
