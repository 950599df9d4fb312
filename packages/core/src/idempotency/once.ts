import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { claimAnswer, inFlightAlone, releaseClaim, rememberingCore } from './answers.ts'
import { fingerprintOf, type IdempotencyKey } from './records.ts'

/**
 * Does `work` once for a key, and gives what came of it to whoever asks again: it is stored in the transaction of the work. Throws
 * `idempotency_in_flight`, and `idempotency_mismatch` for something else under the same key.
 */
export function once<T>(
  core: Core,
  workspaceId: string,
  key: IdempotencyKey,
  work: (core: Core) => Promise<T>,
): Promise<T> {
  return inFlightAlone(core, workspaceId, key, async () => {
    const claimed = await claimAnswer(core, workspaceId, key)
    if ('answer' in claimed) return JSON.parse(claimed.answer.body) as T
    const remembering = rememberingCore(core, claimed.claim, 202)
    try {
      return await work(remembering.core)
    } catch (error) {
      if (!remembering.stored()) await releaseClaim(core, claimed.claim).catch(() => undefined)
      throw error
    }
  })
}

type Name = Pick<IdempotencyKey, 'scope' | 'key'>

/** Takes a key for what cannot be rolled back: false where somebody had it. Whoever dies over it leaves it taken. */
export async function takeKey(core: Core, tx: Tx, workspaceId: string, { scope, key }: Name): Promise<boolean> {
  const now = core.now()
  const until = new Date(now.getTime() + core.idempotencyTtlHours * 3_600_000)
  const taken = await tx.query(sql`
    insert into idempotency_records (workspace_id, scope, key, fingerprint, status, body, expires_at)
    values (${workspaceId}, ${scope}, ${key}, ${fingerprintOf(key)}, 202, 'null', ${until})
    on conflict (workspace_id, scope, key) do update set expires_at = excluded.expires_at
      where idempotency_records.expires_at <= ${now}
    returning 1 as taken`)
  return taken.length > 0
}

/** Lets go of a key that was taken for nothing. */
export async function dropKey(core: Core, workspaceId: string, { scope, key }: Name): Promise<void> {
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      delete from idempotency_records where workspace_id = ${workspaceId} and scope = ${scope} and key = ${key}`),
  )
}
