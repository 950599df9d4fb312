import { newId, type PluginContext, type PluginTx, sql } from '@leadnest/core/plugin'
import type { Settings } from '../settings.ts'
import { dueAfter, listPeople, type NoticeKind, type Person } from './people.ts'

export interface Told {
  eventId: string
  kind: NoticeKind
  leadId: string | null
  /** The name of a form, or the host of an endpoint. */
  about?: string | null
  /** Who alone is to hear it; everybody unless told. */
  only?: string | null
  /** Whether it is the matter of owners and admins. */
  admins?: boolean
  /** Who did it, and need not be told. */
  except?: string | null
}

/** Writes down who is to hear of it, once each, and sends it at their time. */
export async function tell(context: PluginContext<Settings>, told: Told): Promise<void> {
  const people = await listPeople(context)
  await context.db.transaction((_, tx) => tellIn(tx, context, people, told))
}

/** The same in the transaction of something else. */
export async function tellIn(
  { query, addJob }: PluginTx,
  { workspaceId, now }: PluginContext<Settings>,
  people: Person[],
  { eventId, kind, leadId, about = null, only = null, admins = false, except = null }: Told,
): Promise<void> {
  const at = now()
  const who = people.filter(
    ({ id, role, wishes }) =>
      wishes[kind] &&
      (only === null || id === only) &&
      id !== except &&
      (!admins || role === 'owner' || role === 'admin'),
  )
  for (const { id: userId, wishes } of who) {
    const due = dueAfter(at, wishes.pace)
    const [fresh] = await query(sql`
      insert into plugin_email_notices (workspace_id, id, event_id, user_id, kind, lead_id, about, due_at, created_at)
      values (${workspaceId}, ${newId(at.getTime())}, ${eventId}, ${userId}, ${kind}, ${leadId}, ${about}, ${due}, ${at})
      on conflict (workspace_id, event_id, user_id, kind) do nothing returning 1 as fresh`)
    if (fresh) await addJob('notices', { userId }, { key: `${userId} ${due.getTime()}`, at: due })
  }
}
