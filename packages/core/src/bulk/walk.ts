import { type Sql, sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'

/** How many leads one statement looks at, whether they match or not, so that none takes long. */
const width = 20_000

/** Before every id. */
export const beginning = '00000000-0000-0000-0000-000000000000'

/** Leads in the order of their ids, from after one to another. */
export interface Stretch {
  after: string
  until: string
}

/** The id of the newest lead; undefined where there is none. */
export async function newestLead(tx: Tx, workspaceId: string): Promise<string | undefined> {
  const [lead] = await tx.query<{ id: string }>(
    sql`select id from leads where workspace_id = ${workspaceId} order by id desc limit 1`,
  )
  return lead?.id
}

/** Where the next look ends. */
export async function edgeOf(tx: Tx, workspaceId: string, { after, until }: Stretch): Promise<string> {
  const [lead] = await tx.query<{ id: string }>(sql`
    select id from leads where workspace_id = ${workspaceId} and id > ${after} and id <= ${until}
    order by id offset ${width - 1} limit 1`)
  return lead?.id ?? until
}

export async function countMatching(tx: Tx, workspaceId: string, condition: Sql, { after, until }: Stretch) {
  const [row] = await tx.query<{ count: number }>(sql`
    select count(*)::integer as count from leads
    where leads.workspace_id = ${workspaceId} and leads.id > ${after} and leads.id <= ${until} and ${condition}`)
  return row!.count
}

/** The first of those that match. */
export async function findMatching(
  tx: Tx,
  workspaceId: string,
  condition: Sql,
  { after, until }: Stretch,
  size: number,
): Promise<string[]> {
  const leads = await tx.query<{ id: string }>(sql`
    select leads.id from leads
    where leads.workspace_id = ${workspaceId} and leads.id > ${after} and leads.id <= ${until} and ${condition}
    order by leads.id limit ${size}`)
  return leads.map(({ id }) => id)
}
