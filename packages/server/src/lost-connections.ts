import { isLostConnection } from '@leadnest/core'
import type { Logger } from 'pino'

/**
 * Two libraries leave promises that nobody awaits: graphile-worker 0.18 when it reports the end of a job, `postgres`
 * when it subscribes again. A connection that breaks in that moment would end the process; anything else still does.
 * Returns the way to stop watching.
 */
export function surviveLostConnections(log: Logger): () => void {
  function onUnhandledRejection(error: unknown): void {
    if (!isLostConnection(error)) throw error
    log.warn({ reason: (error as Error).message }, 'a connection to the database was lost')
  }
  process.on('unhandledRejection', onUnhandledRejection)
  return () => void process.off('unhandledRejection', onUnhandledRejection)
}
