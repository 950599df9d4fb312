import type { Core } from '../core.ts'
import { invalid } from '../errors.ts'
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
  checkApart(add, remove, 'remove')
  const at = core.now()
  return core.inWorkspace(workspaceId, async (tx) => {
    await lockLead(tx, workspaceId, leadId)
    const tagged = await setTags(tx, workspaceId, [leadId], { add, remove })
    const events = tagged.map(({ leadId, ...data }) => newEvent({ type: 'lead.tagged', leadId, ...by, data, at }))
    await recordEvents(tx, workspaceId, events)
    return readLead(tx, workspaceId, leadId)
  })
}

/** Throws `invalid_input` at `path` for a tag that would be added and removed at once. */
export function checkApart(add: string[], remove: string[], path: string): void {
  const both = remove.find((name) => add.includes(name))
  if (both !== undefined) throw invalid(path, `“${both}” is to be added as well. Name it in one of the two.`)
}

/** What was really added to a lead and removed from it. */
export interface Tagged {
  leadId: string
  added: string[]
  removed: string[]
}

/** Adds and removes tags of leads that are held. Returns those that have others now. */
export async function setTags(
  tx: Tx,
  workspaceId: string,
  leadIds: string[],
  { add, remove = [] }: { add: string[]; remove?: string[] },
): Promise<Tagged[]> {
  const names = [...new Set(add)]
  const gone = remove.filter((name) => !names.includes(name))
  if (names.length > 0) await tx.query(makeTags(workspaceId, names))
  const [added, removed] = await Promise.all([
    tx.query<{ leadId: string; name: string }>(addTags(workspaceId, leadIds, names)),
    tx.query<{ leadId: string; name: string }>(removeTags(workspaceId, leadIds, gone)),
  ])
  const tagged = new Map<string, Tagged>()
  const of = (leadId: string) => {
    const known = tagged.get(leadId) ?? { leadId, added: [], removed: [] }
    tagged.set(leadId, known)
    return known
  }
  for (const { leadId, name } of added) of(leadId).added.push(name)
  for (const { leadId, name } of removed) of(leadId).removed.push(name)
  return [...tagged.values()]
}

export function listTags(core: Core, workspaceId: string): Promise<Tag[]> {
  return core.inWorkspace(workspaceId, (tx) => tx.query<Tag>(listTagsWithCounts(workspaceId)))
}
