import type { Form, LinksMade, Session, Submission } from '@leadnest/core'
import { labelsOf } from '../answers.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Time } from '../time.tsx'
import { SubmissionCard } from './card.tsx'

interface ShowProps {
  session: Session
  submission: Submission
  forms: Form[]
  links: LinksMade | undefined
  refused?: string
}

/** One submission with all that is stored of it. */
export function SubmissionPage({ session, submission, forms, links, refused }: ShowProps) {
  const { attribution, consents, leadId, releasedAt, releasedBy, id, formId, verdict } = submission
  return (
    <Layout title="Submission" session={session} at="/admin/held">
      <p class="back">
        <a href={verdict === 'spam' ? '/admin/held?verdict=spam' : '/admin/held'}>
          <Icon name="arrow-left" /> Held
        </a>
      </p>
      <div class="head">
        <h1>Submission</h1>
      </div>
      {refused && (
        <div class="errors" role="alert">
          {refused}
        </div>
      )}
      <div class="stack held">
        <section class="card">
          <SubmissionCard
            {...{ submission, links }}
            labels={labelsOf(forms.filter(({ id }) => id === formId))}
            mayWrite={session.scopes.includes('leads:write')}
            alone
          />
        </section>
        <section class="card" aria-labelledby="about">
          <h2 id="about">About it</h2>
          <dl class="facts">
            {leadId && (
              <div>
                <dt>Lead</dt>
                <dd>
                  <a href={`/admin/leads/${leadId}`}>Open the lead</a>
                </dd>
              </div>
            )}
            {releasedAt && (
              <div>
                <dt>Let through</dt>
                <dd>
                  <Time at={releasedAt} /> by {releasedBy?.name ?? releasedBy?.type}
                </dd>
              </div>
            )}
            {Object.entries(attribution ?? {}).map(([name, value]) => (
              <div>
                <dt>{inWords(name)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
            {(consents ?? []).map(({ channel, purpose }) => (
              <div>
                <dt>Agreed to</dt>
                <dd>
                  {purpose} by {channel}
                </dd>
              </div>
            ))}
            <div>
              <dt>Id</dt>
              <dd>
                <code>{id}</code>
              </dd>
            </div>
          </dl>
        </section>
      </div>
    </Layout>
  )
}

/** `landingPage` as "Landing page". */
function inWords(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words[0]!.toUpperCase() + words.slice(1)
}
