import type { Lead, MergeResult, Session } from '@leadnest/core'
import { Icon } from '../../icon.tsx'
import { Layout } from '../../layout.tsx'
import { Time } from '../../time.tsx'
import { changeLines } from '../changes.ts'
import { nameOf } from '../name.ts'
import type { Naming } from '../naming.ts'

interface PreviewProps {
  session: Session
  /** The one that somebody came from. */
  lead: Lead
  leads: [Lead, Lead]
  /** Of a dry run. */
  result: MergeResult
  naming: Naming
}

/** What a merge would make of two leads, before it is made. */
export function MergePreviewPage({ session, lead, leads, result, naming }: PreviewProps) {
  const survivor = leads.find(({ id }) => id === result.lead.id)!
  const other = leads.find(({ id }) => id === result.mergedId)!
  const changes = changeLines(result.changes, naming)
  const moved = Object.entries(result.moved).filter(([, count]) => count > 0)
  return (
    <Layout title={`Merge ${nameOf(survivor)}`} session={session} at="/admin/leads">
      <p class="back">
        <a href={`/admin/leads/${lead.id}`}>
          <Icon name="arrow-left" /> {nameOf(lead)}
        </a>
      </p>
      <div class="head">
        <div>
          <h1>Merge two leads</h1>
          <p class="muted">The older one stays, and the other becomes part of it. It can be undone for 90 days.</p>
        </div>
      </div>
      <div class="stack">
        <div class="two">
          <Side title="Stays" lead={survivor} />
          <Side title="Becomes part of it" lead={other} />
        </div>
        <section class="card" aria-labelledby="result">
          <h2 id="result">What changes on the one that stays</h2>
          {changes.length === 0 && <p class="muted">Nothing of its details.</p>}
          <ul class="changes">
            {changes.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
          {moved.length > 0 && (
            <p>
              Moves to it:{' '}
              {moved.map(([what, count]) => `${count} ${count === 1 ? what.replace(/s$/, '') : what}`).join(', ')}.
            </p>
          )}
          <form method="post" action={`/admin/leads/${survivor.id}/merge/${other.id}`}>
            <div class="actions">
              <button class="button primary" type="submit">
                <Icon name="people" /> Merge
              </button>
              <a class="button" href={`/admin/leads/${lead.id}`}>
                Cancel
              </a>
            </div>
          </form>
        </section>
      </div>
    </Layout>
  )
}

function Side({ title, lead }: { title: string; lead: Lead }) {
  const known: [string, string | null][] = [
    ['E-mail', lead.email],
    ['Phone', lead.phone],
    ['Company', lead.company],
    ['External id', lead.externalId],
  ]
  return (
    <section class="card" aria-label={title}>
      <p class="muted small">{title}</p>
      <h2>
        <a href={`/admin/leads/${lead.id}`}>{nameOf(lead)}</a>
      </h2>
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
        <div>
          <dt>Came in</dt>
          <dd>
            <Time at={lead.createdAt} />
          </dd>
        </div>
      </dl>
    </section>
  )
}
