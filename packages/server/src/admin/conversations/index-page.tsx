import type { Conversation, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { ownerName } from '../leads/owner.ts'
import { Live } from '../live/live.tsx'
import { Time } from '../time.tsx'
import { type ViewName, views } from './views.ts'

export const at = '/admin/conversations'

interface InboxProps {
  session: Session
  view: ViewName
  conversations: Conversation[]
  cursor: string | undefined
  nextCursor: string | null
  members: ReadonlyMap<string, string>
  /** By their ids. */
  channels: ReadonlyMap<string, string>
}

const empty: Record<ViewName, string> = {
  open: 'No open conversation',
  unread: 'Everything is read',
  mine: 'None is yours',
  snoozed: 'Nothing is put off',
  closed: 'Nothing is closed yet',
}

export function InboxPage({ session, view, conversations, cursor, nextCursor, members, channels }: InboxProps) {
  const path = `${at}?view=${view}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`
  return (
    <Layout title="Conversations" session={session} at={at}>
      <div class="head">
        <h1>Conversations</h1>
        <Live />
      </div>
      <section
        id="inbox"
        aria-label="Conversations"
        hx-get={path}
        hx-trigger="lead from:#live, every 60s"
        hx-swap="outerMorph"
        hx-select="#inbox"
        hx-sync="this:queue last"
      >
        <nav class="chips" aria-label="Which">
          {Object.entries(views).map(([name, { name: title }]) => (
            <a href={`${at}?view=${name}`} aria-current={name === view ? 'page' : undefined}>
              {title}
              {name === 'unread' && session.unread > 0 && <span class="figures"> {session.unread}</span>}
            </a>
          ))}
        </nav>
        {conversations.length === 0 ? (
          <div class="card empty">
            <Icon name="send" />
            <h2>{cursor ? 'Nothing older' : empty[view]}</h2>
            <p class="muted">
              {channels.size > 0
                ? 'What people write to you, and what you write from the page of a lead, stands here.'
                : 'Messages need a plugin that brings a channel, as SMS. It is turned on under Settings → Plugins.'}
            </p>
          </div>
        ) : (
          <ul class="card rows inbox">
            {conversations.map((one) => (
              <Row
                conversation={one}
                channel={channels.get(one.channel) ?? one.channel}
                owner={one.ownerId && ownerName(one.ownerId, members)}
              />
            ))}
          </ul>
        )}
      </section>
      {(nextCursor || cursor) && (
        <nav class="pages" aria-label="Pages">
          {cursor && (
            <a class="button" href={`${at}?view=${view}`}>
              <Icon name="arrow-left" /> Newest
            </a>
          )}
          {nextCursor && (
            <a class="button" href={`${at}?view=${view}&cursor=${encodeURIComponent(nextCursor)}`} rel="next">
              Older <Icon name="arrow-right" />
            </a>
          )}
        </nav>
      )}
    </Layout>
  )
}

function Row({ conversation, channel, owner }: { conversation: Conversation; channel: string; owner: string | null }) {
  const { id, leadName, address, unread, lastMessage, lastMessageAt, snoozedUntil } = conversation
  return (
    <li>
      <p class="ends">
        <a class="row-link" href={`${at}/${id}`}>
          {unread > 0 ? <strong>{leadName ?? address}</strong> : (leadName ?? address)}
        </a>{' '}
        {unread > 0 && <span class="stage">{unread} unread</span>}{' '}
        <small class="muted">
          {channel} · <Time at={lastMessageAt} />
          {owner && ` · ${owner}`}
          {snoozedUntil && (
            <>
              {' '}
              · back <Time at={snoozedUntil} />
            </>
          )}
        </small>
      </p>
      {lastMessage && (
        <p class="muted small">
          {lastMessage.direction === 'out' && 'You: '}
          {lastMessage.body || 'A file'}
        </p>
      )}
    </li>
  )
}
