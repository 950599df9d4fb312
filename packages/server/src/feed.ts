import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import postgres from 'postgres'
import { surviveLostConnections } from './lost-connections.ts'

export interface FeedMessage {
  type: (typeof types)[number]
}

/** What happens in a workspace, told to the pages that are open: Postgres NOTIFY, fanned out in this process. */
export interface Feed {
  /** Returns the way to stop listening. */
  subscribe(workspaceId: string, listener: (message: FeedMessage) => void): () => void
  /** Aborted when the server stops: streams end themselves then. */
  closing: AbortSignal
  /** Resolves once Postgres tells us. */
  ready: Promise<unknown>
  /** Ends the streams. */
  end(): void
  close(): Promise<void>
}

const channel = 'leadnest_feed'
const types = ['lead', 'job', 'plugin'] as const

/** How often the feed makes sure that it hears, in ms; after a lost connection it looks at once. */
const calm = 15_000
const alarmed = 300

/**
 * Needs a direct connection: it listens. `postgres` subscribes again by itself after a break (decision 001), but it
 * tries once: where the database was not back by then it stays deaf. So it says something to itself, and is made anew
 * when it does not hear it.
 */
export function createFeed(databaseUrl: string, log: Logger): Feed {
  const listeners = new Map<string, Set<(message: FeedMessage) => void>>()
  const closing = new AbortController()
  const self = randomUUID()
  let heardSelf: () => void = () => undefined
  let opened = false

  function onMessage(payload: string): void {
    const { workspaceId, ...message } = JSON.parse(payload) as FeedMessage & { workspaceId: string }
    if (workspaceId === self) heardSelf()
    for (const listener of listeners.get(workspaceId) ?? []) listener(message)
  }

  /** After a break something may have been missed, so every page looks again. */
  function onListen(): void {
    if (opened)
      for (const set of listeners.values()) for (const listener of set) for (const type of types) listener({ type })
    opened = true
  }

  function open() {
    const sql = postgres(databaseUrl, {
      max: 1,
      idle_timeout: 0,
      connect_timeout: 3,
      // Seconds between tries; its own way waits up to 20 after a longer outage.
      backoff: () => 0.3,
      connection: { application_name: `leadnest ${process.pid}` },
      onnotice: () => undefined,
      onclose: () => look(alarmed),
    })
    return { sql, listening: sql.listen(channel, onMessage, onListen) }
  }

  let timer: NodeJS.Timeout
  function look(after: number): void {
    clearTimeout(timer)
    if (!closed) timer = setTimeout(makeSure, after)
  }

  async function makeSure(): Promise<void> {
    const heard = new Promise<boolean>((done) => {
      heardSelf = () => done(true)
      setTimeout(done, 1000, false)
    })
    try {
      await sql.notify(channel, JSON.stringify({ workspaceId: self }))
    } catch {
      // Without a database there is nothing to hear.
      return look(alarmed)
    }
    if (await heard) return look(calm)
    if (closed) return
    log.warn({}, 'the live feed had gone deaf, and listens anew')
    void sql.end({ timeout: 0 })
    ;({ sql, listening } = open())
    listening.catch(() => undefined)
    look(alarmed)
  }

  const stopWatching = surviveLostConnections(log)
  let closed = false
  let { sql, listening } = open()
  const ready = listening.catch((error: unknown) => log.error({ err: error }, 'the live feed cannot listen yet'))
  // Also opens the connection whose end is noticed.
  void ready.then(() => look(0))

  return {
    ready,
    closing: closing.signal,
    subscribe(workspaceId, listener) {
      const set = listeners.get(workspaceId) ?? new Set()
      listeners.set(workspaceId, set.add(listener))
      return () => {
        set.delete(listener)
        if (set.size === 0) listeners.delete(workspaceId)
      }
    },
    end: () => closing.abort(),
    async close() {
      closed = true
      clearTimeout(timer)
      closing.abort()
      await sql.end({ timeout: 2 })
      stopWatching()
    },
  }
}
