import type { Issue, Session, Suppression } from '@leadnest/core'
import { ErrorSummary, TextField } from '../../fields.tsx'
import { Time } from '../../time.tsx'
import { SettingsPage } from '../frame.tsx'

export const path = '/admin/settings/suppressions'

export interface TypedSuppression {
  channel: string
  address: string
  purpose: string
  reason: string
}

interface SuppressionsProps {
  session: Session
  suppressions: Suppression[]
  nextCursor: string | null
  /** What the list was narrowed down to. */
  looked: { channel: string; address: string } | undefined
  typed?: TypedSuppression
  issues?: Issue[]
  justSaved: boolean
}

export function SuppressionsPage({
  session,
  suppressions,
  nextCursor,
  looked,
  typed,
  issues = [],
  justSaved,
}: SuppressionsProps) {
  const mayWrite = session.scopes.includes('leads:write')
  return (
    <SettingsPage title="Suppressions" at={path} {...{ session, issues, justSaved }}>
      <div class="head">
        <div>
          <h1>Suppressions</h1>
          <p class="muted">
            Addresses that are not written to. An opt-out stands until the person takes it back; what you add here you
            can remove again.
          </p>
        </div>
      </div>
      <div class="stack">
        <section class="card" aria-label="Suppressions">
          {!typed && issues.length > 0 && <ErrorSummary title="Nothing was changed." issues={issues} />}
          <form method="get" action={path} class="with-button">
            <label class="unseen" for="look">
              Look for an e-mail address or a phone number
            </label>
            <input
              id="look"
              name="address"
              type="search"
              value={looked?.address}
              placeholder="E-mail address or phone number"
              autocomplete="off"
            />
            <button class="button" type="submit">
              Look
            </button>
          </form>
          {suppressions.length === 0 ? (
            <p class="muted">{looked ? 'Nothing is suppressed for this address.' : 'There is none yet.'}</p>
          ) : (
            <List {...{ suppressions, mayWrite }} />
          )}
          {nextCursor && (
            <p>
              <a class="button" href={`${path}?cursor=${encodeURIComponent(nextCursor)}`}>
                Earlier
              </a>
            </p>
          )}
        </section>
        {mayWrite && <NewSuppression typed={typed} issues={typed ? issues : []} />}
      </div>
    </SettingsPage>
  )
}

function List({ suppressions, mayWrite }: { suppressions: Suppression[]; mayWrite: boolean }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Address</th>
            <th scope="col">Channel</th>
            <th scope="col">Why</th>
            <th scope="col">Since</th>
            {mayWrite && (
              <th scope="col">
                <span class="unseen">Remove</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {suppressions.map(({ id, address, channel, purpose, liftedPurposes, origin, reason, createdAt }) => (
            <tr>
              <td>{address ?? <span class="muted">Erased</span>}</td>
              <td>
                {channel}
                <small>
                  {purpose ?? 'everything'}
                  {liftedPurposes.length > 0 && ` but ${liftedPurposes.join(', ')}`}
                </small>
              </td>
              <td>
                {origin === 'opt_out' ? 'Opted out' : 'Added here'}
                {reason && <small>{reason}</small>}
              </td>
              <td>
                <Time at={createdAt} />
              </td>
              {mayWrite && (
                <td>
                  {origin === 'staff' && (
                    <form method="post" action={`${path}/${id}/delete`}>
                      <button class="button danger" type="submit">
                        Remove<span class="unseen"> {address}</span>
                      </button>
                    </form>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function NewSuppression({ typed, issues }: { typed: TypedSuppression | undefined; issues: Issue[] }) {
  const field = (name: keyof TypedSuppression) => ({
    name,
    type: 'text' as const,
    autocomplete: 'off',
    value: typed?.[name] ?? '',
    issues,
  })
  return (
    <section class="card" aria-labelledby="new-suppression">
      <h2 id="new-suppression">Add one</h2>
      <form method="post" action={path}>
        {issues.length > 0 && <ErrorSummary title="Nothing was saved yet." issues={issues} />}
        <TextField {...field('channel')} value={typed?.channel ?? 'email'} label="Channel" hint="As in email or sms." />
        <TextField {...field('address')} label="Address" hint="An e-mail address, or a phone number." required />
        <TextField {...field('purpose')} label="Purpose" hint="Empty is everything on the channel." />
        <TextField {...field('reason')} label="Reason" maxlength={500} />
        <button class="button primary" type="submit">
          Add
        </button>
      </form>
    </section>
  )
}
