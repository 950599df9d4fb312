import { type Event, type JobContext, LeadNestError, type PluginContext, sql } from '@leadnest/core/plugin'
import type { Settings } from '../settings.ts'
import { listPeople } from './people.ts'
import { tellIn } from './tell.ts'

/** From now on somebody waits for an answer: after so many minutes that is told. */
export async function awaitAnswer({ id }: Event, leadId: string, context: PluginContext<Settings>): Promise<void> {
  const { workspaceId, db, settings, now } = context
  if (settings.escalateAfterMinutes === undefined) return
  const at = now()
  const due = new Date(at.getTime() + settings.escalateAfterMinutes * 60_000)
  await db.transaction(async (query, { addJob }) => {
    const [fresh] = await query(sql`
      insert into plugin_email_unanswered (workspace_id, lead_id, event_id, since) values (${workspaceId}, ${leadId}, ${id}, ${at})
      on conflict do nothing returning 1 as fresh`)
    if (fresh) await addJob('escalate', { leadId }, { key: leadId, at: due })
  })
}

/** A member did something about a lead: nobody needs to be told any more. */
export async function answered({ actor, leadId }: Event, { workspaceId, db }: PluginContext<Settings>): Promise<void> {
  if (actor.type !== 'user' || !leadId) return
  await db.query(sql`delete from plugin_email_unanswered where workspace_id = ${workspaceId} and lead_id = ${leadId}`)
}

export async function escalate(leadId: string, context: PluginContext<Settings>): Promise<void> {
  const { workspaceId, db } = context
  const people = await listPeople(context)
  await db.transaction(async (query, tx) => {
    const [waiting] = await query<{ eventId: string }>(sql`
      delete from plugin_email_unanswered where workspace_id = ${workspaceId} and lead_id = ${leadId} returning event_id`)
    if (waiting) await tellIn(tx, context, people, { eventId: waiting.eventId, kind: 'escalation', leadId })
  })
}

/** Answers whoever sent a form, once a day at most, and nobody who said no: the channel sees to that. */
export async function autoReply(leadId: string, context: JobContext<Settings>): Promise<void> {
  const { workspaceId, db, settings, messages, now } = context
  const body = settings.autoReplyBody?.trim()
  if (!body) return
  const day = now().toISOString().slice(0, 10)
  const [first] = await db.query(sql`
    insert into plugin_email_replies (workspace_id, lead_id, day) values (${workspaceId}, ${leadId}, ${day})
    on conflict do nothing returning 1 as first`)
  if (!first) return
  try {
    const subject = settings.autoReplySubject?.trim()
    await messages.send({ channel: 'email', leadId, body, ...(subject && { subject }) })
  } catch (error) {
    if (error instanceof LeadNestError && error.code !== 'unavailable') return
    await db.query(sql`
      delete from plugin_email_replies where workspace_id = ${workspaceId} and lead_id = ${leadId} and day = ${day}`)
    throw error
  }
}
