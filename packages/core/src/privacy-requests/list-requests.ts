import type { Core } from '../core.ts'
import { readCursor, toPage, writeCursor } from '../cursor.ts'
import { notFound } from '../errors.ts'
import { isId } from '../id.ts'
import { sql } from '../postgres/sql.ts'
import type { PrivacyRequest, PrivacyRequestQuery } from './request.ts'
import { columns, readRequest, requests } from './statements.ts'

/** Newest first. Throws `invalid_cursor`. */
export async function listPrivacyRequests(
  core: Core,
  workspaceId: string,
  { limit, cursor, status }: PrivacyRequestQuery,
) {
  const list = `${workspaceId} privacy requests ${status ?? ''}`
  const before = cursor ? readCursor(core.keyring, list, cursor)[1] : null
  const rows = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<PrivacyRequest>(sql`
      select ${columns} from ${requests}
      where r.workspace_id = ${workspaceId} ${status ? sql`and r.status = ${status}` : sql``}
        ${before ? sql`and r.id < ${before}` : sql``}
      order by r.id desc limit ${limit + 1}`),
  )
  return toPage(rows, limit, ({ id, askedAt }) => writeCursor(core.keyring, list, [askedAt, id]))
}

/** Throws `not_found`. */
export async function getPrivacyRequest(core: Core, workspaceId: string, id: string): Promise<PrivacyRequest> {
  const request = isId(id)
    ? await core.inWorkspace(workspaceId, (tx) => readRequest(tx, workspaceId, id.toLowerCase()))
    : undefined
  if (!request) throw notFound('privacy request')
  return request
}

/** How many wait for somebody, `most` at most. */
export async function countPrivacyRequests(core: Core, workspaceId: string, most = 100): Promise<number> {
  const [row] = await core.inWorkspace(workspaceId, (tx) =>
    tx.query<{ count: number }>(sql`
      select count(*)::integer as count from (
        select 1 from privacy_requests where workspace_id = ${workspaceId} and status = 'open' limit ${most}
      ) open`),
  )
  return row!.count
}
