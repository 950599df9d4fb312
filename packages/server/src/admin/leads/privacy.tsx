import type { Issue, Lead, Session } from '@leadnest/core'
import { ErrorSummary, SelectField } from '../fields.tsx'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { nameOf } from './name.ts'

/** What somebody may ask for: all that is known of them, and that it is forgotten. */
export function Privacy({ lead, session }: { lead: Lead; session: Session }) {
  const [mayExport, mayErase] = [session.scopes.includes('privacy:read'), session.scopes.includes('privacy:write')]
  if (!mayExport && !mayErase) return null
  return (
    <section class="card" aria-labelledby="privacy">
      <h2 id="privacy">Privacy</h2>
      <div class="actions">
        {mayExport && (
          <form method="post" action={`/admin/leads/${lead.id}/export`}>
            <button class="button" type="submit">
              Export everything
            </button>
          </form>
        )}
        {mayErase && (
          <a class="button danger" href={`/admin/leads/${lead.id}/erase`}>
            <Icon name="bin" /> Erase
          </a>
        )}
      </div>
    </section>
  )
}

/** Of `ErasureReason`, as people say it. */
const reasons = {
  asked: 'The person asked for it',
  no_longer_needed: 'It is not needed any more',
  test: 'It was a test',
  other: 'Another reason',
}

export function ReasonField({ issues }: { issues: Issue[] }) {
  return (
    <SelectField name="reason" label="Why" issues={issues}>
      {Object.entries(reasons).map(([reason, name]) => (
        <option value={reason}>{name}</option>
      ))}
    </SelectField>
  )
}

/** Asks once more. */
export function ErasePage({ session, lead, issues }: { session: Session; lead: Lead; issues: Issue[] }) {
  const name = nameOf(lead)
  return (
    <Layout title={issues.length > 0 ? `Error: Erase ${name}` : `Erase ${name}`} session={session} at="/admin/leads">
      <div class="head">
        <h1>Erase {name} for ever?</h1>
      </div>
      <div class="stack">
        <section class="card" aria-label="Erase">
          <p>
            The lead goes with everything that is known of the person: what they sent, notes, the timeline, leads that
            were merged into it. There is no way back. What stays: that somebody was erased, when and by whom, and that
            an address which was opted out is not written to.
          </p>
          <form method="post" action={`/admin/leads/${lead.id}/erase`}>
            {issues.length > 0 && <ErrorSummary title="Nothing was erased." issues={issues} />}
            <ReasonField issues={issues} />
            <div class="actions">
              <button class="button danger" type="submit">
                <Icon name="bin" /> Erase for ever
              </button>
              <a class="button" href={`/admin/leads/${lead.id}`}>
                Keep it
              </a>
            </div>
          </form>
        </section>
      </div>
    </Layout>
  )
}
