import type { Logger } from 'pino'
import postgres from 'postgres'

export interface FeedMessage {
  type: 'lead'
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

/** `postgres` subscribes again by itself after every restart of the database (decision 001). Needs a direct connection. */
export function createFeed(databaseUrl: string, log: Logger): Feed {
  const listeners = new Map<string, Set<(message: FeedMessage) => void>>()
  const closing = new AbortController()
  const sql = postgres(databaseUrl, {
    max: 1,
    idle_timeout: 0,
    connection: { application_name: 'leadnest' },
    onnotice: () => undefined,
  })

  const ready = sql
    .listen('leadnest_feed', (payload) => {
      const { workspaceId, ...message } = JSON.parse(payload) as FeedMessage & { workspaceId: string }
      for (const listener of listeners.get(workspaceId) ?? []) listener(message)
    })
    .catch((error: unknown) => log.error({ err: error }, 'the live feed cannot listen to the database'))

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
      closing.abort()
      await sql.end({ timeout: 2 })
    },
  }
}
