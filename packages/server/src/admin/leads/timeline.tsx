import type { Event, Lead } from '@leadnest/core'
import { Icon, type IconName } from '../icon.tsx'
import { Time } from '../time.tsx'

interface TimelineProps {
  events: Event[]
  lead: Lead
  nextCursor: string | null
}

export function Timeline({ events, lead, nextCursor }: TimelineProps) {
  if (events.length === 0) return <p class="muted">Nothing happened yet.</p>
  return (
    <>
      <ol class="timeline">
        {events.map((event) => (
          <li>
            <span class="dot">
              <Icon name={pictures[event.type]} />
            </span>
            <p>{sentenceOf(event)}</p>
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

const pictures: Record<Event['type'], IconName> = {
  'lead.created': 'plus',
  'lead.captured': 'send',
  'lead.updated': 'pencil',
  'submission.held': 'shield',
  'lead.tagged': 'pencil',
  'lead.deleted': 'alert',
  'note.added': 'pencil',
  'note.edited': 'pencil',
  'note.deleted': 'pencil',
  'form.updated': 'pencil',
  'pipeline.saved': 'pencil',
  'pipeline.deleted': 'pencil',
}

const doors: Record<Event['source'], string> = {
  form: 'a form',
  api: 'the API',
  admin: 'the admin',
  command: 'the command line',
  system: 'LeadNest',
}

function sentenceOf({ type, data, actor, source }: Event): string {
  const form = typeof data.formName === 'string' ? `“${data.formName}”` : 'a form'
  const by = `${actor.name && actor.type !== 'visitor' ? `by ${actor.name} ` : ''}through ${doors[source]}`
  switch (type) {
    case 'lead.created':
      return `Added ${by}`
    case 'lead.captured':
      return data.created === true ? `Came in by sending ${form}` : `Sent ${form}`
    case 'lead.updated':
      return `Updated ${by}`
    case 'submission.held':
      return `Sent ${form}, which was held`
    case 'lead.tagged':
      return `Tags changed ${by}`
    case 'lead.deleted':
      return `Deleted ${by}`
    case 'note.added':
      return `Note written ${by}`
    case 'note.edited':
      return `Note edited ${by}`
    case 'note.deleted':
      return `Note deleted ${by}`
    case 'pipeline.saved':
    case 'pipeline.deleted':
      return `Pipeline changed ${by}`
    case 'form.updated':
      return `Changed the form ${form}`
  }
}
