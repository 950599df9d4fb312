import type { Core } from '../core.ts'
import { firstIdAt } from '../id.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Event, EventType } from './event.ts'

/** As an event is told; `erased` ones say nothing that could be told again. */
export const eventColumns = sql`id, type, lead_id, actor, source, data, created_at`
const isThere = sql`not data ? 'erased'`

export async function eventsById(core: Core, workspaceId: string, ids: string[]): Promise<Event[]> {
  return core.inWorkspace(workspaceId, (tx) => tx.query<Event>(selectEvents(workspaceId, ids)))
}

export const selectEvents = (workspaceId: string, ids: string[]): Sql => sql`
  select ${eventColumns} from events where workspace_id = ${workspaceId} and id = any(${ids}::uuid[]) and ${isThere}`

/** What happened between two moments, oldest first; ids sort by the time they were made. */
export async function eventsBetween(
  core: Core,
  workspaceId: string,
  {
    from,
    to,
    types,
    after,
    limit = 200,
  }: { from: Date; to: Date; types?: EventType[]; after?: string; limit?: number },
): Promise<Event[]> {
  return core.inWorkspace(workspaceId, (tx) =>
    tx.query<Event>(sql`
      select ${eventColumns} from events
      where workspace_id = ${workspaceId} and id >= ${firstIdAt(from)} and id < ${firstIdAt(to)}
        and ${after ? sql`id > ${after}` : sql`true`} and ${types ? sql`type = any(${types})` : sql`true`} and ${isThere}
      order by id limit ${limit}`),
  )
}
