import * as v from 'valibot'
import { Id } from '../id.ts'

/** What can have happened, in the past tense. Add a name here and plugins can listen for it. */
export const EventType = v.picklist([
  'lead.created',
  'lead.captured',
  'lead.updated',
  'lead.tagged',
  'lead.deleted',
  'lead.restored',
  'lead.reminded',
  'lead.merged',
  'lead.unmerged',
  'lead.purged',
  'lead.link_made',
  'lead.exported',
  'lead.erased',
  'lead.assigned',
  'lead.waiting',
  'lead.scored',
  'lead.tracked',
  'submission.held',
  'submission.released',
  'submission.marked_spam',
  'submission.waiting',
  'submission.link_made',
  'submission.confirmed',
  'consent.granted',
  'consent.revoked',
  'consent.voided',
  'message.queued',
  'message.cancelled',
  'message.sent',
  'message.delivered',
  'message.failed',
  'message.unknown',
  'message.received',
  'conversation.updated',
  'message_template.saved',
  'message_template.deleted',
  'channel.updated',
  'suppression.added',
  'suppression.removed',
  'privacy_request.asked',
  'privacy_request.confirmed',
  'privacy_request.refused',
  'note.added',
  'note.edited',
  'note.deleted',
  'duplicate.dismissed',
  'field.created',
  'field.updated',
  'form.created',
  'form.updated',
  'form.cleared',
  'pipeline.saved',
  'pipeline.deleted',
  'job.started',
  'job.finished',
  'job.paused',
  'job.resumed',
  'import.started',
  'import.finished',
  'import.undone',
  'export.started',
  'export.finished',
  'export_schedule.saved',
  'export_schedule.deleted',
  'workspace.created',
  'workspace.updated',
  'plugin.updated',
  'plugin.told',
  'plugin.uninstalled',
  'assignment_rule.saved',
  'assignment_rule.deleted',
  'score_rule.saved',
  'score_rule.deleted',
  'member.added',
  'member.updated',
  'member.removed',
  'key.created',
  'key.updated',
  'key.revoked',
  'invite.created',
  'invite.revoked',
  'user.updated',
  'segment.saved',
  'segment.deleted',
])

/** Who did it. `id` is a user's, a key's or a plugin's; a visitor has none. */
export const Actor = v.object({
  type: v.picklist(['visitor', 'user', 'key', 'plugin', 'system']),
  id: v.nullable(v.string()),
  name: v.nullable(v.string()),
})

/** One line of a lead's timeline and of the audit log. */
export const Event = v.object({
  id: Id,
  type: EventType,
  leadId: v.nullable(Id),
  actor: Actor,
  source: v.picklist(['form', 'api', 'admin', 'link', 'command', 'plugin', 'system']),
  data: v.record(v.string(), v.unknown()),
  createdAt: v.string(),
})

/** Events in the order of their commits, and where to go on: `nextCursor` is there also when nothing is new yet. */
export const EventPage = v.object({ data: v.array(Event), nextCursor: v.string() })

export type EventType = v.InferOutput<typeof EventType>
export type Actor = v.InferOutput<typeof Actor>
export type Event = v.InferOutput<typeof Event>
export type EventPage = v.InferOutput<typeof EventPage>
export type Source = Event['source']

/** Who changes something, and by which door. */
export interface By {
  actor: Actor
  source: Source
  /** The job that does it, where one does. */
  jobId?: string | undefined
}

/** What LeadNest does by itself. */
/** Somebody who has a link that was sent to them, and no account. */
export const byPerson: By = { actor: { type: 'visitor', id: null, name: null }, source: 'link' }
export const bySystem: By = { actor: { type: 'system', id: null, name: null }, source: 'system' }
