import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { sql } from '../postgres/sql.ts'
import { countLeads, goByIndexes } from './count-leads.ts'
import { findPage, type Order } from './find-page.ts'
import type { LeadPage, LeadQuery } from './lead.ts'
import { selectLeads } from './select-leads.ts'

/** Each has an index of `leads` that goes on with the id. */
const sorts = {
  createdAt: { column: sql`leads.created_at`, cast: sql`::timestamptz` },
  lastActivityAt: { column: sql`leads.last_activity_at`, cast: sql`::timestamptz` },
  score: { column: sql`leads.score`, cast: sql`::integer` },
  name: { column: sql`leads.sort_name`, cast: sql`::text` },
}

/**
 * One page of leads, and on demand how many there are. Throws `invalid_cursor`, `invalid_input` with the position in the
 * filter, `unknown_reference` for a segment that is not there.
 */
export async function listLeads(core: Core, workspaceId: string, query: LeadQuery): Promise<LeadPage> {
  const { limit, cursor, sort, count, ...selection } = query
  const list = `${workspaceId} leads ${JSON.stringify([sort, selection.q, selection.email, selection.filter, selection.segment])}`
  const after = cursor ? readCursor(core.keyring, list, cursor) : null
  const condition = await selectLeads(core, workspaceId, selection)
  return core.inWorkspace(workspaceId, async (tx) => {
    await goByIndexes(tx)
    const rows = await findPage(tx, workspaceId, condition, orderOf(sort, after), limit + 1)
    const { data, nextCursor } = toPage(rows, limit, ({ sortValue, id }) =>
      writeCursor(core.keyring, list, [String(sortValue), id]),
    )
    return {
      data: data.map(({ sortValue, ...lead }) => lead),
      nextCursor,
      ...(count && { count: await countLeads(tx, workspaceId, condition) }),
    }
  })
}

function orderOf(sort: LeadQuery['sort'], after: [string, string] | null): Order {
  const name = sort.replace('-', '') as keyof typeof sorts
  const { column, cast } = sorts[name]
  const [direction, sign] = sort.startsWith('-') ? [sql`desc`, sql`<`] : [sql`asc`, sql`>`]
  return {
    column,
    by: sql`order by ${column} ${direction}, leads.id ${direction}`,
    beyond: after ? sql`and (${column}, leads.id) ${sign} (${after[0]}${cast}, ${after[1]}::uuid)` : sql``,
    isCreation: name === 'createdAt',
  }
}
