import type { Issue, OpenInvite } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Frame } from '../layout.tsx'

interface InviteProps {
  token: string
  invite: OpenInvite
  name?: string
  issues?: Issue[]
}

/** Somebody new chooses a password; somebody known proves that they are. */
export function InvitePage({ token, invite, name = '', issues = [] }: InviteProps) {
  const { workspaceName, email, role, known, hasTotp } = invite
  const title = `Join ${workspaceName}`
  return (
    <Frame title={issues.length > 0 ? `Error: ${title}` : title}>
      <h1>{title}</h1>
      <p class="muted">
        You are invited as {email}, with the role {role}.{' '}
        {known ? 'You have an account here: enter its password.' : 'Choose a password for your account.'}
      </p>
      {issues.length > 0 && <ErrorSummary title="You have not joined yet." issues={issues} />}
      <form method="post" action="/admin/invite">
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="username" value={email} autocomplete="username" />
        {!known && (
          <TextField
            name="name"
            label="Your name (optional)"
            type="text"
            autocomplete="name"
            value={name}
            maxlength={100}
            issues={issues}
          />
        )}
        <TextField
          name="password"
          label="Password"
          {...(!known && { hint: 'At least 8 characters, and none of the common ones.' })}
          type="password"
          autocomplete={known ? 'current-password' : 'new-password'}
          required
          issues={issues}
        />
        {hasTotp && (
          <TextField
            name="totp"
            label="Code"
            hint="Of your authenticator app, or one of your recovery codes."
            type="text"
            autocomplete="one-time-code"
            required
            issues={issues}
          />
        )}
        <button class="button primary wide" type="submit">
          Join
        </button>
      </form>
    </Frame>
  )
}
