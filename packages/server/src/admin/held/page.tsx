import type { Form, LinksMade, Session, Submission } from '@leadnest/core'
import { Answers, labelsOf } from '../answers.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Time } from '../time.tsx'
import { inPlainWords } from './reasons.ts'
import { Waiting } from './waiting.tsx'

interface HeldProps {
  session: Session
  submissions: Submission[]
  nextCursor: string | null
  isFirstPage: boolean
  forms: Form[]
  /** Of those that wait for their person. */
  links: ReadonlyMap<string, LinksMade>
}

export function HeldPage({ session, submissions, nextCursor, isFirstPage, forms, links }: HeldProps) {
  const labels = labelsOf(forms)
  const mayEdit = session.scopes.includes('leads:write')
  return (
    <Layout title="Held" session={session} at="/admin/held">
      <div class="head">
        <div>
          <h1>Held</h1>
          <p class="muted">
            Sent, but looking like a robot’s work. What is held waits for a person; spam filled in a field that no
            person sees. Both are kept, and neither becomes a lead by itself.
          </p>
        </div>
      </div>
      {submissions.length === 0 && (
        <div class="card empty">
          <Icon name="shield" />
          <h2>{isFirstPage ? 'Nothing is held' : 'Nothing older is held'}</h2>
          <p class="muted">When a submission looks suspicious it waits here, with the reason. Nothing gets lost.</p>
        </div>
      )}
      <ul class="stack held">
        {submissions.map((submission) => (
          <li class="card">
            <h2>
              {submission.formName} <Verdict verdict={submission.verdict} />{' '}
              {submission.test && <span class="stage">Test</span>}
              <small>
                <Time at={submission.createdAt} />
              </small>
            </h2>
            <ul class="reasons" aria-label="Reasons">
              {submission.reasons.map((reason) => (
                <li>
                  <Icon name="alert" /> {inPlainWords(reason)}
                </li>
              ))}
            </ul>
            <Answers fields={submission.fields} labels={labels} />
            <Waiting {...{ submission, mayEdit }} links={links.get(submission.id)} />
          </li>
        ))}
      </ul>
      {(nextCursor || !isFirstPage) && (
        <nav class="pages" aria-label="Pages">
          {!isFirstPage && (
            <a class="button" href="/admin/held">
              <Icon name="arrow-left" /> Newest
            </a>
          )}
          {nextCursor && (
            <a class="button" href={`/admin/held?cursor=${encodeURIComponent(nextCursor)}`} rel="next">
              Older <Icon name="arrow-right" />
            </a>
          )}
        </nav>
      )}
    </Layout>
  )
}

function Verdict({ verdict }: Pick<Submission, 'verdict'>) {
  return verdict === 'spam' ? <span class="stage spam">Spam</span> : <span class="stage">Held</span>
}
