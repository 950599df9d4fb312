import type {
  ChannelView,
  Conversation,
  Issue,
  Message,
  MessagePreview,
  MessageTemplate,
  Session,
} from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { type Member, memberNames, ownerName } from '../leads/owner.ts'
import { Live } from '../live/live.tsx'
import { Time } from '../time.tsx'
import { Composer, type Typed } from './composer.tsx'
import { at } from './index-page.tsx'
import { State } from './states.tsx'

interface ThreadProps {
  session: Session
  conversation: Conversation
  /** The oldest first. */
  messages: Message[]
  older: string | null
  /** Where in the thread this page is, to be read again from there. */
  cursor: string | undefined
  channel: ChannelView | undefined
  templates: MessageTemplate[]
  members: Member[]
  optedOut: boolean
  typed: Typed
  preview: MessagePreview | undefined
  issues: Issue[]
}

export function ThreadPage({ session, conversation, messages, older, cursor, ...shown }: ThreadProps) {
  const { channel, templates, members, optedOut, typed, preview, issues } = shown
  const { id, leadId, leadName, address, sender, unread } = conversation
  const name = leadName ?? address
  const mayWrite = session.scopes.includes('leads:write')
  return (
    <Layout title={issues.length > 0 ? `Error: ${name}` : name} session={session} at={at}>
      <p class="back">
        <a href={at}>
          <Icon name="arrow-left" /> Conversations
        </a>
      </p>
      <div class="head">
        <div>
          <h1>{leadId ? <a href={`/admin/leads/${leadId}`}>{name}</a> : name}</h1>
          <p class="under-title muted">
            {channel?.title ?? conversation.channel} · {address}
            {sender && ` · to our ${sender}`}
          </p>
        </div>
        <Live />
      </div>
      {mayWrite && <Standing {...{ conversation, members }} me={session.actor.id!} />}
      <section
        id="thread"
        class="stack"
        aria-label="Messages"
        hx-get={cursor ? `${at}/${id}?cursor=${encodeURIComponent(cursor)}` : `${at}/${id}`}
        hx-trigger="lead from:#live, every 60s"
        hx-swap="outerMorph"
        hx-select="#thread"
        hx-sync="this:queue last"
      >
        {mayWrite && unread > 0 && (
          <form
            id="read"
            method="post"
            action={`${at}/${id}/state`}
            hx-post={`${at}/${id}/state`}
            // Whoever was refused may not have got to what is new.
            hx-trigger={issues.length > 0 ? 'submit' : 'load delay:1s, submit'}
            hx-swap="none"
          >
            <button class="button" name="read" value="true" type="submit">
              <Icon name="check" /> Mark {unread} as read
            </button>
            <input type="hidden" name="read" value="true" />
          </form>
        )}
        {older && (
          <p>
            <a href={`${at}/${id}?cursor=${encodeURIComponent(older)}`}>Older messages</a>
          </p>
        )}
        <ol class="thread">
          {messages.map((message) => (
            <Said {...{ message, mayWrite }} names={memberNames(members)} />
          ))}
        </ol>
      </section>
      {mayWrite && optedOut && (
        <p class="notice">
          <Icon name="alert" /> This person opted out: nothing will be sent to {address}.
        </p>
      )}
      {mayWrite &&
        (leadId && channel?.ready ? (
          <Composer action={`${at}/${id}`} {...{ channel, leadId, templates, typed, preview, issues }} />
        ) : (
          <p class="card muted">
            {leadId
              ? 'Nothing can be sent on this channel: its plugin is off, or needs settings.'
              : 'Nobody knows who this is, so there is nobody to answer.'}
          </p>
        ))}
    </Layout>
  )
}

function Said({
  message,
  mayWrite,
  names,
}: {
  message: Message
  mayWrite: boolean
  names: ReadonlyMap<string, string>
}) {
  const { id, direction, subject, body, media, createdAt, actor, optOut, status } = message
  const who =
    direction === 'in'
      ? 'They'
      : actor.type === 'user' && actor.id
        ? ownerName(actor.id, names)
        : (actor.name ?? 'LeadNest')
  return (
    <li class={`said ${direction}`} id={`message-${id}`}>
      {subject && (
        <p class="words">
          <strong>{subject}</strong>
        </p>
      )}
      {body && <p class="words">{body}</p>}
      {media.length > 0 && (
        <ul class="small">
          {media.map(({ fileId, name, type, problem }, i) => (
            <li>
              {fileId ? (
                <a href={`${at}/media/${id}/${i}`}>{name ?? type ?? 'File'}</a>
              ) : (
                <span class="muted">
                  {type ?? 'File'}
                  {problem && `: ${problem}`}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      <p class="muted small">
        {who} · <Time at={createdAt} />
        {direction === 'out' && (
          <>
            {' '}
            · <State message={message} />
          </>
        )}
        {optOut && <strong> · {{ stop: 'Opted out', start: 'Opted in again', help: 'Asked for help' }[optOut]}</strong>}
      </p>
      {mayWrite && (status === 'queued' || status === 'scheduled') && (
        <form method="post" action={`${at}/messages/${id}/cancel`}>
          <button class="button" type="submit">
            Take back
          </button>
        </form>
      )}
    </li>
  )
}

function Standing({ conversation, members, me }: { conversation: Conversation; members: Member[]; me: string }) {
  const { id, status, ownerId, snoozedUntil, unread } = conversation
  return (
    <form class="standing" method="post" action={`${at}/${id}/state`} aria-label="Standing">
      <label class="unseen" for="ownerId">
        Whose it is
      </label>
      <select id="ownerId" name="ownerId" autocomplete="off">
        <option value="">Nobody’s</option>
        {members.map(({ id: member, name, email }) => (
          <option value={member} selected={member === ownerId}>
            {member === me ? 'Mine' : (name ?? email)}
          </option>
        ))}
      </select>
      <button class="button" name="do" value="assign" type="submit">
        Assign
      </button>
      {status === 'open' && !snoozedUntil && (
        <>
          <button class="button" name="do" value="snooze-hours" type="submit">
            Snooze 3 hours
          </button>
          <button class="button" name="do" value="snooze-day" type="submit">
            Until tomorrow
          </button>
        </>
      )}
      {snoozedUntil && (
        <button class="button" name="do" value="wake" type="submit">
          Snoozed: take it up
        </button>
      )}
      {unread === 0 && (
        <button class="button" name="do" value="unread" type="submit">
          Mark as unread
        </button>
      )}
      <button class="button" name="do" value={status === 'open' ? 'close' : 'open'} type="submit">
        {status === 'open' ? 'Close' : 'Open again'}
      </button>
    </form>
  )
}
