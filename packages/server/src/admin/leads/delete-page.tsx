import type { Lead, Session } from '@leadnest/core'
import { Icon } from '../icon.tsx'
import { Layout } from '../layout.tsx'
import { nameOf } from './name.ts'

/** Asks once more. */
export function DeletePage({ session, lead }: { session: Session; lead: Lead }) {
  const name = nameOf(lead)
  return (
    <Layout title={`Delete ${name}`} session={session} at="/admin/leads">
      <section class="problem">
        <h1>Delete {name}?</h1>
        <p>
          The lead leaves every list and is kept for 30 days, with its notes and all it sent. If the person writes again
          within that time, it comes back.
        </p>
        <form method="post" action={`/admin/leads/${lead.id}/delete`} class="actions">
          <button class="button danger" type="submit">
            <Icon name="bin" /> Delete lead
          </button>
          <a class="button" href={`/admin/leads/${lead.id}`}>
            Keep it
          </a>
        </form>
      </section>
    </Layout>
  )
}
