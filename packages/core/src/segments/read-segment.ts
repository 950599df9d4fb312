import type { Core } from '../core.ts'
import { isId } from '../id.ts'
import { unknownReference } from '../pipelines/pipelines.ts'
import { sql } from '../postgres/sql.ts'
import type { Tx } from '../postgres/transaction.ts'
import type { Segment } from './segment.ts'

export const segmentColumns = sql`id, name, filter, q, created_at, updated_at`

export async function findSegment(tx: Tx, workspaceId: string, id: string, lock = sql``): Promise<Segment | undefined> {
  const [segment] = isId(id)
    ? await tx.query<Segment>(
        sql`select ${segmentColumns} from segments where workspace_id = ${workspaceId} and id = ${id} ${lock}`,
      )
    : []
  return segment
}

/** A segment that something refers to. Throws `unknown_reference`. */
export async function readSegment(core: Core, workspaceId: string, id: string): Promise<Segment> {
  const segment = await core.inWorkspace(workspaceId, (tx) => findSegment(tx, workspaceId, id))
  if (!segment) throw unknownReference('segment', 'There is no such segment.')
  return segment
}
