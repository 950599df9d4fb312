import type { Event, Form, Lead, Session, Submission } from '@leadnest/core'
import { Answers, labelsOf, printed } from '../answers.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { Time } from '../time.tsx'
import { nameOf } from './name.ts'
import { Touch } from './source.tsx'
import { Stage, Tags } from './stage.tsx'
import { Timeline } from './timeline.tsx'

interface LeadProps {
  session: Session
  lead: Lead
  timeline: { data: Event[]; nextCursor: string | null }
  submissions: { data: Submission[]; nextCursor: string | null }
  forms: Form[]
}

export function LeadPage({ session, lead, timeline, submissions, forms }: LeadProps) {
  const name = nameOf(lead)
  const labels = labelsOf(forms)
  return (
    <Layout title={name} session={session} at="/admin/leads">
      <p class="back">
        <a href="/admin/leads">
          <Icon name="arrow-left" /> Leads
        </a>
      </p>
      <div class="head">
        <div>
          <h1>{name}</h1>
          <p class="under-title">
            <Stage stage={lead.stage} /> {lead.company && <span>{lead.company}</span>}
            <span class="muted">
              Came in <Time at={lead.createdAt} />
            </span>
          </p>
        </div>
        <Reach lead={lead} />
      </div>
      <div class="columns">
        <aside class="stack" aria-label="Details">
          <Details lead={lead} labels={labels} />
          <section class="card" aria-labelledby="origin">
            <h2 id="origin">Where they came from</h2>
            <Touch title="First visit" touch={lead.attribution.first} />
            <Touch title="Latest visit" touch={lead.attribution.last} />
          </section>
        </aside>
        <div class="stack">
          <section class="card" aria-labelledby="timeline">
            <h2 id="timeline">Timeline</h2>
            <Timeline events={timeline.data} lead={lead} nextCursor={timeline.nextCursor} />
          </section>
          <section class="card" aria-labelledby="submissions">
            <h2 id="submissions">What they sent</h2>
            {submissions.data.length === 0 && <p class="muted">No form yet: this lead came in another way.</p>}
            {submissions.data.map((submission) => (
              <article class="submission">
                <h3>
                  {submission.formName} {submission.test && <span class="stage">Test</span>}
                  <small>
                    <Time at={submission.createdAt} />
                  </small>
                </h3>
                <Answers fields={submission.fields} labels={labels} />
              </article>
            ))}
            {submissions.nextCursor && <p class="muted">The latest {submissions.data.length} are shown.</p>}
          </section>
        </div>
      </div>
    </Layout>
  )
}

function Reach({ lead }: { lead: Lead }) {
  return (
    <div class="actions">
      {lead.email && (
        <a class="button primary" href={`mailto:${encodeURIComponent(lead.email).replaceAll('%40', '@')}`}>
          <Icon name="mail" /> E-mail
        </a>
      )}
      {lead.phone && (
        <a class="button" href={`tel:${lead.phone.replace(/[^+\d]/g, '')}`}>
          <Icon name="phone" /> Call
        </a>
      )}
    </div>
  )
}

function Details({ lead, labels }: { lead: Lead; labels: ReadonlyMap<string, string> }) {
  const known: [string, string | null][] = [
    ['E-mail', lead.email],
    ['Phone', lead.phone],
    ['First name', lead.firstName],
    ['Last name', lead.lastName],
    ['Company', lead.company],
    ['External id', lead.externalId],
  ]
  const own = Object.entries(lead.fields)
  return (
    <section class="card" aria-labelledby="details">
      <h2 id="details">Details</h2>
      <dl class="facts">
        {known.map(
          ([label, value]) =>
            value && (
              <div>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
        {own.map(([key, value]) => (
          <div>
            <dt>{labels.get(key) ?? key}</dt>
            <dd>{printed(value)}</dd>
          </div>
        ))}
        <div>
          <dt>Score</dt>
          <dd class="figures">{lead.score}</dd>
        </div>
        <div>
          <dt>Last activity</dt>
          <dd>
            <Time at={lead.lastActivityAt} />
          </dd>
        </div>
        {lead.tags.length > 0 && (
          <div>
            <dt>Tags</dt>
            <dd>
              <Tags tags={lead.tags} />
            </dd>
          </div>
        )}
        <div>
          <dt>Id</dt>
          <dd>
            <code>{lead.id}</code>
          </dd>
        </div>
      </dl>
    </section>
  )
}
