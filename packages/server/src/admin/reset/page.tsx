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

/** For somebody who forgot their password, where a plugin sends links. */
export function AskPage({ email = '', issues = [] }: { email?: string; issues?: Issue[] }) {
  return (
    <Frame title={issues.length > 0 ? 'Error: Forgot your password?' : 'Forgot your password?'}>
      <h1>Forgot your password?</h1>
      {issues.length > 0 && <ErrorSummary title="Nothing was sent yet." issues={issues} />}
      <form method="post" action="/admin/reset/ask">
        <TextField
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          value={email}
          required
          issues={issues}
        />
        <button class="button primary wide" type="submit">
          Send me a link
        </button>
      </form>
    </Frame>
  )
}

/** The same for everybody, so that nobody learns who has an account. */
export function AskedPage() {
  return (
    <Frame title="Look into your mail">
      <h1>Look into your mail</h1>
      <p>
        If there is such an account, a link to set a new password is on its way. It works once, for an hour. Nothing
        came? Ask an admin, or <a href="/admin/sign-in">sign in</a>.
      </p>
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
