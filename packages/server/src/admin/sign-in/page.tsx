import type { Issue } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Frame } from '../layout.tsx'

interface SignInProps {
  next: string
  email?: string
  error?: { title: string; issues: Issue[] }
}

export function SignInPage({ next, email = '', error }: SignInProps) {
  const issues = error?.issues ?? []
  return (
    <Frame title={error ? 'Error: Sign in' : 'Sign in'}>
      <h1>Sign in</h1>
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
    </Frame>
  )
}
