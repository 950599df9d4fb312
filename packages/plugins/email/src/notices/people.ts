import { type Member, notFound, type PluginContext, sql } from '@leadnest/core/plugin'
import * as v from 'valibot'
import type { Settings } from '../settings.ts'

export const kinds = ['new_lead', 'assigned', 'reply', 'held', 'escalation', 'endpoint'] as const
export type NoticeKind = (typeof kinds)[number]
export const paces = ['at once', 'every hour', 'every day'] as const

const Wanted = (title: string) => v.pipe(v.optional(v.boolean(), false), v.title(title))

/** What somebody wants to hear of, as a page asks it. */
export const Wishes = v.object({
  new_lead: Wanted('New leads that are theirs or nobody’s'),
  assigned: Wanted('Leads that they are given'),
  reply: Wanted('What their leads write'),
  held: Wanted('What was held'),
  escalation: Wanted('Whom nobody answered in time'),
  endpoint: Wanted('Webhook endpoints that were turned off, as an admin'),
  pace: v.pipe(
    v.picklist(paces, 'Choose how often.'),
    v.title('How often'),
    v.description('Every day is at 07:00 UTC.'),
  ),
})
export type Wishes = v.InferOutput<typeof Wishes>

export interface Person extends Member {
  wishes: Wishes
}

/** Everything at once, unless somebody said otherwise. */
const usual: Wishes = {
  new_lead: true,
  assigned: true,
  reply: true,
  held: true,
  escalation: true,
  endpoint: true,
  pace: 'at once',
}

export async function listPeople({ workspaceId, db, members }: PluginContext<Settings>): Promise<Person[]> {
  const [all, rows] = await Promise.all([
    members.list(),
    db.query<{ userId: string; kinds: NoticeKind[]; pace: Wishes['pace'] }>(
      sql`select user_id, kinds, pace from plugin_email_people where workspace_id = ${workspaceId}`,
    ),
  ])
  const said = new Map(rows.map(({ userId, kinds: wanted, pace }) => [userId, wishesOf(wanted, pace)]))
  return all.map((member) => ({ ...member, wishes: said.get(member.id) ?? usual }))
}

/** Throws `not_found` for somebody who is no member. */
export async function getPerson(context: PluginContext<Settings>, userId: string): Promise<Person> {
  const person = (await listPeople(context)).find(({ id }) => id === userId)
  if (!person) throw notFound('member')
  return person
}

export async function saveWishes(
  { workspaceId, db }: PluginContext<Settings>,
  userId: string,
  { pace, ...wanted }: Wishes,
): Promise<void> {
  const chosen = kinds.filter((kind) => wanted[kind])
  await db.query(sql`
    insert into plugin_email_people (workspace_id, user_id, kinds, pace) values (${workspaceId}, ${userId}, ${chosen}, ${pace})
    on conflict (workspace_id, user_id) do update set kinds = excluded.kinds, pace = excluded.pace`)
}

function wishesOf(wanted: NoticeKind[], pace: Wishes['pace']): Wishes {
  const each = Object.fromEntries(kinds.map((kind) => [kind, wanted.includes(kind)])) as Record<NoticeKind, boolean>
  return { ...each, pace }
}

/** When somebody hears of what happens now. */
export function dueAfter(at: Date, pace: Wishes['pace']): Date {
  const due = new Date(at)
  if (pace === 'every hour') due.setUTCHours(at.getUTCHours() + 1, 0, 0, 0)
  if (pace === 'every day') due.setUTCHours(at.getUTCHours() < 7 ? 7 : 31, 0, 0, 0)
  return due
}
