import type { Issue, Session } from '@leadnest/core'
import { raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { Code } from '../code.tsx'
import { ErrorSummary, TextField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'

interface SetUpProps {
  session: Session
  /** Only at the first time: a wrong code does not show it again. */
  begun?: { secret: string; uri: string }
  issues?: Issue[]
}

export function SetUpTotpPage({ session, begun, issues = [] }: SetUpProps) {
  const title = 'Two-step sign-in'
  return (
    <Layout title={issues.length > 0 ? `Error: ${title}` : title} session={session}>
      <div class="head">
        <h1>{title}</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label={title}>
          {begun && (
            <>
              <p>Scan this with an authenticator app, or type the key in. It is shown this once.</p>
              <p class="qr" role="img" aria-label="QR code for an authenticator app">
                {raw(renderSVG(begun.uri, { border: 2 }))}
              </p>
              <Code id="totp-secret">{begun.secret.match(/.{1,4}/g)!.join(' ')}</Code>
            </>
          )}
          <form method="post" action="/admin/account/totp/confirm">
            {issues.length > 0 && <ErrorSummary title="It is not on yet." issues={issues} />}
            <TextField
              name="code"
              label="Code"
              hint="The six digits that the app shows now."
              type="text"
              inputmode="numeric"
              autocomplete="one-time-code"
              required
              issues={issues}
            />
            <div class="actions">
              <button class="button primary" type="submit">
                Turn on
              </button>
              <a class="button" href="/admin/account">
                Cancel
              </a>
            </div>
          </form>
        </section>
      </div>
    </Layout>
  )
}

export function RecoveryCodesPage({ session, codes }: { session: Session; codes: string[] }) {
  return (
    <Layout title="Recovery codes" session={session}>
      <p class="notice" role="status">
        <Icon name="check" /> Two-step sign-in is on.
      </p>
      <div class="head">
        <h1>Recovery codes</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label="Recovery codes">
          <p>
            Each takes the place of a code, once, when you have lost your phone. Keep them; they are shown this once.
          </p>
          <Code id="recovery-codes">{codes.join('\n')}</Code>
          <p>
            <a class="button primary" href="/admin/account">
              I have kept them
            </a>
          </p>
        </section>
      </div>
    </Layout>
  )
}
