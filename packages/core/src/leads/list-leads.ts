import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import type { Condition } from '../filters/condition.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import { countLeads, goByIndexes } from './count-leads.ts'
import type { Lead, LeadPage, LeadQuery } from './lead.ts'
import { selectLeads } from './select-leads.ts'
import { leadColumns } from './statements.ts'

/** Each has an index of `leads` that goes on with the id. */
const sorts = {
  createdAt: { column: sql`leads.created_at`, cast: sql`::timestamptz` },
  lastActivityAt: { column: sql`leads.last_activity_at`, cast: sql`::timestamptz` },
  score: { column: sql`leads.score`, cast: sql`::integer` },
  name: { column: sql`leads.sort_name`, cast: sql`::text` },
}

type Row = Lead & { sortValue: string }

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

interface Order {
  column: Sql
  by: Sql
  beyond: Sql
  isCreation: boolean
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

/** So many are looked at one by one, rather than in the order of the list. */
const few = 3000
/** So many of the list are looked at before an index of search is asked: what is frequent is found there. */
const start = 1000

/**
 * What is rare is found by its own index and sorted; what is frequent is met on the way down the list. Which of both it is
 * shows by trying, because Postgres cannot tell: what search looks at is in another table than what is sorted.
 */
async function findPage(
  tx: Tx,
  workspaceId: string,
  condition: Condition,
  order: Order,
  limit: number,
): Promise<Row[]> {
  const { search, sources } = condition
  for (const source of sources) {
    const rows = await among(tx, workspaceId, source, condition.sql, order, limit)
    if (rows) return rows
  }
  if (search) {
    const rows = await walk(tx, workspaceId, condition, order, limit, start)
    if (rows.length === limit) return rows
    const source = sql`select s.lead_id from lead_search s where s.workspace_id = ${workspaceId} and ${search}`
    const found = await among(tx, workspaceId, source, condition.rest ?? sql`true`, order, limit)
    if (found) return found
  }
  return tx.query<Row>(sql`
    select ${leadColumns}, ${order.column} as sort_value from leads
    where leads.workspace_id = ${workspaceId} and ${condition.sql} ${order.beyond}
    ${order.by}
    limit ${limit}`)
}

/** Down the list from where the page begins, for `most` leads. */
function walk(tx: Tx, workspaceId: string, condition: Condition, order: Order, limit: number, most: number) {
  const narrowed = order.isCreation && condition.walk ? sql`and ${condition.walk}` : sql``
  return tx.query<Row>(sql`
    select ${leadColumns}, ${order.column} as sort_value from (
      select * from leads where leads.workspace_id = ${workspaceId} ${narrowed} ${order.beyond} ${order.by} limit ${most}
    ) as leads
    where ${condition.sql}
    ${order.by}
    limit ${limit}`)
}

/**
 * The page among those that `source` finds, or undefined where these are many. The source is a query of its own, so that
 * it is planned to be read whole; it is read only as far as it takes to know.
 */
async function among(
  tx: Tx,
  workspaceId: string,
  source: Sql,
  check: Sql,
  order: Order,
  limit: number,
): Promise<Row[] | undefined> {
  const rows = await tx.query<Row & { found: number }>(sql`
    with every as materialized (${source}),
    found as materialized (select lead_id from every limit ${few + 1}),
    size as (select count(*)::integer as found from found),
    page as (
      select ${leadColumns}, ${order.column} as sort_value
      from (select distinct lead_id from found where (select size.found from size) <= ${few}) as f
      cross join lateral (select * from leads where leads.workspace_id = ${workspaceId} and leads.id = f.lead_id offset 0) as leads
      where ${check} ${order.beyond}
      ${order.by}
      limit ${limit}
    )
    select size.found, page.* from size left join page on true`)
  if (rows[0]!.found > few) return undefined
  return rows.flatMap(({ found, ...row }) => (row.id === null ? [] : [row]))
}
