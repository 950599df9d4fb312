import type { Condition } from '../filters/condition.ts'
import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { LeadCount } from './lead.ts'

/** Up to here a count is exact; what is more is not counted. */
const most = 10_000
/** So many are looked at one by one, rather than in an order of `leads`. */
const few = 50_000

/**
 * Reading all leads is never right for a page, however few the statistics of a young table say there are. Pages are read
 * by the process itself: what is asked for mostly lies in memory, and to hand it to others takes longer.
 */
export async function goByIndexes(tx: Tx): Promise<void> {
  await tx.query(sql`select 
    set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
    set_config('effective_io_concurrency', '0', true)`)
}

/** How many leads there are: exact up to 10,000, else only that there are more. */
export async function countLeads(tx: Tx, workspaceId: string, condition: Condition): Promise<LeadCount> {
  const number = await count(tx, workspaceId, condition)
  return number > most ? { value: most, exact: false } : { value: number, exact: true }
}

async function count(
  tx: Tx,
  workspaceId: string,
  { sql: whole, search, rest, narrower, sources }: Condition,
): Promise<number> {
  const found = sql`select s.lead_id from lead_search s where s.workspace_id = ${workspaceId} and ${search ?? sql`true`}`
  if (search && rest === null) return countRows(tx, sql`with every as materialized (${found}) select 1 from every`)
  const candidates = [
    ...(search && (narrower || sources.length === 0) ? [{ source: found, check: rest ?? sql`true` }] : []),
    ...sources.map((source) => ({ source, check: whole })),
  ]
  for (const { source, check } of candidates) {
    const number = await countAmong(tx, workspaceId, source, check)
    if (number !== undefined) return number
  }
  return countRows(tx, sql`select 1 from leads where leads.workspace_id = ${workspaceId} and ${whole}`)
}

async function countRows(tx: Tx, rows: Sql): Promise<number> {
  const [row] = await tx.query<{ number: number }>(
    sql`select count(*)::integer as number from (${rows} limit ${most + 1}) as counted`,
  )
  return row!.number
}

/** Undefined where too many have to be looked at to know. */
async function countAmong(tx: Tx, workspaceId: string, source: Sql, check: Sql): Promise<number | undefined> {
  const [row] = await tx.query<{ found: number; number: number }>(sql`
    with every as materialized (${source}),
    found as materialized (select lead_id from every limit ${few + 1})
    select (select count(*)::integer from found) as found, (
      select count(*)::integer from (
        select 1 from (select distinct lead_id from found) as f
        cross join lateral (select * from leads where leads.workspace_id = ${workspaceId} and leads.id = f.lead_id offset 0) as leads
        where ${check}
        limit ${most + 1}
      ) as counted
    ) as number`)
  return row!.found <= few || row!.number > most ? row!.number : undefined
}
