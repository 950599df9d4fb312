import type { Session } from '@leadnest/core'
import { Code } from '../code.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Time } from '../time.tsx'

interface LinkProps {
  session: Session
  link: string
  channel: string
  expiresAt: string
}

/** The link of one submission, which is shown this once. */
export function LinkPage({ session, link, channel, expiresAt }: LinkProps) {
  return (
    <Layout title="Link to confirm" session={session} at="/admin/held">
      <p class="back">
        <a href="/admin/held">
          <Icon name="arrow-left" /> Held
        </a>
      </p>
      <div class="head">
        <h1>Link to confirm</h1>
      </div>
      <section class="card" role="status" aria-labelledby="made">
        <h2 id="made">Copy it now: it is shown this once</h2>
        <p>
          Send it {channel === 'email' ? 'to the e-mail address' : 'to the phone number'} that was written down, and
          nowhere else: whoever follows it shows that this address is theirs. Links that were made before have ended.
        </p>
        <Code id="confirmation-link">{link}</Code>
        <p class="muted">
          It is good once, until <Time at={expiresAt} />.
        </p>
      </section>
    </Layout>
  )
}
