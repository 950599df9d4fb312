import type { Issue, OwnSession, Session } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Time } from '../time.tsx'
import { deviceOf } from './device.ts'

export type AccountForm = 'name' | 'password' | 'totp'

interface AccountProps {
  session: Session
  sessions: OwnSession[]
  totp: { enabled: boolean; recoveryCodesLeft: number }
  justSaved?: boolean
  refused?: { form: AccountForm; issues: Issue[]; name?: string } | undefined
}

export function AccountPage({ session, sessions, totp, justSaved = false, refused }: AccountProps) {
  const issuesOf = (form: AccountForm) => (refused?.form === form ? refused.issues : [])
  const problem = (form: AccountForm) =>
    refused?.form === form && <ErrorSummary title="Nothing was changed yet." issues={refused.issues} />
  return (
    <Layout title={refused ? 'Error: Your account' : 'Your account'} session={session}>
      {justSaved && (
        <p class="notice" role="status">
          <Icon name="check" /> Saved.
        </p>
      )}
      <div class="head">
        <div>
          <h1>Your account</h1>
          <p class="muted">{session.user.email}</p>
        </div>
      </div>
      <div class="stack">
        <section class="card" aria-labelledby="name-title">
          <h2 id="name-title">Name</h2>
          <form method="post" action="/admin/account/name">
            {problem('name')}
            <TextField
              name="name"
              label="Your name"
              type="text"
              autocomplete="name"
              value={refused?.name ?? session.user.name ?? ''}
              maxlength={100}
              issues={issuesOf('name')}
            />
            <button class="button" type="submit">
              Save name
            </button>
          </form>
        </section>
        <section class="card" aria-labelledby="password-title">
          <h2 id="password-title">Password</h2>
          <form method="post" action="/admin/account/password">
            {problem('password')}
            <TextField
              name="current"
              label="Present password"
              type="password"
              autocomplete="current-password"
              required
              issues={issuesOf('password')}
            />
            <TextField
              name="password"
              label="New password"
              hint="At least 8 characters, and none of the common ones. You are signed out everywhere else."
              type="password"
              autocomplete="new-password"
              required
              issues={issuesOf('password')}
            />
            <button class="button" type="submit">
              Change password
            </button>
          </form>
        </section>
        <section class="card" aria-labelledby="totp-title">
          <h2 id="totp-title">Two-step sign-in</h2>
          {problem('totp')}
          {totp.enabled ? (
            <TotpOn left={totp.recoveryCodesLeft} issues={issuesOf('totp')} />
          ) : (
            <TotpOff issues={issuesOf('totp')} />
          )}
        </section>
        <Sessions session={session} sessions={sessions} />
      </div>
    </Layout>
  )
}

const proof = { label: 'Password', type: 'password', autocomplete: 'current-password', required: true } as const

function TotpOff({ issues }: { issues: Issue[] }) {
  return (
    <form method="post" action="/admin/account/totp">
      <p>
        Signing in then also asks for a code of an authenticator app on your phone, so that a stolen password is not
        enough.
      </p>
      <TextField name="totp-password" {...proof} issues={issues} />
      <button class="button" type="submit">
        Set up
      </button>
    </form>
  )
}

function TotpOn({ left, issues }: { left: number; issues: Issue[] }) {
  return (
    <form method="post" action="/admin/account/totp/disable">
      <p>
        On: signing in asks for a code of your app. {left === 1 ? '1 recovery code is' : `${left} recovery codes are`}{' '}
        left. For new ones, turn it off and set it up again.
      </p>
      <TextField name="totp-password" {...proof} issues={issues} />
      <TextField
        name="code"
        label="Code"
        hint="Of your authenticator app, or one of your recovery codes."
        type="text"
        autocomplete="one-time-code"
        required
        issues={issues}
      />
      <button class="button danger" type="submit">
        Turn off
      </button>
    </form>
  )
}

function Sessions({ session, sessions }: Pick<AccountProps, 'session' | 'sessions'>) {
  const nameOf = (id: string) => session.workspaces.find((workspace) => workspace.id === id)?.name
  return (
    <section class="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">Where you are signed in</h2>
      <div class="table">
        <table>
          <thead>
            <tr>
              <th scope="col">With</th>
              <th scope="col">Last used</th>
              <th scope="col">
                <span class="unseen">End it</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map(({ id, kind, userAgent, workspaceId, lastUsedAt, createdAt }) => (
              <tr>
                <td>
                  {deviceOf(userAgent, kind)}
                  {id === session.id && <span class="muted"> (this one)</span>}
                  <small>{nameOf(workspaceId)}</small>
                </td>
                <td>
                  <Time at={lastUsedAt ?? createdAt} />
                </td>
                <td>
                  {id !== session.id && (
                    <form method="post" action={`/admin/account/sessions/${id}/end`}>
                      <button class="button" type="submit">
                        End
                      </button>
                    </form>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sessions.length > 1 && (
        <form method="post" action="/admin/account/sessions/end-others">
          <button class="button danger" type="submit">
            End all others
          </button>
        </form>
      )}
    </section>
  )
}
