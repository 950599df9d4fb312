import type { Core } from '../core.ts'
import type { By } from '../events/event.ts'
import { newEvent, recordEvents } from '../events/record.ts'
import { lockLead, readLead } from '../leads/find-leads.ts'
import type { Lead } from '../leads/lead.ts'
import type { Tx } from '../postgres/transaction.ts'
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
    const data = await setTags(tx, workspaceId, leadId, { add, remove })
    if (data.added.length + data.removed.length > 0)
      await recordEvents(tx, workspaceId, [newEvent({ type: 'lead.tagged', leadId, ...by, data, at })])
    return readLead(tx, workspaceId, leadId)
  })
}

/** Returns what was really added and removed. */
export async function setTags(
  tx: Tx,
  workspaceId: string,
  leadId: string,
  { add, remove = [] }: { add: string[]; remove?: string[] },
): Promise<{ added: string[]; removed: string[] }> {
  const names = [...new Set(add)]
  const gone = remove.filter((name) => !names.includes(name))
  if (names.length > 0) await tx.query(makeTags(workspaceId, names))
  const [added, removed] = await Promise.all([
    tx.query<{ name: string }>(addTags(workspaceId, leadId, names)),
    tx.query<{ name: string }>(removeTags(workspaceId, leadId, gone)),
  ])
  return { added: added.map(({ name }) => name), removed: removed.map(({ name }) => name) }
}

export function listTags(core: Core, workspaceId: string): Promise<Tag[]> {
  return core.inWorkspace(workspaceId, (tx) => tx.query<Tag>(listTagsWithCounts(workspaceId)))
}
