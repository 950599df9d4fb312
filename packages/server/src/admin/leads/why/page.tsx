import type { Decision, Lead, Session } from '@leadnest/core'
import { Icon, type IconName } from '../../icon.tsx'
import { Layout } from '../../layout.tsx'
import { Time } from '../../time.tsx'
import { nameOf } from '../name.ts'
import type { MemberNames } from '../owner.ts'
import { inWords, type Line } from './words.ts'

interface WhyProps {
  session: Session
  lead: Lead
  decisions: Decision[]
  nextCursor: string | null
  isFirstPage: boolean
  members: MemberNames
}

const pictures: Record<Decision['kind'], IconName> = {
  matched: 'people',
  held: 'shield',
  released: 'check',
  assigned: 'people',
  waiting: 'alert',
  scored: 'chart',
  duplicate: 'copy',
  suppressed: 'mail',
}

export function WhyPage({ session, lead, decisions, nextCursor, isFirstPage, members }: WhyProps) {
  const name = nameOf(lead)
  const path = `/admin/leads/${lead.id}`
  return (
    <Layout title={`Why? ${name}`} session={session} at="/admin/leads">
      <p class="back">
        <a href={path}>
          <Icon name="arrow-left" /> {name}
        </a>
      </p>
      <div class="head">
        <div>
          <h1>Why?</h1>
          <p class="muted">
            What LeadNest decided about this lead by itself, and the reasons as they were then. Rules may be others now.
          </p>
        </div>
      </div>
      <section class="card" aria-label="Decisions">
        {decisions.length === 0 && (
          <p class="muted">{isFirstPage ? 'Nothing was decided yet.' : 'Nothing earlier was decided.'}</p>
        )}
        {decisions.length > 0 && (
          <ol class="timeline">
            {decisions.map((decision) => (
              <li>
                <span class="dot">
                  <Icon name={pictures[decision.kind]} />
                </span>
                <div>
                  <Words {...inWords(decision, members)} />
                </div>
                <small>
                  <Time at={decision.at} />
                </small>
              </li>
            ))}
          </ol>
        )}
        {nextCursor && (
          <p>
            <a class="button" href={`${path}/why?cursor=${encodeURIComponent(nextCursor)}`}>
              Earlier
            </a>
          </p>
        )}
      </section>
    </Layout>
  )
}

function Words({ text, lines }: { text: string; lines: Line[] }) {
  return (
    <>
      <p>{text}</p>
      {lines.length > 0 && (
        <ul class="changes">
          {lines.map(({ text, leadId }) => (
            <li>
              {text} {leadId && <a href={`/admin/leads/${leadId}`}>Show it</a>}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
