import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { lockLead, readLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import { addTags, listTagsWithCounts, makeTags, removeTags } from './statements.ts'
import type { Tag } from './tag.ts'

/** Adds and removes tags of a lead; a new name makes the tag. What changes nothing writes nothing. Throws `not_found`. */
export async function tagLead(
  core: Core,
  workspaceId: string,
  leadId: string,
  { add = [], remove = [] }: { add?: string[] | undefined; remove?: string[] | undefined },
  by: By,
): Promise<Lead> {
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, leadId)
    const names = [...new Set(add)]
    if (names.length > 0) await tx.query(makeTags(workspaceId, names))
    const [added, removed] = await Promise.all([
      tx.query<{ name: string }>(addTags(workspaceId, leadId, names)),
      tx.query<{ name: string }>(
        removeTags(
          workspaceId,
          leadId,
          remove.filter((name) => !names.includes(name)),
        ),
      ),
    ])
    if (added.length + removed.length > 0) {
      const data = { added: added.map(({ name }) => name), removed: removed.map(({ name }) => name) }
      await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.tagged', leadId, ...by, data, at })])
    }
    return readLead(tx, workspaceId, leadId)
  })
}

export function listTags(core: Core, workspaceId: string): Promise<Tag[]> {
  return core.inWorkspace(workspaceId, (tx) => tx.query<Tag>(listTagsWithCounts(workspaceId)))
}
