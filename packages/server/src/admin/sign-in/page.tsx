import type { Issue } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Frame } from '../layout.tsx'

interface SignInProps {
  next: string
  email?: string
  error?: { title: string; issues: Issue[] }
  /** What somebody comes from. */
  notice?: string | undefined
  /** Whether links can be sent to who forgot their password. */
  canReset?: boolean
}

export function SignInPage({ next, email = '', error, notice, canReset = false }: SignInProps) {
  const issues = error?.issues ?? []
  return (
    <Frame title={error ? 'Error: Sign in' : 'Sign in'}>
      <h1>Sign in</h1>
      {notice && (
        <p class="notice" role="status">
          <Icon name="check" /> {notice}
        </p>
      )}
      {error && <ErrorSummary {...error} />}
      <form method="post" action="/admin/sign-in">
        <input type="hidden" name="next" value={next} />
        <TextField
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          value={email}
          required
          autofocus={!error}
          issues={issues}
        />
        <TextField
          name="password"
          label="Password"
          type="password"
          autocomplete="current-password"
          required
          autofocus={error !== undefined}
          issues={issues}
        />
        <button class="button primary wide" type="submit">
          Sign in
        </button>
      </form>
      {canReset && (
        <p class="small">
          <a href="/admin/reset/ask">Forgot your password?</a>
        </p>
      )}
    </Frame>
  )
}

interface CodeProps {
  next: string
  ticket: string
  error?: { title: string; issues: Issue[] }
}

/** The second step, for accounts that ask for a code. */
export function CodePage({ next, ticket, error }: CodeProps) {
  return (
    <Frame title={error ? 'Error: Sign in' : 'Sign in'}>
      <h1>Enter your code</h1>
      {error && <ErrorSummary {...error} />}
      <form method="post" action="/admin/sign-in/code">
        <input type="hidden" name="next" value={next} />
        <input type="hidden" name="ticket" value={ticket} />
        <TextField
          name="totp"
          label="Code"
          type="text"
          autocomplete="one-time-code"
          hint="Of your authenticator app, or one of your recovery codes."
          required
          autofocus
          issues={error?.issues ?? []}
        />
        <button class="button primary wide" type="submit">
          Sign in
        </button>
      </form>
    </Frame>
  )
}
