import { isLostConnection } from '@leadnest/core'
import type { Logger } from 'pino'

const ours = new Set<unknown>()

/**
 * Two libraries leave promises that nobody awaits: graphile-worker 0.18 when it reports the end of a job, `postgres`
 * when it subscribes again. A connection that breaks in that moment would end the process; anything else still does, unless
 * somebody else listens for it. Returns the way to stop watching.
 */
export function surviveLostConnections(log: Logger): () => void {
  function onUnhandledRejection(error: unknown): void {
    if (isLostConnection(error)) log.warn({ reason: (error as Error).message }, 'a connection to the database was lost')
    else if (process.listeners('unhandledRejection').every((listener) => ours.has(listener))) throw error
  }
  ours.add(onUnhandledRejection)
  process.on('unhandledRejection', onUnhandledRejection)
  return () => {
    ours.delete(onUnhandledRejection)
    process.off('unhandledRejection', onUnhandledRejection)
  }
}

/** A promise that a plugin forgot to await must not end the server: it is told in the log. Not where we are a guest in a process. */
export function outliveForgottenPromises(log: Logger): void {
  process.on('unhandledRejection', (error) => {
    if (!isLostConnection(error)) log.error({ err: error }, 'a promise that nobody awaited has failed')
  })
}
