import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'

/** The ids of all workspaces of the installation, for what runs by the clock or by a command. */
export async function everyWorkspace(core: Core): Promise<string[]> {
  const workspaces = await core.outside((tx) =>
    tx.query<{ workspaceId: string }>(sql`select distinct workspace_id from directory order by 1`),
  )
  return workspaces.map(({ workspaceId }) => workspaceId)
}
