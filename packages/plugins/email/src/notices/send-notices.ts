import { type Lead, type PluginContext, sql } from '@leadnest/core/plugin'
import { failureOf } from '../channel/failure.ts'
import { markupOf } from '../mail/markup.ts'
import { type Mail, sendMail } from '../mail/send-mail.ts'
import type { Settings } from '../settings.ts'
import type { NoticeKind } from './people.ts'

interface Notice {
  id: string
  kind: NoticeKind
  leadId: string | null
  about: string | null
}

/** Sends somebody what they are to hear by now, in one mail. What the server surely did not take is tried again; nothing is sent twice. */
export async function sendNotices(userId: string, context: PluginContext<Settings>): Promise<void> {
  const { workspaceId, db, now, leads, members, log } = context
  const at = now()
  const due = await db.query<Notice>(sql`
    select id, kind, lead_id, about from plugin_email_notices
    where workspace_id = ${workspaceId} and user_id = ${userId} and sent_at is null and due_at <= ${at} order by id`)
  if (due.length === 0) return
  // All that can fail is read before they are taken: what was taken and not sent would be lost.
  const [all, found] = await Promise.all([members.list(), leads.many(due.flatMap(({ leadId }) => leadId ?? []))])
  const known = new Map(found.map((lead) => [lead.id, lead]))
  const notices = await take(context, due)
  const member = all.find(({ id }) => id === userId)
  if (notices.length === 0 || !member) return
  try {
    await sendMail(context, {
      to: member.email,
      ...mailOf(context, notices, known),
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
  } catch (error) {
    const { failure } = failureOf(error)
    log.warn(`a notice was not sent: ${failure.message}`)
    if (failure.kind !== 'retry') return
    await db.query(sql`
      update plugin_email_notices set sent_at = null where workspace_id = ${workspaceId} and id = any(${notices.map(({ id }) => id)}::uuid[])`)
    throw failure
  }
}

/** Of several runs at once each notice is taken by one. */
async function take({ workspaceId, db, now }: PluginContext<Settings>, due: Notice[]): Promise<Notice[]> {
  const taken = await db.query<{ id: string }>(sql`
    update plugin_email_notices set sent_at = ${now()}
    where workspace_id = ${workspaceId} and id = any(${due.map(({ id }) => id)}::uuid[]) and sent_at is null returning id`)
  const ids = new Set(taken.map(({ id }) => id))
  return due.filter(({ id }) => ids.has(id))
}

const words: Record<NoticeKind, string> = {
  new_lead: 'New lead',
  assigned: 'A lead is yours',
  reply: 'An answer came',
  held: 'Something was held',
  escalation: 'Nobody answered yet',
  endpoint: 'A webhook endpoint was turned off',
}

/** Where to look, where it is about no lead, or one who is gone. */
const places: Record<NoticeKind, string> = {
  new_lead: 'leads',
  assigned: 'leads',
  reply: 'leads',
  held: 'held',
  escalation: 'leads',
  endpoint: 'plugins/webhooks',
}

function mailOf(
  { baseUrl }: PluginContext<Settings>,
  notices: Notice[],
  known: Map<string, Lead>,
): Pick<Mail, 'subject' | 'text' | 'html'> {
  const parts = notices.map(({ kind, leadId, about }) => {
    const lead = leadId ? known.get(leadId) : undefined
    const who = lead?.name ?? lead?.email ?? lead?.phone ?? null
    const title = [words[kind], who ?? about].filter(Boolean).join(': ')
    const facts = [lead?.email, lead?.phone, lead?.company, about].filter((fact) => fact && fact !== who)
    const link = `${baseUrl}/admin/${lead ? `leads/${lead.id}` : places[kind]}`
    return { title, text: [title, facts.join(' · '), link].filter(Boolean).join('\n') }
  })
  const text = parts.map((part) => part.text).join('\n\n')
  const foot = `Choose what you hear of: ${baseUrl}/admin/plugins/email`
  return {
    subject: parts.length === 1 ? parts[0]!.title : `${parts.length} things happened`,
    text: `${text}\n\n-- \n${foot}\n`,
    html: markupOf(`${text}\n\n${foot}`),
  }
}
