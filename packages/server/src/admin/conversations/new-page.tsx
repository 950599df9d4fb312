import type { ChannelView, Issue, Lead, MessagePreview, MessageTemplate, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { nameOf } from '../leads/name.ts'
import { Composer, type Typed } from './composer.tsx'
import { at } from './index-page.tsx'

interface NewProps {
  session: Session
  lead: Lead
  channel: ChannelView | undefined
  /** The others that reach them. */
  others: ChannelView[]
  templates: MessageTemplate[]
  typed: Typed
  preview: MessagePreview | undefined
  issues: Issue[]
}

/** The first message to somebody. */
export function NewPage({ session, lead, channel, others, templates, typed, preview, issues }: NewProps) {
  const name = nameOf(lead)
  return (
    <Layout title={issues.length > 0 ? `Error: ${name}` : `Write to ${name}`} session={session} at={at}>
      <p class="back">
        <a href={`/admin/leads/${lead.id}`}>
          <Icon name="arrow-left" /> {name}
        </a>
      </p>
      <div class="head">
        <div>
          <h1>Write to {name}</h1>
          {channel && <p class="under-title muted">{channel.title}</p>}
        </div>
      </div>
      {others.length > 0 && (
        <p class="actions">
          {others.map(({ id, title }) => (
            <a class="button" href={`${at}/with/${lead.id}?channel=${id}`}>
              <Icon name="send" /> By {title}
            </a>
          ))}
        </p>
      )}
      {channel?.ready ? (
        <Composer
          action={`${at}/with/${lead.id}?channel=${channel.id}`}
          leadId={lead.id}
          {...{ channel, templates, typed, preview, issues }}
        />
      ) : (
        <p class="card">
          <Icon name="alert" /> Nothing can be sent yet:{' '}
          <a href="/admin/settings/plugins">its plugin is off, or needs settings</a>.
        </p>
      )}
    </Layout>
  )
}
