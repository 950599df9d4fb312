import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'

/** Removes what is past its time: stored answers, spent form tokens, sessions. */
export async function forgetExpired(core: Core): Promise<void> {
  const now = core.now()
  const workspaces = await core.outside((tx) =>
    tx.query<{ workspaceId: string }>(sql`select distinct workspace_id from directory`),
  )
  for (const { workspaceId } of workspaces) {
    await core.inWorkspace(workspaceId, async (tx) => {
      await tx.query(sql`delete from idempotency_records where workspace_id = ${workspaceId} and expires_at <= ${now}`)
      await tx.query(sql`delete from used_form_tokens where workspace_id = ${workspaceId} and expires_at <= ${now}`)
      await tx.query(sql`delete from sessions where workspace_id = ${workspaceId} and expires_at <= ${now}`)
    })
  }
}
