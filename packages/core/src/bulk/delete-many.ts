import { newEvent, recordEvents } from '../events/record.ts'
import { scheduleReminder } from '../leads/next-action.ts'
import { removeForNow } from '../leads/update-lead.ts'
import { sql } from '../postgres/sql.ts'
import type { Action, ActionOf } from './actions.ts'

interface Deleted {
  id: string
  deletedAt: string | null
  mergedInto: string | null
  /** Of a reminder that was not given. */
  remindAt: string | null
}

export const deleteMany: Action<ActionOf<'delete'>> = {
  async apply(tx, workspaceId, ids, _, by, at) {
    await removeForNow(tx, workspaceId, ids, by, at)
    return ids.map((leadId) => ({ leadId, before: {}, after: { deletedAt: at.toISOString() } }))
  },

  /** Who was revived since, and deleted again, stays so. */
  async restore(tx, workspaceId, changes, lock, by, at) {
    const leads = await tx.query<Deleted>(sql`
      select leads.id, leads.deleted_at, leads.merged_into, case when leads.reminded_at is null then leads.remind_at end as remind_at
      from leads
      where leads.workspace_id = ${workspaceId} and leads.id = any(${changes.map(({ leadId }) => leadId)}::uuid[])
      order by leads.id ${lock}`)
    const since = new Map(changes.map(({ leadId, after }) => [leadId, (after as { deletedAt: string }).deletedAt]))
    const still = leads.filter(({ id, deletedAt, mergedInto }) => deletedAt === since.get(id) && mergedInto === null)
    const ids = still.map(({ id }) => id)
    await tx.query(sql`
      update leads set deleted_at = null, updated_at = ${at} where workspace_id = ${workspaceId} and id = any(${ids}::uuid[])`)
    for (const { id, remindAt } of still) if (remindAt) await scheduleReminder(tx, workspaceId, id, remindAt)
    const events = ids.map((leadId) => newEvent({ type: 'lead.restored', leadId, ...by, data: {}, at }))
    await recordEvents(tx, workspaceId, events, { byJob: true })
    return { seen: leads.map(({ id }) => id), restored: ids }
  },
}
