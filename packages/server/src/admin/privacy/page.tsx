import type { Lead, PrivacyRequest, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { nameOf } from '../leads/name.ts'
import { Time } from '../time.tsx'

interface RequestsProps {
  session: Session
  requests: PrivacyRequest[]
  nextCursor: string | null
  isFirstPage: boolean
  /** By id; those that are gone are missing. */
  leads: ReadonlyMap<string, Lead>
  justSaved: boolean
}

const asks = { export: 'A copy of their data', erasure: 'To be erased' }

export function RequestsPage({ session, requests, nextCursor, isFirstPage, leads, justSaved }: RequestsProps) {
  const mayDecide = session.scopes.includes('privacy:write')
  return (
    <Layout title="Privacy requests" session={session} at="/admin/privacy-requests">
      <div class="head">
        <div>
          <h1>Privacy requests</h1>
          <p class="muted">
            What people asked for on their own page. Whether somebody confirms it here, or it happens by itself, is said
            in the <a href="/admin/settings/workspace">settings of the workspace</a>.
          </p>
        </div>
      </div>
      {justSaved && (
        <p class="notice" role="status">
          <Icon name="check" /> It is done.
        </p>
      )}
      {requests.length === 0 && (
        <div class="card empty">
          <Icon name="shield" />
          <h2>{isFirstPage ? 'Nobody asked for anything' : 'Nothing older'}</h2>
          <p class="muted">People ask by the link to their own page, which you find on each lead.</p>
        </div>
      )}
      <ul class="stack held">
        {requests.map((request) => (
          <li class="card">
            <Request {...{ request, mayDecide }} lead={leads.get(request.leadId ?? '')} />
          </li>
        ))}
      </ul>
      {(nextCursor || !isFirstPage) && (
        <nav class="pages" aria-label="Pages">
          {!isFirstPage && (
            <a class="button" href="/admin/privacy-requests">
              <Icon name="arrow-left" /> Newest
            </a>
          )}
          {nextCursor && (
            <a class="button" href={`/admin/privacy-requests?cursor=${encodeURIComponent(nextCursor)}`} rel="next">
              Older <Icon name="arrow-right" />
            </a>
          )}
        </nav>
      )}
    </Layout>
  )
}

function Request({
  request,
  lead,
  mayDecide,
}: {
  request: PrivacyRequest
  lead: Lead | undefined
  mayDecide: boolean
}) {
  const { id, kind, status, askedAt, doneAt, doneBy, until } = request
  return (
    <>
      <h2>
        {asks[kind]} <span class="stage">{{ open: 'Open', done: 'Done', refused: 'Refused' }[status]}</span>
        <small>
          <Time at={askedAt} />
        </small>
      </h2>
      <p>
        {lead ? (
          <a href={`/admin/leads/${lead.id}`}>{nameOf(lead)}</a>
        ) : (
          <span class="muted">The lead is not there any more.</span>
        )}
      </p>
      {doneAt && (
        <p class="muted">
          {status === 'done' ? 'Done' : 'Refused'} <Time at={doneAt} /> by {doneBy?.name ?? 'the rule of the workspace'}
          {until && (
            <>
              ; it can be fetched until <Time at={until} />
            </>
          )}
        </p>
      )}
      {status === 'open' && mayDecide && (
        <div class="actions">
          {kind === 'erasure' ? (
            <a class="button danger" href={`/admin/privacy-requests/${id}/erase`}>
              <Icon name="bin" /> Erase
            </a>
          ) : (
            <form method="post" action={`/admin/privacy-requests/${id}/confirm`}>
              <button class="button" type="submit">
                <Icon name="check" /> Let them fetch it for 7 days
              </button>
            </form>
          )}
          <form method="post" action={`/admin/privacy-requests/${id}/refuse`}>
            <button class="button" type="submit">
              Refuse
            </button>
          </form>
        </div>
      )}
    </>
  )
}

/** Asked once more, for it cannot be undone. */
export function ErasePage({ session, id }: { session: Session; id: string }) {
  return (
    <Layout title="Erase" session={session} at="/admin/privacy-requests">
      <div class="head">
        <h1>Erase this person for ever?</h1>
      </div>
      <section class="card" aria-label="Erase">
        <p>
          Everything that is stored about them goes: the lead, what they sent, notes and timeline. It cannot be undone.
          A no to messages stays known by a code that tells nobody who they are.
        </p>
        <form method="post" action={`/admin/privacy-requests/${id}/confirm`} class="actions">
          <button class="button danger" type="submit">
            <Icon name="bin" /> Erase for ever
          </button>
          <a class="button" href="/admin/privacy-requests">
            Back
          </a>
        </form>
      </section>
    </Layout>
  )
}
