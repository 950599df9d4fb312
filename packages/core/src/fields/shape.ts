import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { LeadField } from './field.ts'

/** What a lead looks like in a workspace: the country of its phone numbers, its own fields, where it begins. */
export interface Shape {
  country: string | null
  fields: ReadonlyMap<string, LeadField>
  /** The key of the first stage of the first pipeline. */
  firstStage: string
}

/** As it is now, for doors that may wait for it. */
export async function readShape(tx: Tx, workspaceId: string): Promise<Shape> {
  const [[workspace], fields, [stage]] = await Promise.all([
    tx.query<{ country: string | null }>(sql`select country from workspaces where id = ${workspaceId}`),
    tx.query<LeadField>(
      sql`select ${fieldColumns} from fields where workspace_id = ${workspaceId} order by position, key`,
    ),
    tx.query<{ key: string }>(sql`
      select s.key from stages s join pipelines p on p.workspace_id = s.workspace_id and p.id = s.pipeline_id
      where s.workspace_id = ${workspaceId}
      order by p.position, p.id, s.position
      limit 1`),
  ])
  return {
    country: workspace!.country,
    fields: new Map(fields.map((field) => [field.key, field])),
    firstStage: stage?.key ?? 'new',
  }
}

/** As it was at most a second ago, for the many captures. */
export function recentShape(core: Core, workspaceId: string): Promise<Shape> {
  return core.recent.get(`shape ${workspaceId}`, () =>
    core.inWorkspace(workspaceId, (tx) => readShape(tx, workspaceId)),
  )
}

export const fieldColumns = sql`key, label, type, options, archived_at, created_at`
