import type { Invite, Issue, Session } from '@leadnest/core'
import { Code } from '../../code.tsx'
import { ErrorSummary, SelectField, TextField } from '../../fields.tsx'
import { Icon } from '../../icon.tsx'
import { Time } from '../../time.tsx'
import { SettingsPage } from '../frame.tsx'
import { RoleOptions, roleHint, roleNames } from './roles.tsx'

interface InvitesProps {
  session: Session
  invites: Invite[]
  /** The link of one that was just made. */
  made?: { email: string; link: string; sent: boolean }
  typed?: { email: string; role: string }
  issues?: Issue[]
  justSaved: boolean
}

export function InvitesPage({ session, invites, made, typed, issues = [], justSaved }: InvitesProps) {
  const mayWrite = session.scopes.includes('members:write')
  return (
    <SettingsPage title="Invites" at="/admin/settings/members" {...{ session, issues, justSaved }}>
      <p class="back">
        <a href="/admin/settings/members">
          <Icon name="arrow-left" /> Members
        </a>
      </p>
      <div class="head">
        <div>
          <h1>Invites</h1>
          <p class="muted">
            A link by which somebody joins, with an account they have or make. It works once, for an hour.
          </p>
        </div>
      </div>
      <div class="stack">
        {made && (
          <section class="card" role="status" aria-labelledby="made">
            <h2 id="made">The link for {made.email}</h2>
            {made.sent && <p>It is being sent to them, too.</p>}
            <p>Send it to them now: it is shown this once.</p>
            <Code id="invite-link">{made.link}</Code>
          </section>
        )}
        {mayWrite && (
          <section class="card" aria-labelledby="new-invite">
            <h2 id="new-invite">Invite somebody</h2>
            <form method="post" action="/admin/settings/members/invites">
              {issues.length > 0 && <ErrorSummary title="Nobody was invited yet." issues={issues} />}
              <TextField
                name="email"
                label="E-mail"
                type="text"
                inputmode="email"
                autocomplete="off"
                value={typed?.email ?? ''}
                required
                maxlength={320}
                issues={issues}
              />
              <SelectField name="role" label="Role" hint={roleHint} issues={issues}>
                <RoleOptions session={session} role={typed?.role ?? 'member'} />
              </SelectField>
              <button class="button" type="submit">
                <Icon name="plus" /> Make the link
              </button>
            </form>
          </section>
        )}
        <section class="card" aria-labelledby="open">
          <h2 id="open">Open invites</h2>
          {invites.length === 0 ? <p class="muted">There is none.</p> : <OpenInvites {...{ invites, mayWrite }} />}
        </section>
      </div>
    </SettingsPage>
  )
}

function OpenInvites({ invites, mayWrite }: { invites: Invite[]; mayWrite: boolean }) {
  return (
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">E-mail</th>
            <th scope="col">Role</th>
            <th scope="col">Invited</th>
            {mayWrite && (
              <th scope="col">
                <span class="unseen">Take back</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {invites.map(({ id, email, role, invitedBy, createdAt }) => (
            <tr>
              <td>{email}</td>
              <td>{roleNames[role]}</td>
              <td>
                <Time at={createdAt} />
                {invitedBy && <small>by {invitedBy}</small>}
              </td>
              {mayWrite && (
                <td>
                  <form method="post" action={`/admin/settings/members/invites/${id}/revoke`}>
                    <button class="button danger" type="submit">
                      Take back<span class="unseen"> the invite of {email}</span>
                    </button>
                  </form>
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
