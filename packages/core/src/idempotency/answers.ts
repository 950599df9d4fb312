import type { Core } from '../core.ts'
import { LeadNestError } from '../errors.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import {
  type IdempotencyKey,
  type IdempotencyRecord,
  idsIn,
  isSameRequest,
  mismatch,
  readRecords,
  recordId,
} from './records.ts'

/** How long a request may take before its key is free again, in ms: a crash leaves it claimed. */
const lease = 60_000

/** What a key was answered with; `body` is the JSON that was sent. */
export interface StoredAnswer {
  status: number
  body: string
}

/** What a use case gives where its status is not always the same. */
export class Answered<T> {
  readonly result: T
  readonly status: 200 | 201 | 202
  constructor(result: T, status: 200 | 201 | 202) {
    this.result = result
    this.status = status
  }
}

/**
 * Keys that this process is carrying out a request for: its repeats need not ask the database. Each request may have a copy
 * of the core; what all copies share, and no other core has, is the pool.
 */
const inFlight = new WeakMap<Core['pool'], Map<string, Buffer>>()

function flightsOf({ pool }: Core): Map<string, Buffer> {
  const flights = inFlight.get(pool) ?? new Map<string, Buffer>()
  inFlight.set(pool, flights)
  return flights
}

/** Does `work` with the key taken in this process. Throws as `claimAnswer` does. */
export async function inFlightAlone<T>(
  core: Core,
  workspaceId: string,
  key: IdempotencyKey,
  work: () => Promise<T>,
): Promise<T> {
  const flights = flightsOf(core)
  const id = `${workspaceId}\n${recordId(key)}`
  const other = flights.get(id)
  if (other) throw other.equals(key.fingerprint) ? beingCarriedOut() : mismatch()
  flights.set(id, key.fingerprint)
  try {
    return await work()
  } finally {
    flights.delete(id)
  }
}

const beingCarriedOut = () =>
  new LeadNestError('idempotency_in_flight', 'This request is being carried out. Ask again in a moment.', {
    retryAfter: 1,
  })

/** A key that one request has for itself, as long as the row still says `until`: whoever claims it later writes a later moment. */
export interface Claim {
  workspaceId: string
  key: IdempotencyKey
  until: Date
}

/**
 * Claims a key for a minute, in a transaction of its own, so that nobody who repeats the request waits for it. Returns the
 * answer where there is one. Throws `idempotency_mismatch` for another request under the same key, and
 * `idempotency_in_flight` while it is being carried out.
 */
export async function claimAnswer(
  core: Core,
  workspaceId: string,
  key: IdempotencyKey,
): Promise<{ claim: Claim } | { answer: StoredAnswer }> {
  const now = core.now()
  const until = new Date(now.getTime() + lease)
  const found = await core.inWorkspace(workspaceId, async (tx) => {
    const claimed = await tx.query(sql`
      insert into idempotency_records (workspace_id, scope, key, fingerprint, status, body, expires_at)
      values (${workspaceId}, ${key.scope}, ${key.key}, ${key.fingerprint}, 0, '', ${until})
      on conflict (workspace_id, scope, key) do update
        set fingerprint = excluded.fingerprint, status = 0, body = '', expires_at = excluded.expires_at
        where idempotency_records.expires_at <= ${now}
      returning 1 as claimed`)
    if (claimed.length > 0) return { claim: { workspaceId, key, until } }
    return { record: await readRecord(tx, workspaceId, key) }
  })
  if ('claim' in found) return { claim: found.claim! }
  const { record } = found
  // Of a body only its end says what it was, and until that has come the answer may be gone, as that of somebody who was erased.
  const whole = record?.status && (await key.whole?.())
  const known = whole ? await core.inWorkspace(workspaceId, (tx) => readRecord(tx, workspaceId, key)) : record
  // Gone in this moment: whoever had it has let go, and this request may be sent again.
  if (!known) throw beingCarriedOut()
  const isSame = (asked: IdempotencyKey) => isSameRequest(known.fingerprint, asked)
  // Whoever has it has not read all of the body either; and of one that broke off nobody has.
  if (!isSame(key) && !(whole && isSame({ ...key, ...whole }))) throw mismatch()
  if (known.status === 0) throw beingCarriedOut()
  return { answer: known }
}

async function readRecord(tx: Tx, workspaceId: string, key: IdempotencyKey): Promise<IdempotencyRecord | undefined> {
  const [record] = await tx.query<IdempotencyRecord>(readRecords(workspaceId, [key]))
  return record
}

/** Keeps a key claimed while work goes on that may take longer than a minute. Whoever stores the answer ends that before. */
export function holdClaim(core: Core, claim: Claim): { end(): Promise<void> } {
  let renewing = Promise.resolve()
  const timer = setInterval(() => {
    renewing = renewing.then(() => renewClaim(core, claim)).catch(() => undefined)
  }, lease / 3).unref()
  return {
    end() {
      clearInterval(timer)
      return renewing
    },
  }
}

async function renewClaim(core: Core, claim: Claim): Promise<void> {
  const { workspaceId, key } = claim
  const until = new Date(core.now().getTime() + lease)
  const renewed = await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      update idempotency_records set expires_at = ${until}
      where workspace_id = ${workspaceId} and scope = ${key.scope} and key = ${key.key} and expires_at = ${claim.until} and status = 0
      returning 1 as renewed`),
  )
  if (renewed.length > 0) claim.until = until
}

/** Stores an answer for those who repeat the request. Returns until when; undefined where the claim has passed to somebody else. */
async function storeAnswer(
  core: Core,
  tx: Tx,
  { workspaceId, key: { scope, key, fingerprint, names = [] }, until }: Claim,
  { status, body }: StoredAnswer,
): Promise<Date | undefined> {
  const expiresAt = new Date(core.now().getTime() + core.idempotencyTtlHours * 3_600_000)
  const stored = await tx.query(sql`
    update idempotency_records
    set status = ${status}, body = ${body}, fingerprint = ${fingerprint}, expires_at = ${expiresAt}
    where workspace_id = ${workspaceId} and scope = ${scope} and key = ${key} and expires_at = ${until}
    returning 1 as stored`)
  if (stored.length === 0) return undefined
  const named = [...new Set([...names, ...idsIn(body)])].sort()
  if (named.length > 0)
    await tx.query(sql`
      insert into idempotency_names (workspace_id, named_id, scope, key)
      select ${workspaceId}::uuid, id, ${scope}, ${key} from unnest(${named}::uuid[]) as id
      on conflict do nothing`)
  return expiresAt
}

/**
 * Stores the final answer in a transaction of its own, where it is another than the one that was stored with the work. What
 * tells of somebody who was erased meanwhile is not stored: the key is let go.
 */
export async function keepAnswer(core: Core, given: Claim, answer: StoredAnswer): Promise<void> {
  // A body that breaks off behind work that is done does not undo it: whoever repeats the request is told by the rest of it.
  const whole = await given.key.whole?.().catch(() => undefined)
  const claim = { ...given, key: { ...given.key, ...whole } }
  const { workspaceId, key } = claim
  const ids = [...new Set([...(key.names ?? []), ...idsIn(answer.body)])]
  await core.inWorkspace(workspaceId, async (tx) => {
    // Held, so that an erasure either waits and finds the answer, or is seen.
    await tx.query(sql`
      select 1 as held from leads where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) order by id for key share`)
    const [erased] = await tx.query(
      sql`select 1 as erased from erasures where workspace_id = ${workspaceId} and lead_id = any(${ids}::uuid[]) limit 1`,
    )
    if (erased && answer.status < 400) await tx.query(letGo(claim))
    else await storeAnswer(core, tx, claim, answer)
  })
}

/** Lets a key go whose request came to nothing, so that it can be tried again at once. */
export async function releaseClaim(core: Core, claim: Claim): Promise<void> {
  await core.inWorkspace(claim.workspaceId, (tx) => tx.query(letGo(claim)))
}

const letGo = ({ workspaceId, key: { scope, key }, until }: Claim): Sql => sql`
  delete from idempotency_records
  where workspace_id = ${workspaceId} and scope = ${scope} and key = ${key} and expires_at = ${until} and status = 0`

/**
 * A core for one request: what the first transaction that changes something returns is stored as the answer of the key in
 * that same transaction, so that a crash leaves both or neither. `status` is that of a result that brings none.
 */
export function rememberingCore(core: Core, claim: Claim, status: number) {
  let stored: StoredAnswer | undefined
  const remembering: Core = {
    ...core,
    async inWorkspace(id, work) {
      let answered: { answer: StoredAnswer; until: Date } | undefined
      const result = await core.inWorkspace(id, async (tx) => {
        // A transaction may run again.
        answered = undefined
        const result = await work(tx)
        if (stored || !tx.changed) return result
        const answer =
          result instanceof Answered
            ? { status: result.status, body: JSON.stringify(result.result) }
            : { status, body: JSON.stringify(result ?? null) }
        // The answer is one of the caller's workspace, also where the work made another one.
        if (id !== claim.workspaceId)
          await tx.query(sql`select set_config('leadnest.workspace_id', ${claim.workspaceId}, true)`)
        const until = await storeAnswer(core, tx, claim, answer)
        if (!until) throw beingCarriedOut()
        answered = { answer, until }
        return result
      })
      if (answered) {
        stored = answered.answer
        claim.until = answered.until
      }
      return result
    },
  }
  return { core: remembering, stored: () => stored }
}
