import type { Args, Result, Route } from '@leadnest/core/contract'
import { LeadNestError } from './errors.ts'

/** How to reach a LeadNest server. */
export interface ClientOptions {
  /** Where the server answers, as in `https://leads.example.com`. */
  url: string
  /** A secret key (`ln_sk_…`) on servers; a publishable one (`ln_pk_…`), or none, in browsers. */
  key?: string
  /** Replaces the global `fetch`. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** Milliseconds that one try may take: 10,000 unless told. */
  timeout?: number
  /** How often a failed try is repeated where that is safe: 2 unless told. */
  maxRetries?: number
}

/** What a single call may add. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's own reason. */
  signal?: AbortSignal
  /** Calls with equal keys and equal content are carried out once; each call has a key of its own unless told. */
  idempotencyKey?: string
}

export interface Answer<R extends Route> {
  data: Result<R>
  headers: Headers
}

/** `backoff` is the first wait in milliseconds; only tests shorten it. */
export function createRequest(options: ClientOptions & { backoff?: number }) {
  const { key, timeout = 10_000, maxRetries = 2, backoff = 400 } = options
  const url = options.url.replace(/\/+$/, '')
  // Looked up at each call: a default of `globalThis.fetch` loses `this` in browsers and misses later patches.
  const fetch = options.fetch ?? ((target: string, init: RequestInit) => globalThis.fetch(target, init))

  /** `secret`: the answer is never kept, so a second try could do it twice. */
  return async function request<R extends Route>(
    route: R,
    args: Args<R>,
    call: CallOptions = {},
    secret = false,
  ): Promise<Answer<R>> {
    const [method, template] = route.split(' ') as [string, string]
    const { params, query, body } = args as { params?: Record<string, string>; query?: object; body?: unknown }
    const target = url + pathOf(template, params) + searchOf(query)
    // Whoever asks the server to wait waits with it.
    const patience = timeout + 1000 * Number((query as { wait?: number } | undefined)?.wait ?? 0)
    const init: RequestInit = { method, headers: { ...(key && { authorization: `Bearer ${key}` }) } }
    if (method !== 'GET') {
      // One key for all tries of a call: that is what makes a POST safe to repeat.
      Object.assign(init.headers!, {
        'content-type': 'application/json',
        ...(!secret && { 'idempotency-key': call.idempotencyKey ?? createIdempotencyKey() }),
      })
      init.body = JSON.stringify(body)
    }

    for (let retries = 0; ; retries++) {
      try {
        return await tryOnce<R>(target, init, patience, call.signal)
      } catch (error) {
        if (!(error instanceof LeadNestError) || !isWorthRepeating(error) || secret || retries >= maxRetries)
          throw error
        const wait = error.retryAfter === null ? jittered(backoff * 2 ** retries) : error.retryAfter * 1000
        if (wait > timeout) throw error
        await pause(wait, call.signal)
      }
    }
  }

  async function tryOnce<R extends Route>(
    target: string,
    init: RequestInit,
    patience: number,
    signal?: AbortSignal,
  ): Promise<Answer<R>> {
    const clock = new AbortController()
    const timer = setTimeout(() => clock.abort(), patience)
    let response: Response | undefined
    try {
      response = await fetch(target, {
        ...init,
        signal: signal ? AbortSignal.any([signal, clock.signal]) : clock.signal,
      })
      if (response.ok) {
        const { headers, status, body } = response
        const streamed = headers.get('content-type') === 'text/event-stream'
        const data = streamed ? body : status === 204 ? null : await response.json()
        return { data: data as Result<R>, headers }
      }
      throw await refusal(response)
    } catch (error) {
      if (error instanceof LeadNestError) throw error
      signal?.throwIfAborted()
      if (clock.signal.aborted) {
        throw new LeadNestError(`${url} did not answer within ${patience} ms.`, { code: 'timeout', cause: error })
      }
      if (error instanceof SyntaxError) throw strange(response!)
      throw new LeadNestError(`${url} could not be reached.`, { code: 'network', cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  async function refusal(response: Response): Promise<LeadNestError> {
    const problem = (await response.json()) as LeadNestError & { detail: string }
    if (!problem?.code) return strange(response)
    const { code, detail, errors = [], requestId } = problem
    return new LeadNestError(detail, { ...factsOf(response), code, errors, requestId })
  }

  /** An answer that LeadNest did not write: a proxy's, or another server's. */
  function strange(response: Response): LeadNestError {
    const { status } = response
    return new LeadNestError(`${url} answered ${status}, but not as LeadNest does. Is \`url\` right?`, {
      code: status < 500 ? 'network' : 'unavailable',
      ...factsOf(response),
    })
  }
}

const factsOf = ({ status, headers }: Response) => ({
  status,
  requestId: headers.get('x-request-id'),
  retryAfter: secondsUntil(headers.get('retry-after')),
})

/** A fresh key for `idempotencyKey`, to keep where a call must survive its own process; 128 random bits. */
export function createIdempotencyKey(): string {
  // Not randomUUID: browsers have it on https pages only.
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-')
}

function pathOf(template: string, params: Record<string, string> = {}): string {
  return template.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name] ?? ''
    // '' and '..' would silently name another route.
    if (/^\.*$/.test(value)) throw new TypeError(`"${value}" cannot be the ${name}.`)
    return encodeURIComponent(value)
  })
}

function searchOf(query: object = {}): string {
  const given = Object.entries(query).filter(([, value]) => value != null)
  return given.length
    ? `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)] as [string, string]))}`
    : ''
}

export function isWorthRepeating({ code, status }: LeadNestError): boolean {
  return !status || status === 408 || status === 429 || status >= 500 || code === 'idempotency_in_flight'
}

export const jittered = (wait: number) => wait * (0.5 + Math.random() / 2)

function secondsUntil(retryAfter: string | null): number | null {
  if (!retryAfter) return null
  const seconds = Number(retryAfter)
  const wait = Number.isNaN(seconds) ? (Date.parse(retryAfter) - Date.now()) / 1000 : seconds
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}

export function pause(wait: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end)
      resolve()
    }, wait)
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
  })
}
