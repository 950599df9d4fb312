import type { Event, Lead, Note } from '@leadnest/core'
import { Icon, type IconName } from '../icon.tsx'
import { Time } from '../time.tsx'
import { changesOf } from './changes.ts'
import type { Naming } from './naming.ts'
import { WrittenNote, writtenNote } from './notes.tsx'
import type { Refused } from './refused.ts'

interface TimelineProps {
  events: Event[]
  lead: Lead
  naming: Naming
  /** By id; what was deleted since is missing. */
  notes: ReadonlyMap<string, Note>
  /** The files of imports, by their ids, as far as they are known. */
  imports: ReadonlyMap<string, string>
  mayEdit: boolean
  cursor: string | undefined
  nextCursor: string | null
  refused: Refused | undefined
}

export function Timeline({
  events,
  lead,
  naming,
  notes,
  imports,
  mayEdit,
  cursor,
  nextCursor,
  refused,
}: TimelineProps) {
  if (events.length === 0) return <p class="muted">Nothing happened yet.</p>
  return (
    <>
      <ol class="timeline">
        {events.map((event) => (
          <li>
            <span class="dot">
              <Icon name={pictures[event.type]} />
            </span>
            <div>
              <p>
                {sentenceOf(event)}
                <ImportOf {...{ event, imports }} />
              </p>
              <Changes lines={changesOf(event, naming)} />
              <NoteOf {...{ event, notes, mayEdit, cursor, refused }} />
            </div>
            <small>
              <Time at={event.createdAt} />
            </small>
          </li>
        ))}
      </ol>
      {nextCursor && (
        <p>
          <a class="button" href={`/admin/leads/${lead.id}?cursor=${encodeURIComponent(nextCursor)}#timeline`}>
            Earlier
          </a>
        </p>
      )}
    </>
  )
}

/** The import that an event is of. */
export const importOf = ({ data: { importId } }: Event): string[] => (typeof importId === 'string' ? [importId] : [])

function ImportOf({ event, imports }: Pick<TimelineProps, 'imports'> & { event: Event }) {
  const [id] = importOf(event)
  const file = imports.get(id ?? '')
  if (!file) return null
  return (
    <>
      : <a href={`/admin/jobs/${id}`}>{file}</a>
    </>
  )
}

function Changes({ lines }: { lines: string[] }) {
  if (lines.length === 0) return null
  return (
    <ul class="changes">
      {lines.map((line) => (
        <li>{line}</li>
      ))}
    </ul>
  )
}

type NoteOfProps = Pick<TimelineProps, 'notes' | 'mayEdit' | 'cursor' | 'refused'> & { event: Event }

function NoteOf({ event, notes, mayEdit, cursor, refused }: NoteOfProps) {
  const id = writtenNote(event)
  if (!id) return null
  const note = notes.get(id)
  if (!note) return <p class="muted">It was deleted since.</p>
  return <WrittenNote {...{ note, mayEdit, cursor }} refused={refused?.form === `note-${id}` ? refused : undefined} />
}

const pictures: Record<Event['type'], IconName> = {
  'lead.created': 'plus',
  'lead.captured': 'send',
  'lead.updated': 'pencil',
  'submission.held': 'shield',
  'submission.waiting': 'shield',
  'submission.link_made': 'send',
  'submission.confirmed': 'check',
  'submission.released': 'check',
  'submission.marked_spam': 'shield',
  'consent.granted': 'check',
  'consent.revoked': 'shield',
  'consent.voided': 'bin',
  'message.queued': 'send',
  'message.cancelled': 'bin',
  'message.sent': 'send',
  'message.delivered': 'check',
  'message.failed': 'alert',
  'message.unknown': 'alert',
  'message.received': 'note',
  'conversation.updated': 'note',
  'message_template.saved': 'pencil',
  'message_template.deleted': 'bin',
  'channel.updated': 'pencil',
  'suppression.added': 'shield',
  'suppression.removed': 'check',
  'privacy_request.asked': 'shield',
  'privacy_request.confirmed': 'check',
  'privacy_request.refused': 'shield',
  'lead.tagged': 'tag',
  'lead.deleted': 'bin',
  'lead.restored': 'plus',
  'job.started': 'pencil',
  'job.finished': 'pencil',
  'job.paused': 'pencil',
  'job.resumed': 'pencil',
  'import.started': 'pencil',
  'import.finished': 'pencil',
  'import.undone': 'pencil',
  'export.started': 'pencil',
  'export.finished': 'pencil',
  'export_schedule.saved': 'pencil',
  'export_schedule.deleted': 'pencil',
  'lead.reminded': 'alert',
  'lead.merged': 'people',
  'lead.unmerged': 'people',
  'lead.purged': 'bin',
  'lead.exported': 'open',
  'lead.link_made': 'send',
  'lead.erased': 'bin',
  'form.cleared': 'bin',
  'duplicate.dismissed': 'people',
  'field.created': 'pencil',
  'field.updated': 'pencil',
  'lead.assigned': 'people',
  'lead.waiting': 'alert',
  'lead.scored': 'pencil',
  'lead.tracked': 'send',
  'note.added': 'note',
  'note.edited': 'pencil',
  'note.deleted': 'bin',
  'form.created': 'plus',
  'form.updated': 'pencil',
  'pipeline.saved': 'pencil',
  'pipeline.deleted': 'pencil',
  'workspace.created': 'plus',
  'workspace.updated': 'pencil',
  'plugin.updated': 'pencil',
  'plugin.told': 'pencil',
  'plugin.uninstalled': 'bin',
  'assignment_rule.saved': 'pencil',
  'assignment_rule.deleted': 'pencil',
  'score_rule.saved': 'pencil',
  'score_rule.deleted': 'pencil',
  'segment.saved': 'pencil',
  'segment.deleted': 'bin',
  'member.added': 'plus',
  'member.updated': 'pencil',
  'member.removed': 'bin',
  'key.created': 'plus',
  'key.updated': 'pencil',
  'key.revoked': 'bin',
  'invite.created': 'plus',
  'invite.revoked': 'bin',
  'user.updated': 'pencil',
}

const doors: Record<Event['source'], string> = {
  form: 'a form',
  api: 'the API',
  admin: 'the admin',
  link: 'a link that was sent to them',
  command: 'the command line',
  plugin: 'a plugin',
  system: 'LeadNest',
}

function sentenceOf(event: Event): string {
  const { type, data, actor, source } = event
  const form = typeof data.formName === 'string' ? `“${data.formName}”` : 'a form'
  const door = importOf(event).length > 0 ? 'by an import' : `through ${doors[source]}`
  const by = `${actor.name && actor.type !== 'visitor' ? `by ${actor.name} ` : ''}${door}`
  switch (type) {
    case 'lead.created':
      return `Added ${by}`
    case 'lead.captured':
      return data.created === true ? `Came in by sending ${form}` : `Sent ${form}`
    case 'lead.updated':
      return `Updated ${by}`
    case 'submission.held':
      return `Sent ${form}, which was held`
    case 'submission.released':
      return `Let through ${by}`
    case 'submission.marked_spam':
      return `Taken for spam ${by}`
    case 'submission.waiting':
      return `Sent ${form}, which waits to be confirmed`
    case 'submission.link_made':
      return `A link to confirm ${form} was made ${by}`
    case 'lead.link_made':
      return `A link to their own page was made ${by}`
    case 'submission.confirmed':
      return `Confirmed what was sent on ${form}`
    case 'consent.granted':
      return `Consent given ${by}`
    case 'consent.revoked':
      return `Consent taken back ${by}`
    case 'consent.voided':
      return `Consent of an import that was taken back, voided ${by}`
    case 'privacy_request.asked':
      return data.kind === 'export' ? 'Asked for their data' : 'Asked to be erased'
    case 'privacy_request.confirmed':
    case 'privacy_request.refused':
      return `What they asked for was ${type.endsWith('refused') ? 'refused' : 'granted'} ${by}`
    case 'message.queued':
      return `A message by ${data.channel} was written ${by}`
    case 'message.cancelled':
      return `A message by ${data.channel} was taken back ${by}`
    case 'message.received':
      return `Wrote by ${data.channel}`
    case 'message.sent':
    case 'message.delivered':
      return `A message by ${data.channel} was ${data.status}`
    case 'message.failed':
      return `A message by ${data.channel} did not arrive: ${data.code ?? data.status}`
    case 'message.unknown':
      return `Whether a message by ${data.channel} arrived is not known`
    case 'conversation.updated':
      return `The conversation by ${data.channel} changed ${by}`
    case 'message_template.saved':
    case 'message_template.deleted':
    case 'channel.updated':
      return `Settings changed ${by}`
    case 'suppression.added':
    case 'suppression.removed':
      return `Suppressions changed ${by}`
    case 'lead.tagged':
      return `Tags changed ${by}`
    case 'lead.restored':
      return `Brought back ${by}`
    case 'job.started':
    case 'job.finished':
    case 'job.paused':
    case 'job.resumed':
    case 'import.started':
    case 'import.finished':
    case 'import.undone':
    case 'export.started':
    case 'export.finished':
    case 'export_schedule.saved':
    case 'export_schedule.deleted':
      return `Many leads changed ${by}`
    case 'lead.deleted':
      return `Deleted ${by}`
    case 'lead.reminded':
      return `Reminder: ${typeof data.text === 'string' ? data.text : 'the next action'}`
    case 'lead.merged':
      return `Merged with another lead ${by}`
    case 'lead.unmerged':
      return `A merge was undone ${by}`
    case 'lead.purged':
      return 'Removed for good, 30 days after it was deleted'
    case 'lead.exported':
      return `Exported ${by}`
    case 'lead.erased':
      return `Erased ${by}`
    case 'duplicate.dismissed':
      return `Told apart from another lead ${by}`
    case 'field.created':
    case 'field.updated':
      return `Fields changed ${by}`
    case 'lead.assigned':
      return `Assigned by the rule “${data.ruleName}”`
    case 'lead.waiting':
      return `Waits: nobody of the rule “${data.ruleName}” is there`
    case 'lead.scored':
      return `Score ${data.from} → ${data.to}`
    case 'lead.tracked':
      return `${data.name}, told ${by}`
    case 'note.added':
      return `Note written ${by}`
    case 'note.edited':
      return `Note edited ${by}`
    case 'note.deleted':
      return `Note deleted ${by}`
    case 'pipeline.saved':
    case 'pipeline.deleted':
      return `Pipeline changed ${by}`
    case 'plugin.updated':
    case 'plugin.told':
    case 'plugin.uninstalled':
    case 'workspace.created':
    case 'workspace.updated':
      return `Settings changed ${by}`
    case 'member.added':
    case 'member.updated':
    case 'member.removed':
    case 'invite.created':
    case 'invite.revoked':
    case 'user.updated':
      return `Members changed ${by}`
    case 'key.created':
    case 'key.updated':
    case 'key.revoked':
      return `Keys changed ${by}`
    case 'assignment_rule.saved':
    case 'assignment_rule.deleted':
    case 'score_rule.saved':
    case 'score_rule.deleted':
      return `Rules changed ${by}`
    case 'segment.saved':
    case 'segment.deleted':
      return `Segments changed ${by}`
    case 'form.created':
    case 'form.updated':
    case 'form.cleared':
      return `The form ${form} changed ${by}`
  }
}
