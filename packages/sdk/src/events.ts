import type { Event, EventType } from './contract.ts'
import { LeadNestError } from './errors.ts'
import { type CallOptions, isWorthRepeating, jittered, pause } from './request.ts'
import { type Request, verbOf } from './verbs.ts'

/** From where to follow what happens, and what of it. */
export interface FollowOptions {
  /** The cursor to go on from, or `now`. */
  after?: string | undefined
  /** These types only. */
  type?: EventType | EventType[] | undefined
  /** Ends it; it then throws the signal's own reason. */
  signal?: AbortSignal | undefined
  /** Is told, and waited for, how far you have come: keep the cursor to go on from there another time. What it throws ends all. */
  onCursor?: (cursor: string) => unknown
}

export interface Following {
  /**
   * Everything that happened, from the oldest event on (or `after`), and then what happens, until the signal ends it. Goes on
   * by itself after an outage; refusals are thrown. `onCursor` is called after each page.
   *
   * @example
   * for await (const event of leadnest.events.each({ type: 'lead.created', after: saved, onCursor: save })) handle(event)
   */
  each(options?: FollowOptions): AsyncGenerator<Event, void>
  /** The same from now on (or `after`), without delay, over one connection. `onCursor` is called after each event, and while none comes. */
  live(options?: FollowOptions): AsyncGenerator<Event, void>
}

export interface Tracking {
  /**
   * Tells of something that the lead did elsewhere; `at` (ISO 8601, at most a year ago) is now unless told.
   *
   * @example
   * await leadnest.leads.track(id, 'trial.started', { plan: 'pro' })
   */
  track(
    id: string,
    name: string,
    data?: Record<string, unknown>,
    options?: CallOptions & { at?: string },
  ): Promise<Event>
}

export function trackingOf(request: Request): Tracking {
  const send = verbOf('leads/:id/events', '+', request)
  return {
    track: (id, name, data, { at, ...call } = {}) => send(id, { name, data, at }, call) as Promise<Event>,
  }
}

export function followingOf(request: Request): Following {
  /** Hands on what `ask` finds after a cursor, again and again; an outage is waited out. */
  async function* follow(
    { after, type, signal, onCursor }: FollowOptions,
    ask: (
      query: { after?: string; type?: string },
      call: CallOptions,
    ) => AsyncGenerator<[cursor: string, events: Event[]], void>,
  ): AsyncGenerator<Event, void> {
    let failures = 0
    let isTelling = false
    for (;;) {
      try {
        // What is undefined is not sent, and of several a list is made.
        for await (const [cursor, events] of ask({ after, type } as { type?: string }, { signal })) {
          failures = 0
          yield* events
          after = cursor
          isTelling = true
          await onCursor?.(cursor)
          isTelling = false
        }
      } catch (error) {
        signal?.throwIfAborted()
        if (isTelling || !isWorthRepeating(error)) throw error
        await pause(jittered(Math.min(30_000, 500 * 2 ** failures++)), signal)
      }
    }
  }

  return {
    each: (options = {}) =>
      follow(options, async function* ask(query, call) {
        const { data } = await request('GET /v1/events', { query: { ...query, wait: 20 } }, call)
        yield [data.nextCursor, data.data]
      }),
    live: (options) =>
      follow({ after: 'now', ...options }, async function* ask(query, call) {
        const { data } = await request('GET /v1/events/stream', { query }, call)
        yield* messagesOf(data)
      }),
  }
}

/** The server says something every 15 seconds: a connection that is silent for longer is dead. */
const silence = 40_000

/** Server-sent events as they come, by their ids; ends by throwing, as a stream has no end of its own. */
async function* messagesOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<[cursor: string, events: Event[]], void> {
  const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let text = ''
  try {
    for (;;) {
      const timer = setTimeout(() => reader.cancel(), silence)
      const { done, value } = await reader.read().finally(() => clearTimeout(timer))
      if (done) throw new Error()
      const messages = (text + value).split('\n\n')
      text = messages.pop()!
      for (const message of messages) {
        const id = /^id: (.*)/m.exec(message)
        const data = /^data: (.*)/m.exec(message)
        if (id) yield [id[1]!, data ? [JSON.parse(data[1]!) as Event] : []]
      }
    }
  } catch (cause) {
    throw new LeadNestError('The stream broke off.', { code: 'network', cause })
  } finally {
    reader.cancel().catch(() => {})
  }
}
