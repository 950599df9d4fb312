import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'

const tables = { session: sql`sessions`, key: sql`api_keys` }

/** At most once a minute for each session and key. Nobody waits for it, and a request does not fail by it. */
export function noteUse(
  core: Core,
  what: keyof typeof tables,
  workspaceId: string,
  { id, lastUsedAt }: { id: string; lastUsedAt: string | null },
): void {
  const now = core.now()
  const due = new Date(now.getTime() - 60_000)
  if (lastUsedAt !== null && Date.parse(lastUsedAt) > due.getTime()) return
  core
    .inWorkspace(workspaceId, (tx) =>
      tx.query(sql`
        update ${tables[what]} set last_used_at = ${now}
        where workspace_id = ${workspaceId} and id = ${id} and (last_used_at is null or last_used_at <= ${due})`),
    )
    .catch((error: unknown) => core.log.warn({ err: error }, `the use of a ${what} was not noted`))
}
