import { newEvent, recordEvents } from '../events/record.ts'
import { sql } from '../postgres/sql.ts'
import { setTags, type Tagged } from '../tags/tag-lead.ts'
import type { Action, ActionOf } from './actions.ts'

type Tags = Omit<Tagged, 'leadId'>

export const tagMany: Action<ActionOf<'tag'>> = {
  async apply(tx, workspaceId, ids, { add, remove }, by, at) {
    const tagged = await setTags(tx, workspaceId, ids, { add, remove })
    const events = tagged.map(({ leadId, ...data }) => newEvent({ type: 'lead.tagged', leadId, ...by, data, at }))
    await recordEvents(tx, workspaceId, events, { byJob: true })
    return tagged.map(({ leadId, ...after }) => ({ leadId, before: {}, after }))
  },

  /** Tag by tag: what was added and is still there goes, what was removed and is still missing comes back. */
  async restore(tx, workspaceId, changes, lock, by, at) {
    const leads = await tx.query<{ id: string; gone: boolean }>(sql`
      select leads.id, leads.deleted_at is not null or leads.merged_into is not null as gone from leads
      where leads.workspace_id = ${workspaceId} and leads.id = any(${changes.map(({ leadId }) => leadId)}::uuid[])
      order by leads.id ${lock}`)
    const there = new Set(leads.filter(({ gone }) => !gone).map(({ id }) => id))
    const groups = new Map<string, string[]>()
    for (const { leadId, after } of changes.filter(({ leadId }) => there.has(leadId))) {
      const alike = JSON.stringify(after)
      groups.set(alike, [...(groups.get(alike) ?? []), leadId])
    }
    const tagged: Tagged[] = []
    for (const [tags, ids] of groups) {
      const { added, removed } = JSON.parse(tags) as Tags
      tagged.push(...(await setTags(tx, workspaceId, ids, { add: removed, remove: added })))
    }
    const events = tagged.map(({ leadId, ...data }) => newEvent({ type: 'lead.tagged', leadId, ...by, data, at }))
    await recordEvents(tx, workspaceId, events, { byJob: true })
    return { seen: leads.map(({ id }) => id), restored: tagged.map(({ leadId }) => leadId) }
  },
}
