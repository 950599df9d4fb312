import pg from 'pg'
import { type Log, silent } from '../log.ts'
import { types } from './sql.ts'

/** Every LeadNest process names its connections so; those of others decide whether an embedded Postgres may stop. */
export const applicationName = `leadnest ${process.pid}`

/**
 * A pool whose requests fail rather than wait for ever: 3 s for a connection, 4.5 s for an answer. With `pipeline`,
 * queries of one connection are sent without waiting for the answer to the one before. `options` are settings of its sessions, as `-c jit=off`.
 */
export function createPool(
  connectionString: string,
  {
    max = 10,
    log = silent,
    queryTimeout = 4500,
    pipeline = false,
    options,
  }: { max?: number; log?: Log; queryTimeout?: number; pipeline?: boolean; options?: string } = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    types,
    application_name: applicationName,
    connectionTimeoutMillis: 3000,
    query_timeout: queryTimeout,
    keepAlive: true,
    pipeline,
    ...(options && { options }),
  })
  // A connection that breaks is replaced by the pool; unheard, these events would end the process.
  // Only its message is told: the error carries the whole client.
  pool.on('error', ({ message }) => log.warn({ reason: message }, 'an idle database connection was lost'))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
