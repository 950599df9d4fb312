import type { Html, Issue, Session } from '@leadnest/core'
import { raw } from 'hono/html'
import { ErrorSummary } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Live } from '../live/live.tsx'
import { Notice } from '../notice.tsx'

interface PluginPageProps {
  session: Session
  title: string
  body: Html
  /** The place in the navigation that it belongs to. */
  at: string | undefined
  /** The page above it. */
  above: { path: string; title: string } | undefined
  issues?: Issue[]
  notice?: string | undefined
  isLive: boolean
}

/** A page that a plugin drew, in the frame of ours. */
export function PluginPage({ session, title, body, at, above, issues = [], notice, isLive }: PluginPageProps) {
  return (
    <Layout title={issues.length > 0 ? `Error: ${title}` : title} session={session} at={at}>
      {above && (
        <p class="back">
          <a href={above.path}>
            <Icon name="arrow-left" /> {above.title}
          </a>
        </p>
      )}
      <div class="head">
        <h1>{title}</h1>
        {isLive && <Live />}
      </div>
      <Notice text={notice} />
      <div class="stack">
        {issues.length > 0 && <ErrorSummary title="Nothing was changed yet." issues={issues} />}
        {raw(String(body))}
      </div>
    </Layout>
  )
}
