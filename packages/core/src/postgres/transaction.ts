import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { LeadNestError } from '../errors.ts'
import { isId } from '../id.ts'
import { type Sql, toParameter, toRow } from './sql.ts'

/** A transaction: every query in it is of one workspace, or of none. Queries that are not awaited share a round trip. */
export interface Tx {
  query<Row = Record<string, never>>(statement: Sql): Promise<Row[]>
  /** Whether an event was recorded in it: something is different afterwards. */
  changed?: boolean
}

/** Whose rows a transaction sees. Row security shows nothing where none is set. */
export interface Scope {
  workspaceId?: string
  userId?: string
  /** One submission, whoever it was sent to; it can be read and not changed. */
  submissionId?: string
  /** How long a statement may take, in ms: 5,000 unless told, as a visitor waits no longer. */
  patience?: number
  /**
   * Not on the disk yet when it is done, but before whatever is committed later: a crash of Postgres or its machine may undo it. For work that knows
   * how far it is by what it wrote.
   */
  relaxed?: boolean
}

const reruns = new Set(['40P01', '40001'])

/** Whether all of a transaction runs again after this. */
export const isRerun = (error: unknown): boolean => reruns.has(codeOf(error))

/** Thrown by `work` that finds itself overtaken by another transaction: all of it runs again, and sees what that one did. */
export class Overtaken extends Error {
  /** Postgres's serialization_failure, which this is. */
  readonly code = '40001'

  constructor(cause?: unknown) {
    super('Another transaction was faster.', { cause })
  }
}

/**
 * Runs `work` in one transaction that sees only what `scope` says. A deadlock or a serialisation failure runs all of it
 * again, so `work` keeps no state outside. Throws `unavailable` when the database cannot be reached; what was in
 * flight then may or may not have been committed.
 */
export async function transaction<T>(pool: pg.Pool, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await once(pool, scope, work)
    } catch (error) {
      const again = isRerun(error)
      if (again && tries < 10) continue
      throw again || isLostConnection(error) ? unavailable(error) : error
    }
  }
}

async function once<T>(pool: pg.Pool, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  const tx = txOn(client, scope)
  let broken: Error | undefined
  try {
    // Not awaited: connections are pipelined, so it travels with the first query, and a failure fails that one too.
    const begun = client.query(begin(scope))
    begun.catch(() => undefined)
    const result = await work(tx)
    await begun
    await client.query('commit')
    return result
  } catch (error) {
    tx.end()
    // A connection that cannot roll back is not given to the next request.
    if (isLostConnection(error)) broken = error as Error
    else await client.query('rollback').catch((failure: Error) => (broken = failure))
    throw error
  } finally {
    client.release(broken)
  }
}

/** The statements of a transaction that has begun on this connection. Those that wait for their turn at its `end` are not sent. */
export function txOn(client: pg.PoolClient, { patience, relaxed }: Scope): Tx & { end(): void } {
  // The pool's own time-out is for statements of the usual patience.
  const longer = patience ? { query_timeout: patience } : {}
  let turn: Promise<unknown> = Promise.resolve()
  let isOver = false
  return {
    async query<Row>(statement: Sql) {
      if (relaxed) {
        // Parameters by the thousand take their time to be written: requests are read between any two statements.
        turn = turn.then(() => setImmediate())
        await turn
      }
      if (isOver) throw new Error('The transaction is over.')
      const values = statement.values.map(toParameter)
      const { rows } = await client.query({ text: statement.text, values, ...longer })
      return rows.map((row) => toRow<Row>(row))
    },
    end: () => void (isOver = true),
  }
}

/** One round trip for both; the ids are checked, because a simple query takes no parameters. */
function begin({ workspaceId = '', userId = '', submissionId = '', patience = 5000, relaxed }: Scope): string {
  if ([workspaceId, userId, submissionId].some((id) => id && !isId(id)))
    throw new Error('A transaction was opened for something that is no id.')
  // Just over the pool's own patience: what nobody waits for any more must not go on in the database.
  return `begin; select set_config('leadnest.workspace_id', '${workspaceId}', true), set_config('leadnest.user_id', '${userId}', true), set_config('leadnest.submission_id', '${submissionId}', true), set_config('statement_timeout', '${Math.trunc(patience)}', true)${relaxed ? ", set_config('synchronous_commit', 'off', true)" : ''}`
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** The constraint that a row broke, as in `leads_workspace_id_email_key`. */
export function brokenConstraint(error: unknown): string | undefined {
  return codeOf(error) === '23505' && error instanceof Error && 'constraint' in error
    ? String(error.constraint)
    : undefined
}

const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH'])

/** Connection exceptions (class 08), shut-downs (57P0x), too many connections (53300), what `postgres` calls CONNECTION_…, and what `pg` says in words. */
export function isLostConnection(error: unknown): boolean {
  const code = codeOf(error)
  if (network.has(code) || /^(08|57P0|53300|CONNECTION_|CONNECT_TIMEOUT)/.test(code)) return true
  return (
    error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/.test(
      error.message,
    )
  )
}

export function unavailable(cause: unknown): LeadNestError {
  return new LeadNestError('unavailable', 'The database cannot be reached right now. Try again in a moment.', {
    retryAfter: 1,
    cause,
  })
}
