import pg from 'pg'
import { type Log, silent } from '../log.ts'
import { types } from './sql.ts'

/** Every LeadNest process names its connections so; those that are left decide whether an embedded Postgres may stop. */
export const applicationName = 'leadnest'

/** A pool whose requests fail rather than wait for ever: 3 s for a connection, 4.5 s for an answer. */
export function createPool(
  connectionString: string,
  { max = 10, log = silent, queryTimeout = 4500 }: { max?: number; log?: Log; queryTimeout?: number } = {},
): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max,
    types,
    application_name: applicationName,
    connectionTimeoutMillis: 3000,
    query_timeout: queryTimeout,
    keepAlive: true,
  })
  // A connection that breaks is replaced by the pool; unheard, these events would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'))
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
