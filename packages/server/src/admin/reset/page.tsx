import type { Issue } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Frame } from '../layout.tsx'

interface ResetProps {
  token: string
  email: string
  issues?: Issue[]
}

export function ResetPage({ token, email, issues = [] }: ResetProps) {
  return (
    <Frame title={issues.length > 0 ? 'Error: New password' : 'New password'}>
      <h1>Choose a new password</h1>
      <p class="muted">For {email}. You are signed out everywhere, and sign in with it.</p>
      {issues.length > 0 && <ErrorSummary title="Nothing was changed yet." issues={issues} />}
      <form method="post" action="/admin/reset">
        <input type="hidden" name="token" value={token} />
        <input type="hidden" name="username" value={email} autocomplete="username" />
        <TextField
          name="password"
          label="New password"
          hint="At least 8 characters, and none of the common ones."
          type="password"
          autocomplete="new-password"
          required
          issues={issues}
        />
        <button class="button primary wide" type="submit">
          Set password
        </button>
      </form>
    </Frame>
  )
}

/** For a link that is no good any more. */
export function UsedLinkPage({ what }: { what: string }) {
  return (
    <Frame title="This link is used up">
      <h1>This link is used up</h1>
      <p>
        {what} works once, for an hour. Ask for another where you got it, or <a href="/admin/sign-in">sign in</a>.
      </p>
    </Frame>
  )
}
