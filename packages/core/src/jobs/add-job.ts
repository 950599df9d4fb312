import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

export interface JobOptions {
  /** Another job of this key that has not begun is replaced. */
  key?: string
  /** At once unless told. */
  at?: Date | string
  /** Jobs of one queue run one after the other. */
  queue?: string
  /** Lower numbers run first; 0 unless told. */
  priority?: number
}

/**
 * Adds a job in the transaction of the change that it follows. A job of the same key that begins in this very moment
 * swallows the new one, and may have read what was there before; then it is added without the key.
 */
export async function addJob(
  tx: Tx,
  task: string,
  payload: object,
  { key, at, queue, priority }: JobOptions = {},
): Promise<void> {
  const add = (key: string | undefined) =>
    tx.query<{ id: number | null }>(sql`
      select (job).id from (
        select graphile_worker.add_job(${task}, ${JSON.stringify(payload)}::json, run_at := ${at}::timestamptz, queue_name := ${queue}::text, priority := ${priority}::integer, job_key := ${key}::text) as job
        offset 0
      ) added`)
  const [added] = await add(key)
  if (added?.id == null && key !== undefined) await add(undefined)
}
