import type { Core } from '../core.ts'
import { type Position, readCursor, writeCursor } from '../cursor.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Event, EventType } from './event.ts'

const nobody = '00000000-0000-0000-0000-000000000000'

/** An event and its place in the order; without an event `id` is null, and only the horizon is told. */
type Row = (Event | { id: null }) & { horizon: string; heldBack: boolean; xid: string }

/** Events with the cursor after each, where to go on, and whether some wait for a transaction that began before theirs. */
export interface Pulled {
  events: { event: Event; cursor: string }[]
  nextCursor: string
  heldBack: boolean
}

/**
 * What happened after a cursor, oldest first; without one from the oldest on, after `now` only what comes. An event is
 * given once every transaction that began before its own has ended, for one of those may still commit an older id.
 * Throws `invalid_cursor`.
 */
export async function pullEvents(
  core: Core,
  workspaceId: string,
  { after, types, limit = 50 }: { after?: string | undefined; types: EventType[]; limit?: number },
): Promise<Pulled> {
  const list = `${workspaceId} events`
  const from: Position | null =
    after === 'now' ? null : after ? readCursor(core.keyring, list, after, 'after') : ['0', nobody]
  const rows = await core.inWorkspace(workspaceId, (tx) => tx.query<Row>(readPage(workspaceId, { from, types, limit })))
  const { horizon, heldBack } = rows[0]!
  const events = rows.flatMap(({ horizon: _, heldBack: __, xid, ...event }) =>
    event.id === null ? [] : [{ event, cursor: writeCursor(core.keyring, list, [xid, event.id]) }],
  )
  // Nothing can be committed any more below the horizon, so a page that is not full ends there.
  const nextCursor =
    events.length === limit ? events.at(-1)!.cursor : writeCursor(core.keyring, list, [horizon, nobody])
  return { events, nextCursor, heldBack }
}

/**
 * One statement, so that horizon and events are of one snapshot. At least one row comes, for the horizon. Whether any event is behind
 * it, the last one tells: of `exists (… xid >= horizon)` Postgres believes that every third event is, and reads them all.
 */
export const readPage = (
  workspaceId: string,
  { from, types, limit }: { from: Position | null; types: EventType[]; limit: number },
): Sql => sql`
  with present as materialized (
    select horizon, coalesce(
      (select xid from events where workspace_id = ${workspaceId} order by xid desc, id desc limit 1) >= horizon, false
    ) as held_back
    from (select pg_snapshot_xmin(pg_current_snapshot()) as horizon) now
  )
  select horizon, held_back, event.*
  from present left join lateral (
    select xid, id, type, lead_id, actor, source, data, created_at from events
    where workspace_id = ${workspaceId} and xid < horizon and type = any(${types})
      and ${from ? sql`(xid, id) > (${from[0]}::xid8, ${from[1]}::uuid)` : sql`false`}
    order by xid, id limit ${limit}
  ) event on true
  order by xid, id`
