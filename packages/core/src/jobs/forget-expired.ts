import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'
import { purgeDeleted } from './purge-deleted.ts'

/** How many rows one transaction removes, so that none takes long however much has come together. */
const batch = 2000

const expiring = [
  (workspaceId: string, now: Date) => sql`
    delete from idempotency_records where workspace_id = ${workspaceId} and (scope, key) in (
      select scope, key from idempotency_records where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from used_form_tokens where workspace_id = ${workspaceId} and nonce in (
      select nonce from used_form_tokens where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from sessions where workspace_id = ${workspaceId} and id in (
      select id from sessions where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from refresh_tokens where workspace_id = ${workspaceId} and token_hash in (
      select token_hash from refresh_tokens where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
  (workspaceId: string, now: Date) => sql`
    delete from invites where workspace_id = ${workspaceId} and id in (
      select id from invites where workspace_id = ${workspaceId} and expires_at <= ${now} limit ${batch}
    ) returning 1 as gone`,
]

/** Removes what is past its time: stored answers, spent form tokens, sessions, invites, counts of limits, leads that were deleted. */
export async function forgetExpired(core: Core): Promise<void> {
  const now = core.now()
  await core.outside((tx) => tx.query(sql`delete from rate_limits where expire <= ${now.getTime()}`))
  const workspaces = await core.outside((tx) =>
    tx.query<{ workspaceId: string }>(sql`select distinct workspace_id from directory`),
  )
  for (const { workspaceId } of workspaces) {
    await purgeDeleted(core, workspaceId)
    for (const statement of expiring) {
      let gone: number
      do {
        gone = (await core.inWorkspace(workspaceId, (tx) => tx.query(statement(workspaceId, now)))).length
      } while (gone === batch)
    }
  }
}
