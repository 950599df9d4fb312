import type { Issue } from '@leadnest/core'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Frame } from '../layout.tsx'

interface SetupProps {
  token: string
  name?: string
  email?: string
  error?: { title: string; issues: Issue[] }
}

export function SetupPage({ token, name = '', email = '', error }: SetupProps) {
  const issues = error?.issues ?? []
  return (
    <Frame title={error ? 'Error: Set up LeadNest' : 'Set up LeadNest'}>
      <h1>Welcome to your nest</h1>
      <p class="muted">Create the owner’s account. You can invite others later.</p>
      {error && <ErrorSummary {...error} />}
      <form method="post" action="/admin/setup">
        <input type="hidden" name="token" value={token} />
        <TextField
          name="name"
          label="Your name (optional)"
          type="text"
          autocomplete="name"
          value={name}
          issues={issues}
        />
        <TextField
          name="email"
          label="E-mail"
          type="email"
          autocomplete="username"
          value={email}
          required
          issues={issues}
        />
        <TextField
          name="password"
          label="Password"
          hint="At least 8 characters, and none of the common ones."
          type="password"
          autocomplete="new-password"
          required
          issues={issues}
        />
        <button class="button primary wide" type="submit">
          Create account and sign in
        </button>
      </form>
    </Frame>
  )
}

/** For those who come without the link: where it is to be found. */
export function SetupLinkPage() {
  return (
    <Frame title="Set up LeadNest">
      <h1>One step left</h1>
      <p>
        Nobody owns this LeadNest yet. Open the set-up link that was printed where the server started. It ends in
        <code> /admin/setup?token=…</code> and works once.
      </p>
      <p class="muted small">No link at hand? Restart the server: it prints it again.</p>
    </Frame>
  )
}
