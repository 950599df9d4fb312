import { newId, type PluginContext, sql } from '@leadnest/core/plugin'
import { disable } from '../endpoints/disable.ts'
import { endurance, nextTry, pauseAfter } from './schedule.ts'
import type { Receiver } from './send.ts'
import type { Outcome } from './try-delivery.ts'

/** A delivery with what came of it; no outcome where there was nothing left to tell. */
export interface Attempt {
  id: string
  leadId: string | null
  tries: number
  outcome: Outcome | undefined
}

/** How many requests an endpoint has open at once, at most, and from when on it counts as slow, in ms. */
export const mostLanes = 16
const slowAfter = 3000

/**
 * Writes down what came of some tries, for the deliveries and for the endpoint: what was not taken waits longer each time, and an endpoint
 * that cannot be reached or asks for patience rests as a whole. Returns it as it is then, where more may be sent now.
 */
export async function note(
  { workspaceId, now, db }: PluginContext,
  { id, lanes }: Receiver,
  attempts: Attempt[],
  lease: number,
): Promise<Receiver | undefined> {
  const at = now()
  const rows = attempts.map((attempt) => ({ ...attempt, ...settled(attempt, at) }))
  return db.transaction(async (query, tx) => {
    // Whoever disables it meanwhile ends what waits: before this, so that it is seen here, or after it.
    await query(sql`
      select from plugin_webhooks_endpoints where workspace_id = ${workspaceId} and id = ${id} for no key update`)
    await query(sql`
      update plugin_webhooks_deliveries d set status = r.status, tries = r.tries, next_at = r.next_at, last_status = r.last_status,
        last_error = r.last_error, finished_at = case when r.next_at is null then ${at}::timestamptz end
      from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ status }) => status)}::text[], ${rows.map(({ tries }) => tries)}::integer[],
        ${rows.map(({ nextAt }) => nextAt)}::timestamptz[], ${rows.map(({ outcome }) => outcome?.status ?? null)}::integer[],
        ${rows.map(({ outcome }) => outcome?.error ?? null)}::text[]) as r (id, status, tries, next_at, last_status, last_error)
      where d.workspace_id = ${workspaceId} and d.id = r.id and d.status = 'pending'`)
    await query(insertTries(workspaceId, attempts, at))
    const outcomes = attempts.flatMap(({ outcome }) => outcome ?? [])
    const taken = outcomes.some(({ verdict }) => verdict === 'taken')
    const notNow = outcomes.filter(({ verdict }) => verdict === 'not_now')
    const failed = !taken && outcomes.length > 0
    const [receiver] = await query<Receiver & { failures: number; failingSince: string | null }>(sql`
      update plugin_webhooks_endpoints set busy_until = ${new Date(at.getTime() + lease)},
        failing_since = ${taken ? sql`null` : failed ? sql`coalesce(failing_since, ${at})` : sql`failing_since`},
        failures = ${notNow.length > 0 ? sql`failures + 1` : taken ? 0 : sql`failures`},
        lanes = ${notNow.length > 0 ? 1 : taken ? Math.min(lanes * 2, mostLanes) : lanes},
        slow = ${outcomes.some(({ durationMs }) => durationMs > slowAfter)}
      where workspace_id = ${workspaceId} and id = ${id}
      returning id, url, headers, secret, replaced_secrets, enabled, lanes, paused_until, busy_until, failures, failing_since`)
    if (!receiver?.enabled) return undefined
    const gone = outcomes.some(({ verdict }) => verdict === 'gone')
    const exhausted = receiver.failingSince !== null && at.getTime() - Date.parse(receiver.failingSince) >= endurance
    if (gone || exhausted) {
      await disable(tx, workspaceId, id, gone ? 'gone' : 'failing', at)
      return undefined
    }
    if (notNow.length === 0) return receiver
    const pausedUntil = pauseAfter(at, receiver.failures, Math.max(...notNow.map(({ retryAfter }) => retryAfter)))
    await query(sql`
      update plugin_webhooks_endpoints set paused_until = ${pausedUntil} where workspace_id = ${workspaceId} and id = ${id}`)
    return undefined
  })
}

function settled({ tries, outcome }: Attempt, at: Date) {
  if (!outcome) return { status: 'cancelled', tries, nextAt: null }
  if (outcome.verdict === 'taken') return { status: 'succeeded', tries: tries + 1, nextAt: null }
  const nextAt = nextTry(at, tries + 1, outcome.retryAfter) ?? null
  return { status: nextAt ? 'pending' : 'failed', tries: tries + 1, nextAt }
}

/** Whoever was erased meanwhile has no delivery any more, and no tries. */
export function insertTries(workspaceId: string, attempts: Attempt[], at: Date) {
  const made = attempts.flatMap(({ outcome, ...attempt }) => (outcome ? [{ ...attempt, ...outcome }] : []))
  return sql`
    insert into plugin_webhooks_tries (workspace_id, delivery_id, id, lead_id, status, error, duration_ms, body, created_at)
    select ${workspaceId}::uuid, d.id, t.id, d.lead_id, t.status, t.error, t.duration_ms, t.body, ${at}::timestamptz
    from unnest(${made.map(({ id }) => id)}::uuid[], ${made.map(() => newId(at.getTime()))}::uuid[], ${made.map(({ status }) => status)}::integer[],
      ${made.map(({ error }) => error)}::text[], ${made.map(({ durationMs }) => durationMs)}::integer[], ${made.map(({ body }) => body)}::text[])
      as t (delivery_id, id, status, error, duration_ms, body)
    join plugin_webhooks_deliveries d on d.workspace_id = ${workspaceId} and d.id = t.delivery_id`
}
