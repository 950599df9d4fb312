import type { Core } from '../core.ts'
import { byPerson } from '../events/event.ts'
import { asHolder } from '../preferences/holder.ts'
import { exportLead } from '../privacy/export-lead.ts'
import type { LeadExport } from '../privacy/lead-export.ts'
import { withoutMembers } from '../privacy/without-members.ts'
import { readOwnRequests } from './own-requests.ts'

/**
 * What there is about whoever holds a link, but nothing of members; made now, within 7 days after it was granted. `closed`
 * without that, or by a link that does not prove who asks.
 */
export async function exportOwnData(core: Core, token: string): Promise<LeadExport | 'closed' | 'unknown' | 'gone'> {
  const granted = await asHolder(core, token, async (tx, { workspaceId, isProven }, { id }) => {
    if (!isProven) return 'closed' as const
    const { export: request } = await readOwnRequests(core, tx, workspaceId, id)
    return request?.fetchable ? { workspaceId, leadId: id } : ('closed' as const)
  })
  if (typeof granted === 'string') return granted
  return withoutMembers(await exportLead(core, granted.workspaceId, granted.leadId, byPerson))
}
