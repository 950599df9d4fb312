import type { Condition } from '../filters/condition.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Lead } from './lead.ts'
import { leadColumns } from './statements.ts'

/** A row of a page, with the value that it is sorted by. */
export type PageRow = Lead & { sortValue: string | number }

/** In which order a list is walked, and from where. */
export interface Order {
  column: Sql
  by: Sql
  beyond: Sql
  /** New leads stand together in the table, so that walking them reads few of its pages. */
  isCreation: boolean
}

/** Up to here leads are looked at one by one, and sorted. */
const few = 1000
/** Up to here the ids of leads are held in memory, while the index of the order is walked for them. */
const many = { source: 50_000, search: 5000 }

/**
 * A page of leads. What is rare is found by its own index and sorted; what is frequent is met on the way down the list.
 * Which of both it is shows by trying, because Postgres cannot tell: what is looked for is in another table than what is
 * sorted, and under a forced policy it does not look at its own statistics for most of it.
 */
export async function findPage(
  tx: Tx,
  workspaceId: string,
  condition: Condition,
  order: Order,
  limit: number,
): Promise<PageRow[]> {
  const { search, rest, sources } = condition
  if (!search && sources.length === 0) return walkAll(tx, workspaceId, condition, order, limit)

  const start = order.isCreation ? 1000 : 400
  const first = await walk(tx, workspaceId, condition, order, limit, start)
  if (first.length === limit) return first

  // As frequent as it was, so far must be walked for a page, and half as far again.
  const far = first.length === 0 ? Infinity : Math.ceil((start / first.length) * limit * 1.5)
  if (search && far <= (order.isCreation ? 12_000 : 4000)) {
    const rows = await walk(tx, workspaceId, condition, order, limit, far)
    if (rows.length === limit) return rows
  }
  if (search && (condition.narrower || sources.length === 0)) {
    const source = sql`select s.lead_id from lead_search s where s.workspace_id = ${workspaceId} and ${search}`
    const { rows } = await among(tx, workspaceId, source, rest ?? sql`true`, condition, order, limit, many.search)
    if (rows) return rows
  }
  const found: { source: Sql; size: number }[] = []
  for (const source of sources) {
    const { size, rows } = await among(tx, workspaceId, source, condition.sql, condition, order, limit, many.source)
    if (rows) return rows
    if (size <= many.source) found.push({ source, size })
  }
  const [least] = found.toSorted((one, other) => one.size - other.size)
  return least
    ? sortAll(tx, workspaceId, least.source, condition.sql, order, limit)
    : walkAll(tx, workspaceId, condition, order, limit)
}

/** By whichever index Postgres takes, as far as it takes. */
function walkAll(tx: Tx, workspaceId: string, condition: Condition, order: Order, limit: number): Promise<PageRow[]> {
  return tx.query<PageRow>(sql`
    select ${leadColumns}, ${order.column} as sort_value from leads
    where leads.workspace_id = ${workspaceId} and ${condition.sql} ${order.beyond}
    ${order.by}
    limit ${limit}`)
}

/** Down the list from where the page begins, for `most` leads. */
function walk(
  tx: Tx,
  workspaceId: string,
  condition: Condition,
  order: Order,
  limit: number,
  most: number,
): Promise<PageRow[]> {
  return tx.query<PageRow>(sql`
    select ${leadColumns}, ${order.column} as sort_value from (
      select * from leads where leads.workspace_id = ${workspaceId} ${narrowed(condition, order)} ${order.beyond} ${order.by} limit ${most}
    ) as leads
    where ${condition.sql}
    ${order.by}
    limit ${limit}`)
}

/** What an index has before the time of creation, so that it is walked by it. */
const narrowed = ({ walk }: Condition, { isCreation }: Order) => (isCreation && walk ? sql`and ${walk}` : sql``)

const one = (workspaceId: string, id: Sql) =>
  sql`lateral (select * from leads where leads.workspace_id = ${workspaceId} and leads.id = ${id} offset 0) as leads`

/**
 * The page among the leads that `source` finds, and how many it finds; without rows where these are more than `most`, or
 * where too few of them pass the check. The source is a query of its own, so that it is planned to be read whole; it is
 * read only as far as it takes to know.
 */
async function among(
  tx: Tx,
  workspaceId: string,
  source: Sql,
  check: Sql,
  condition: Condition,
  order: Order,
  limit: number,
  most: number,
): Promise<{ size: number; rows: PageRow[] | undefined }> {
  const rows = await tx.query<PageRow & { size: number }>(sql`
    with every as materialized (${source}),
    found as materialized (select lead_id from every limit ${most + 1}),
    size as (select count(*)::integer as size from found),
    page as (
      (
        select leads.id
        from (select distinct lead_id from found where (select size.size from size) <= ${few}) as f
        cross join ${one(workspaceId, sql`f.lead_id`)}
        where ${check} ${order.beyond}
        ${order.by}
        limit ${limit}
      )
      union all
      (
        select leads.id
        from (
          select leads.id from leads
          where (select size.size from size) between ${few + 1} and ${most} and leads.workspace_id = ${workspaceId}
            and case when leads.id in (select lead_id from found) then true else false end ${narrowed(condition, order)} ${order.beyond}
          ${order.by}
          limit ${limit * 60}
        ) as f
        cross join ${one(workspaceId, sql`f.id`)}
        where ${check}
        limit ${limit}
      )
    )
    select size.size, leads.* from size left join (
      select ${leadColumns}, ${order.column} as sort_value from page cross join ${one(workspaceId, sql`page.id`)}
      ${order.by}
    ) as leads on true`)
  const { size } = rows[0]!
  const page = rows.flatMap(({ size, ...row }) => (row.id === null ? [] : [row]))
  return { size, rows: size <= few || (size <= most && page.length === limit) ? page : undefined }
}

/** All that the source finds, one by one. */
function sortAll(
  tx: Tx,
  workspaceId: string,
  source: Sql,
  check: Sql,
  order: Order,
  limit: number,
): Promise<PageRow[]> {
  return tx.query<PageRow>(sql`
    with every as materialized (${source})
    select ${leadColumns}, ${order.column} as sort_value
    from (select distinct lead_id from every) as f cross join ${one(workspaceId, sql`f.lead_id`)}
    where ${check} ${order.beyond}
    ${order.by}
    limit ${limit}`)
}
