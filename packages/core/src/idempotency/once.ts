import type { Core } from '../core.ts'
import { Overtaken, type Tx } from '../postgres/transaction.ts'
import { claimRecords, type IdempotencyKey, type IdempotencyRecord, mismatch, readRecords } from './records.ts'

/** An answer, and whether it was given before. */
export interface Answered<T> {
  result: T
  status: number
  replayed: boolean
}

/**
 * Does `work` once for a key: its answer is stored in the same transaction, and given again to whoever repeats the
 * request. Without a key the work is just done. Throws `idempotency_mismatch` for another request under the same key.
 */
export async function once<T>(
  core: Core,
  tx: Tx,
  workspaceId: string,
  key: IdempotencyKey | undefined,
  work: () => Promise<{ result: T; status: number }>,
): Promise<Answered<T>> {
  if (!key) return { ...(await work()), replayed: false }
  const now = core.now()
  const [record] = await tx.query<IdempotencyRecord>(readRecords(workspaceId, [key]))
  if (record && Date.parse(record.expiresAt) > now.getTime()) {
    if (!record.fingerprint.equals(key.fingerprint)) throw mismatch()
    return { result: JSON.parse(record.body) as T, status: record.status, replayed: true }
  }
  const { result, status } = await work()
  const answer = { ...key, body: JSON.stringify(result) }
  const claimed = await tx.query(
    claimRecords(workspaceId, [answer], status, { now, ttlHours: core.idempotencyTtlHours }),
  )
  // Somebody else has used the key since we looked; what they were answered is the answer.
  if (claimed.length === 0) throw new Overtaken()
  return { result, status, replayed: false }
}
