import type { Duplicate, Lead, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { reasons } from '../leads/merge/duplicates.tsx'
import { nameOf } from '../leads/name.ts'
import { Time } from '../time.tsx'

const path = '/admin/duplicates'

interface DuplicatesProps {
  session: Session
  pairs: Duplicate[]
  cursor: string | undefined
  nextCursor: string | null
}

/** Every two leads that may be one person, until somebody says what they are. */
export function DuplicatesPage({ session, pairs, cursor, nextCursor }: DuplicatesProps) {
  const mayEdit = session.scopes.includes('leads:write')
  const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''
  return (
    <Layout title="Possible duplicates" session={session} at="/admin/leads">
      <p class="back">
        <a href="/admin/leads">
          <Icon name="arrow-left" /> Leads
        </a>
      </p>
      <div class="head">
        <div>
          <h1>Possible duplicates</h1>
          <p class="muted">Two leads that may be the same person. Nothing is merged before you have seen the result.</p>
        </div>
      </div>
      {pairs.length === 0 && (
        <section class="card empty">
          <Icon name="check" />
          <h2>{cursor ? 'Nothing older' : 'No possible duplicates'}</h2>
          <p class="muted">Leads with the same phone, or a similar name and company, are listed here.</p>
        </section>
      )}
      {pairs.length > 0 && (
        <section class="card" aria-label="Pairs">
          <ul class="rows">
            {pairs.map(({ id, leads, reasons: why, createdAt }) => (
              <li>
                {leads.map((lead) => (
                  <Side lead={lead} />
                ))}
                <p class="muted small">
                  {why.map((reason) => reasons[reason]).join(', ')}; found <Time at={createdAt} />
                </p>
                {mayEdit && (
                  <div class="actions">
                    <a
                      class="button"
                      href={`/admin/leads/${leads[0].id}/merge/${leads[1].id}`}
                      aria-label={`Merge ${nameOf(leads[0])} and ${nameOf(leads[1])}`}
                    >
                      <Icon name="people" /> Merge…
                    </a>
                    <form method="post" action={`${path}/${id}/dismiss${query}`}>
                      <button
                        class="button"
                        type="submit"
                        aria-label={`${nameOf(leads[0])} and ${nameOf(leads[1])} are not the same`}
                      >
                        Not the same
                      </button>
                    </form>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(cursor || nextCursor) && (
        <nav class="pages" aria-label="Pages">
          {cursor && (
            <a class="button" href={path}>
              <Icon name="arrow-left" /> Newest
            </a>
          )}
          {nextCursor && (
            <a class="button" href={`${path}?cursor=${encodeURIComponent(nextCursor)}`} rel="next">
              Older <Icon name="arrow-right" />
            </a>
          )}
        </nav>
      )}
    </Layout>
  )
}

function Side({ lead }: { lead: Lead }) {
  const name = nameOf(lead)
  const known = [lead.email, lead.phone, lead.company].filter((value) => value && value !== name)
  return (
    <p>
      <a class="row-link" href={`/admin/leads/${lead.id}`}>
        {name}
      </a>{' '}
      <span class="muted small">{known.join(', ')}</span>
    </p>
  )
}
