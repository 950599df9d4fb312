import type { Form, LinksMade, Session, Submission } from '@leadnest/core'
import { labelsOf } from '../answers.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { SubmissionCard } from './card.tsx'

export type Shown = 'held' | 'spam'

interface HeldProps {
  session: Session
  shown: Shown
  submissions: Submission[]
  nextCursor: string | null
  isFirstPage: boolean
  forms: Form[]
  /** Of those that wait for their person. */
  links: ReadonlyMap<string, LinksMade>
  /** What was just done with how many. */
  done?: { what: 'released' | 'spam'; count: number } | undefined
  refused?: string
}

export function HeldPage({
  session,
  shown,
  submissions,
  nextCursor,
  isFirstPage,
  forms,
  links,
  done,
  refused,
}: HeldProps) {
  const labels = labelsOf(forms)
  const mayWrite = session.scopes.includes('leads:write')
  const here = shown === 'spam' ? '/admin/held?verdict=spam' : '/admin/held'
  return (
    <Layout title={shown === 'spam' ? 'Spam' : 'Held'} session={session} at="/admin/held">
      <div class="head">
        <div>
          <h1>Held</h1>
          <p class="muted">
            What looks like a robot’s work waits here for a person, with the reasons. What you let through becomes a
            lead as if it had never waited. Nothing gets lost.
          </p>
        </div>
      </div>
      <nav class="parts" aria-label="Verdict">
        <a href="/admin/held" aria-current={shown === 'held' ? 'page' : undefined}>
          Held
        </a>
        <a href="/admin/held?verdict=spam" aria-current={shown === 'spam' ? 'page' : undefined}>
          Spam
        </a>
      </nav>
      {done && (
        <p class="notice" role="status">
          {done.count === 1 ? 'One was' : `${done.count} were`}{' '}
          {done.what === 'released' ? 'let through.' : 'taken for spam.'}
        </p>
      )}
      {refused && (
        <div class="errors" role="alert">
          {refused}
        </div>
      )}
      {submissions.length === 0 && (
        <div class="card empty">
          <Icon name="shield" />
          <h2>{emptyTitle(shown, isFirstPage)}</h2>
          <p class="muted">
            {shown === 'spam'
              ? 'What filled in a field that nobody sees, or what one of you took for spam, is kept here.'
              : 'When a submission looks suspicious it waits here, with the reason.'}
          </p>
        </div>
      )}
      {mayWrite && submissions.length > 0 && (
        <form id="some" method="post" action="/admin/held/release" class="actions">
          <input type="hidden" name="verdict" value={shown} />
          <button class="button" type="submit">
            Let ticked through
          </button>
          {shown === 'held' && (
            <button class="button" type="submit" formaction="/admin/held/spam">
              Ticked are spam
            </button>
          )}
        </form>
      )}
      <ul class="stack held">
        {submissions.map((submission) => (
          <li class="card">
            <SubmissionCard {...{ submission, labels, mayWrite }} links={links.get(submission.id)} />
          </li>
        ))}
      </ul>
      {(nextCursor || !isFirstPage) && (
        <nav class="pages" aria-label="Pages">
          {!isFirstPage && (
            <a class="button" href={here}>
              <Icon name="arrow-left" /> Newest
            </a>
          )}
          {nextCursor && (
            <a class="button" href={`/admin/held?verdict=${shown}&cursor=${encodeURIComponent(nextCursor)}`} rel="next">
              Older <Icon name="arrow-right" />
            </a>
          )}
        </nav>
      )}
    </Layout>
  )
}

function emptyTitle(shown: Shown, isFirstPage: boolean): string {
  const what = shown === 'spam' ? 'spam' : 'held'
  return isFirstPage ? `Nothing is ${what}` : `Nothing older is ${what}`
}
