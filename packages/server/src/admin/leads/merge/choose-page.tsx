import type { Lead, Session } from '@leadnest/core'
import { Icon } from '../../icon.tsx'
import { Layout } from '../../layout.tsx'
import { nameOf } from '../name.ts'

interface ChooseProps {
  session: Session
  lead: Lead
  q: string
  /** Who was found, without the lead itself. */
  found: Lead[]
}

/** Looks for the lead that is the same person, where nothing suggested it. */
export function ChooseMergePage({ session, lead, q, found }: ChooseProps) {
  return (
    <Layout title={`Merge ${nameOf(lead)}`} session={session} at="/admin/leads">
      <p class="back">
        <a href={`/admin/leads/${lead.id}`}>
          <Icon name="arrow-left" /> {nameOf(lead)}
        </a>
      </p>
      <div class="head">
        <h1>Who is the same person as {nameOf(lead)}?</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label="Search">
          <form action={`/admin/leads/${lead.id}/merge`}>
            <label class="unseen" for="merge-q">
              Search leads
            </label>
            <div class="with-button">
              <input
                id="merge-q"
                name="q"
                type="search"
                value={q}
                placeholder="Name, e-mail, phone, company"
                autocomplete="off"
                maxlength={200}
              />
              <button class="button" type="submit">
                Search
              </button>
            </div>
          </form>
          {q && found.length === 0 && <p class="muted">No other lead matches “{q}”.</p>}
          <ul class="rows">
            {found.map((other) => (
              <li>
                <a class="row-link" href={`/admin/leads/${lead.id}/merge/${other.id}`}>
                  {nameOf(other)}
                </a>
                <p class="muted small">{[other.email, other.phone, other.company].filter(Boolean).join(', ')}</p>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Layout>
  )
}
