import type { Args, Result, Route, Streamed } from './contract.ts'
import { LeadNestError } from './errors.ts'
import type { Content } from './upload.ts'

/** How to reach a LeadNest server. */
export interface ClientOptions {
  /** Where the server answers, as in `https://leads.example.com`. */
  url: string
  /** A secret key (`ln_sk_…`) on servers; a publishable one (`ln_pk_…`), or none, in browsers. */
  key?: string | undefined
  /** Replaces the global `fetch`. */
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Milliseconds that one try may take: 10,000 unless told. */
  timeout?: number | undefined
  /** How often a failed try is repeated where that is safe: 2 unless told. */
  maxRetries?: number | undefined
  /** Told of each try before it is sent: changes `init.headers`, or returns another init. What it throws ends the call. */
  onRequest?: (attempt: Attempt) => RequestInit | undefined | Promise<RequestInit | undefined>
  /** Told of each answer, a refusal too, before it is read; clone the response to read it. What it throws ends the call. */
  onResponse?: (answered: Answered) => unknown
}

/** One try of a call. */
export interface Attempt {
  url: string
  init: RequestInit & { headers: Record<string, string> }
  /** 1, and one more for each time that it is tried again. */
  attempt: number
}

/** A try as it was sent, and what came of it after `duration` milliseconds. */
export interface Answered {
  url: string
  init: RequestInit
  attempt: number
  response: Response
  duration: number
}

/** What a single call may add. */
export interface CallOptions {
  /** Ends the call; it then rejects with the signal's own reason. */
  signal?: AbortSignal | undefined
  /**
   * Calls with equal keys and equal content are carried out once; each call has a key of its own unless told. `null` is for
   * what shows a secret: such a call has none, and is sent once, whatever comes of it.
   */
  idempotencyKey?: string | null | undefined
  /** What `upload` makes of a file or a stream, in place of a body. */
  content?: Content | undefined
}

export interface Answer<R extends Route> {
  data: Data<R>
  headers: Headers
}

/** What a route answers: JSON, or where that is a file, a stream of it. `timeout` ends with its headers, the signal ends it all. */
export type Data<R extends Route> = R extends Streamed ? ReadableStream<Uint8Array<ArrayBuffer>> : Result<R>

/**
 * One function for every route, where a script makes a single call and shall be small: half of the whole client.
 *
 * @example
 * const request = createRequest({ url: 'https://leads.example.com', key: process.env.LEADNEST_KEY })
 * const { data: lead } = await request('POST /v1/leads', { body: { email: 'ada@example.com' } })
 */
// `backoff` is half of the first wait in milliseconds; only tests shorten it.
export function createRequest(options: ClientOptions & { backoff?: number }) {
  const {
    key,
    timeout = 10_000,
    maxRetries = 2,
    backoff = 200,
    onRequest,
    onResponse,
    // Looked up at each call: a default of `globalThis.fetch` loses `this` in browsers and misses later patches.
    fetch = (target: string, init: RequestInit) => globalThis.fetch(target, init),
  } = options
  const url = options.url.replace(/\/+$/, '')

  return async function request<R extends Route>(route: R, args: Args<R>, call: CallOptions = {}): Promise<Answer<R>> {
    const [method, template] = route.split(' ') as [string, string]
    const { params, query, body } = args as {
      params?: Record<string, string>
      query?: { wait?: number }
      body?: unknown
    }
    // One key for all tries of a call: that is what makes a POST safe to repeat.
    const { signal, content, idempotencyKey = createIdempotencyKey() } = call
    const target = url + pathOf(template, params) + searchOf(query)
    // Whoever asks the server to wait waits with it.
    const patience = timeout + 1000 * (query?.wait ?? 0)
    const headers: Record<string, string> = {}
    if (key) headers.authorization = `Bearer ${key}`
    if (method !== 'GET') {
      headers['content-type'] = 'application/json'
      if (idempotencyKey) headers['idempotency-key'] = idempotencyKey
    }

    for (let attempt = 1; ; attempt++) {
      const clock = new AbortController()
      const ended = signal ? AbortSignal.any([signal, clock.signal]) : clock.signal
      let timer: ReturnType<typeof setTimeout> | undefined
      const wait = (time = patience) => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          clock.abort(new LeadNestError(`${url} did not answer in ${time} ms.`, { code: 'timeout' }))
        }, time)
      }
      const fail = (cause: unknown): never => {
        ended.throwIfAborted()
        throw new LeadNestError(`${url} could not be reached.`, { code: 'network', cause })
      }
      try {
        const opened = await content?.open(wait, ended)
        const plain = { method, body: JSON.stringify(body), ...opened, headers: { ...headers, ...opened?.headers } }
        const init = (await onRequest?.({ url: target, init: plain, attempt })) ?? plain
        const started = performance.now()
        if (!timer) wait()
        const response = await fetch(target, { ...init, signal: ended }).catch(fail)
        await onResponse?.({ url: target, init, attempt, response, duration: performance.now() - started })
        const { ok, status, headers: given } = response
        const data =
          ok && isStream.test(given.get('content-type') + template)
            ? response.body
            : status === 204
              ? null
              : await response.json().catch((error) => (error instanceof SyntaxError ? undefined : fail(error)))
        if (ok && data !== undefined) return { data: data as Data<R>, headers: given }
        const { code, detail, errors = [] } = (data ?? {}) as Problem
        // Without a code it is an answer that LeadNest did not write: a proxy's, or another server's.
        throw new LeadNestError(code ? detail : `${url} answered ${status}, and is no LeadNest.`, {
          code: code ?? (status < 500 ? 'network' : 'unavailable'),
          status,
          errors,
          requestId: given.get('x-request-id'),
          retryAfter: secondsUntil(given.get('retry-after')),
        })
      } catch (error) {
        if (!isWorthRepeating(error) || idempotencyKey === null || content?.once || attempt > maxRetries) throw error
        const rest = error.retryAfter === null ? jittered(backoff * 2 ** attempt) : error.retryAfter * 1000
        if (rest > timeout) throw error
        await pause(rest, signal)
      } finally {
        clearTimeout(timer)
      }
    }
  }
}

/** What is no JSON, by its media type and its route: an export may have any type, but is no page of a proxy. */
export const isStream = /\/csv|-stream|^(?!text.html).*file$/

type Problem = Partial<LeadNestError> & { detail: string }

/** A fresh key for `idempotencyKey`, to keep where a call must survive its own process; 128 random bits. */
export function createIdempotencyKey(): string {
  // Not randomUUID: browsers have it on https pages only.
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

function pathOf(template: string, params: Record<string, string> = {}): string {
  return template.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name] ?? ''
    // '' and '..' would silently name another route.
    if (/^\.*$/.test(value)) throw new TypeError(`"${value}" is no ${name}.`)
    return encodeURIComponent(value)
  })
}

/** What is null is not sent, of a list its parts with commas between, and an object as JSON. */
function searchOf(query: object = {}): string {
  const written = JSON.stringify(query, (name, value) =>
    name && Object(value) === value && !Array.isArray(value) ? JSON.stringify(value) : (value ?? undefined),
  )
  const search = new URLSearchParams(JSON.parse(written) as Record<string, string>)
  return `${search}` && `?${search}`
}

export function isWorthRepeating(error: unknown): error is LeadNestError {
  return (
    error instanceof LeadNestError &&
    (/^(0|408|429|5..)$/.test(error.status as unknown as string) || error.code === 'idempotency_in_flight')
  )
}

export const jittered = (wait: number) => wait * (0.5 + Math.random() / 2)

function secondsUntil(retryAfter: string | null): number | null {
  // No seconds, or 0 of them, are read as a date: those are long past.
  const wait = Number(retryAfter) || (Date.parse(retryAfter!) - Date.now()) / 1000
  return wait > 0 ? wait : wait <= 0 ? 0 : null
}

export async function pause(wait: number, signal?: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  let end!: () => void
  signal?.throwIfAborted()
  await new Promise<void>((resolve) => {
    end = resolve
    timer = setTimeout(end, wait)
    signal?.addEventListener('abort', end)
  })
  clearTimeout(timer)
  signal?.removeEventListener('abort', end)
  signal?.throwIfAborted()
}
