import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'

const day = 86_400_000

/** Files that an import kept while it ran, and that ended without success: whoever wants to try again has a day. */
export async function letGoOfImports(core: Core, workspaceId: string): Promise<void> {
  const until = new Date(core.now().getTime() + day)
  await core.inWorkspace(workspaceId, (tx) =>
    tx.query(sql`
      update files set expires_at = ${until}
      where workspace_id = ${workspaceId} and purpose = 'import' and expires_at is null and not exists (
        select from jobs j
        where j.workspace_id = ${workspaceId} and j.finished_at is null and j.input ->> 'fileId' = files.id::text
      )`),
  )
}
