import type { Core, LeadQuery } from '@leadnest/core'
import { listLeads, sql } from '@leadnest/core'

/** How Postgres goes about a query: the indexes it uses, and tables that it reads whole. */
export interface Plan {
  indexes: string[]
  wholeTables: string[]
}

/** Asks for the plan of every statement that a list takes, by a core that explains before it runs. */
export async function planOf(core: Core, workspaceId: string, query: LeadQuery): Promise<Plan> {
  const lines: string[] = []
  const explaining: Core = {
    ...core,
    inWorkspace: (id, work) =>
      core.inWorkspace(id, (tx) =>
        work({
          ...tx,
          query: async (statement) => {
            const plan = await tx.query<{ 'QUERY PLAN': string }>(sql`explain ${statement}`)
            lines.push(...plan.map((row) => row['QUERY PLAN']))
            return tx.query(statement)
          },
        }),
      ),
  }
  await listLeads(explaining, workspaceId, query)
  const named = (pattern: RegExp) => [...new Set(lines.flatMap((line) => pattern.exec(line)?.[1] ?? []))].sort()
  return {
    indexes: named(/(?:Index (?:Only )?Scan(?: Backward)? using|Bitmap Index Scan on) (\w+)/),
    wholeTables: named(/Seq Scan on (leads|lead_search|lead_tags|submissions|events)\b/),
  }
}
