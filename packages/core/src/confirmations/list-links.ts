import type { Core } from '../core.ts'
import { sql } from '../postgres/sql.ts'

/** How many links were made for a submission, and until when the last one is good. */
export interface LinksMade {
  submissionId: string
  count: number
  expiresAt: string
}

/** By submission, those that have any. */
export async function listConfirmationLinks(
  core: Core,
  workspaceId: string,
  submissionIds: string[],
): Promise<ReadonlyMap<string, LinksMade>> {
  if (submissionIds.length === 0) return new Map()
  const rows = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<LinksMade>(sql`
      select submission_id, count(*)::integer as count, max(expires_at) as expires_at from confirmation_links
      where workspace_id = ${workspaceId} and submission_id = any(${submissionIds}::uuid[])
      group by submission_id`),
  )
  return new Map(rows.map((row) => [row.submissionId, row]))
}
