import type { Core } from '../core.ts'
import { byPerson, bySystem } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { newId } from '../id.ts'
import { addJob } from '../jobs/add-job.ts'
import { sql } from '../postgres/sql.ts'
import { asHolder } from '../preferences/holder.ts'
import { readOwnRequests } from './own-requests.ts'
import type { RequestKind } from './request.ts'
import { settle } from './statements.ts'

/**
 * Asks for one's data, or to be erased. One request of a kind waits at a time; while the data can be fetched none is made. By
 * the workspace's rule it is done at once, an erasure by a job. `unproven` is a link that does not show who asks.
 */
export function askPrivacy(
  core: Core,
  token: string,
  kind: RequestKind,
): Promise<'asked' | 'unproven' | 'unknown' | 'gone'> {
  return asHolder<'asked' | 'unproven'>(core, token, async (tx, { workspaceId, isProven }, { id: leadId }) => {
    if (!isProven) return 'unproven'
    const before = (await readOwnRequests(core, tx, workspaceId, leadId))[kind]
    const at = core.now()
    if (before?.status === 'open' || before?.fetchable) return 'asked'
    const id = newId(at.getTime())
    await tx.query(sql`
      insert into privacy_requests (workspace_id, id, lead_id, kind, status, asked_at)
      values (${workspaceId}, ${id}, ${leadId}, ${kind}, 'open', ${at})`)
    await recordEvents(tx, workspaceId, [
      newEvent({ type: 'privacy_request.asked', leadId, ...byPerson, data: { requestId: id, kind }, at }),
    ])
    const [workspace] = await tx.query<{ privacyRequests: string }>(
      sql`select privacy_requests from workspaces where id = ${workspaceId}`,
    )
    if (workspace!.privacyRequests === 'automatic') {
      if (kind === 'export') await settle(tx, workspaceId, { id, leadId, kind }, 'done', bySystem, at)
      else await addJob(tx, 'confirm_privacy_request', { workspaceId, id }, { key: `confirm_privacy_request ${id}` })
    }
    return 'asked'
  })
}
